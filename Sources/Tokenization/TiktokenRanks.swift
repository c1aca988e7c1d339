import Foundation

/// A file of tiktoken's: a line for each token with its bytes in base64 and its rank, which is both
/// its id and its place in the order of merges.
struct TiktokenRanks {
  /// Every token's bytes, by its rank.
  var tokens: [[UInt8]]

  /// The fewest characters of a line, as in `IQ== 0`.
  private static let shortestLine = 6

  /// Whether a file begins like one.
  static func isBeginning(_ bytes: [UInt8]) -> Bool {
    let line = bytes.prefix(1_024).prefix { $0 != UInt8(ascii: "\n") }
    return (try? parse(line, number: 1, path: "")) != nil
  }

  /// - Throws: `TokenizationError.malformedTokenizer` with the line.
  init(_ bytes: [UInt8], path: String) throws(TokenizationError) {
    let limit = bytes.count / Self.shortestLine + 1
    var found: [[UInt8]?] = []
    var number = 0
    for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      number += 1
      guard !line.isEmpty else { continue }
      let (token, rank) = try Self.parse(line, number: number, path: path)
      guard rank < limit else {
        throw .malformedTokenizer(
          path: path, place: "line \(number)", expected: "a rank below \(limit)", found: "\(rank)")
      }
      while found.count <= rank { found.append(nil) }
      guard found[rank] == nil else {
        throw .malformedTokenizer(
          path: path, place: "line \(number)", expected: "a rank of its own",
          found: "\(rank) a second time")
      }
      found[rank] = token
    }
    var tokens: [[UInt8]] = []
    for (rank, token) in found.enumerated() {
      guard let token else {
        throw .malformedTokenizer(
          path: path, place: "its end", expected: "every rank below \(found.count)",
          found: "none of \(rank)")
      }
      tokens.append(token)
    }
    let single = Set(tokens.filter { $0.count == 1 }.map { $0[0] })
    if let missing = (0...255).first(where: { !single.contains($0) }) {
      throw .malformedTokenizer(
        path: path, place: "its end", expected: "a rank for every byte",
        found: "none for byte \(missing)")
    }
    guard Set(tokens).count == tokens.count else {
      throw .malformedTokenizer(
        path: path, place: "its end", expected: "different bytes for every rank",
        found: "some twice")
    }
    self.tokens = tokens
  }

  private static func parse(
    _ line: ArraySlice<UInt8>, number: Int, path: String
  ) throws(TokenizationError) -> (token: [UInt8], rank: Int) {
    let content = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
    let text = String(decoding: content, as: UTF8.self)
    let parts = text.split(separator: " ", omittingEmptySubsequences: false)
    guard parts.count == 2, let data = Data(base64Encoded: String(parts[0])), !data.isEmpty,
      let rank = Int(parts[1]), rank >= 0, rank < Int(Int32.max)
    else {
      throw .malformedTokenizer(
        path: path, place: "line \(number)", expected: "base64, a space and a rank",
        found: "\"\(text.prefix(60))\"")
    }
    return (Array(data), rank)
  }

  /// What tiktoken does with them: a word that is a token is not merged, and of all neighbours whose
  /// bytes together are a token, those of the lowest rank merge first.
  func vocabulary() -> MergeVocabulary {
    let table = ByteStringTable(tokens.enumerated().map { ($1, Int32($0)) })
    var entries: [(left: Int32, right: Int32, rank: UInt32, merged: Int32)] = []
    for (rank, token) in tokens.enumerated() {
      token.withUnsafeBufferPointer { bytes in
        guard let base = bytes.baseAddress else { return }
        for cut in 1..<max(bytes.count, 1) {
          let left = table.id(base, count: cut)
          guard left >= 0 else { continue }
          let right = table.id(base + cut, count: bytes.count - cut)
          guard right >= 0 else { continue }
          entries.append((left, right, UInt32(rank), Int32(rank)))
        }
      }
    }
    let rules = MergeRules(entries)
    return MergeVocabulary(
      rules: rules, alphabet: .bytes(ByteSymbols((0...255).map { table.id([$0]) }, rules)),
      wholeWords: table, unknown: nil)
  }
}
