/// The runs of words of evaluations' texts, as a set of 64-bit hashes.
///
/// A filter of 16 to 32 bits a run answers for nearly all of a document's words from the
/// processor's nearer caches; the table behind it takes 16 to 32 bytes a run. A run of a document is
/// taken for one of them by mistake with the chance of their number over 2⁶⁴: with a million of
/// them, one such mistake in twenty corpora of a trillion words each.
public struct EvaluationRuns: Sendable {
  /// How many different runs there are.
  public let count: Int
  /// How many texts gave none: they were shorter than the filter's shortest.
  public let textsLeftOut: Int
  /// XXH3 of the runs' hashes in order, hexadecimal: what tells one set from another.
  public let digest: String

  /// Lengths of runs in words: the filter's, and those of short texts.
  private let lengths: [Int]
  private let runLength: Int
  private let bits: [UInt64]
  private let table: [UInt64]

  /// Collects the runs of texts: questions, answers, passages, in any order.
  public init(_ filter: ContaminationFilter, texts: some Sequence<String>) {
    var hashes: [UInt64] = []
    var lengths: Set<Int> = [filter.runLength]
    var textsLeftOut = 0
    for var text in texts {
      let words = text.withUTF8 { wordHashes(of: $0) }
      let length = min(filter.runLength, words.count)
      guard length >= filter.shortestText else {
        textsLeftOut += 1
        continue
      }
      lengths.insert(length)
      words.withUnsafeBufferPointer { words in
        forEachRun(of: length, in: words) { hashes.append(Self.key($0, length: length)) }
      }
    }
    hashes.sort()
    var distinct: [UInt64] = []
    for hash in hashes where hash != distinct.last { distinct.append(hash) }
    count = distinct.count
    self.textsLeftOut = textsLeftOut
    self.lengths = lengths.sorted(by: >)
    runLength = filter.runLength
    let canonical = distinct.map(\.littleEndian)
    digest = canonical.withUnsafeBytes { hexadecimal(contentHash($0)) }
    (bits, table) = Self.tables(of: distinct)
  }

  /// What a text has in common with the evaluations.
  ///
  /// - Parameter words: the text's words.
  package func overlap(of words: [UInt64]) -> ContaminationFilter.Overlap {
    let runs = words.isEmpty ? 0 : max(1, words.count - runLength + 1)
    guard count > 0 else { return .init(count: 0, runs: runs) }
    var found = 0
    let (bitMask, tableMask) = (UInt64(bits.count * 64 - 1), table.count - 1)
    words.withUnsafeBufferPointer { words in
      bits.withUnsafeBufferPointer { bits in
        table.withUnsafeBufferPointer { table in
          for length in lengths {
            forEachRun(of: length, in: words) { hash in
              let key = Self.key(hash, length: length)
              let bit = (key >> 32) & bitMask
              guard bits[Int(bit >> 6)] >> (bit & 63) & 1 != 0 else { return }
              var place = Int(truncatingIfNeeded: key) & tableMask
              while table[place] != 0 {
                if table[place] == key {
                  found += 1
                  return
                }
                place = (place + 1) & tableMask
              }
            }
          }
        }
      }
    }
    return .init(count: found, runs: runs)
  }

  /// A run's key: never 0, and different for lengths whose sums happen to agree.
  @inline(__always)
  private static func key(_ hash: UInt64, length: Int) -> UInt64 {
    max(1, hash ^ UInt64(length) &* goldenStep)
  }

  private static func tables(of keys: [UInt64]) -> (bits: [UInt64], table: [UInt64]) {
    var capacity = 4
    while capacity < keys.count * 2 { capacity *= 2 }
    var table = [UInt64](repeating: 0, count: capacity)
    // 16 bits for each place at most half of which is taken: 16 to 32 bits a run.
    var bits = [UInt64](repeating: 0, count: max(1, capacity / 8))
    let bitMask = UInt64(bits.count * 64 - 1)
    for key in keys {
      var place = Int(truncatingIfNeeded: key) & (capacity - 1)
      while table[place] != 0 { place = (place + 1) & (capacity - 1) }
      table[place] = key
      let bit = (key >> 32) & bitMask
      bits[Int(bit >> 6)] |= 1 << (bit & 63)
    }
    return (bits, table)
  }
}

/// Sixteen hexadecimal digits.
func hexadecimal(_ value: UInt64) -> String {
  let digits = String(value, radix: 16)
  return String(repeating: "0", count: 16 - digits.count) + digits
}
