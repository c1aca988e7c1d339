/// What Punkt learnt from a language's newspapers.
struct PunktModel: Sendable {
  /// How a word was seen to be written, and where.
  struct Orthography: OptionSet, Sendable {
    let rawValue: UInt8
    static let upperAtStart = Orthography(rawValue: 1 << 1)
    static let upperInside = Orthography(rawValue: 1 << 2)
    static let upperSomewhere = Orthography(rawValue: 1 << 3)
    static let lowerAtStart = Orthography(rawValue: 1 << 4)
    static let lowerInside = Orthography(rawValue: 1 << 5)
    static let lowerSomewhere = Orthography(rawValue: 1 << 6)
    static let upper: Orthography = [.upperAtStart, .upperInside, .upperSomewhere]
    static let lower: Orthography = [.lowerAtStart, .lowerInside, .lowerSomewhere]
  }

  /// A word that ends in a point and the one that often follows in the same sentence.
  struct Collocation: Hashable, Sendable {
    var first: PunktWord
    var second: PunktWord
  }

  /// Without their last point.
  let abbreviations: Set<PunktWord>
  let collocations: Set<Collocation>
  /// Words that often begin a sentence.
  let sentenceStarters: Set<PunktWord>
  private let orthographies: [PunktWord: Orthography]

  func orthography(of word: PunktWord) -> Orthography { orthographies[word] ?? [] }

  /// English, from the Wall Street Journal.
  static let english = PunktModel(
    abbreviations: PunktEnglish.abbreviations, collocations: PunktEnglish.collocations,
    sentenceStarters: PunktEnglish.sentenceStarters, orthographies: PunktEnglish.orthographies)

  /// Reads lists of words apart by newlines; tabs stand between the words of a collocation; a line of
  /// orthographies begins with the number that its words, apart by blanks, have in common.
  init(
    abbreviations: StaticString, collocations: StaticString, sentenceStarters: StaticString,
    orthographies: StaticString
  ) {
    self.abbreviations = Set(Self.pieces(abbreviations, by: "\n").map { PunktWord($0) })
    self.collocations = Set(
      Self.pieces(collocations, by: "\n").compactMap { line in
        let words = line.split(separator: UInt8(ascii: "\t"))
        return words.count == 2
          ? Collocation(first: PunktWord(words[0]), second: PunktWord(words[1])) : nil
      })
    self.sentenceStarters = Set(Self.pieces(sentenceStarters, by: "\n").map { PunktWord($0) })
    var table: [PunktWord: Orthography] = [:]
    table.reserveCapacity(24_000)
    for line in Self.pieces(orthographies, by: "\n") {
      let words = line.split(separator: UInt8(ascii: " "))
      guard let first = words.first, let flags = UInt8(String(decoding: first, as: UTF8.self))
      else { continue }
      for word in words.dropFirst() { table[PunktWord(word)] = Orthography(rawValue: flags) }
    }
    self.orthographies = table
  }

  private static func pieces(
    _ text: StaticString, by separator: Unicode.Scalar
  ) -> [ArraySlice<UInt8>] {
    text.withUTF8Buffer { Array($0) }.split(separator: UInt8(ascii: separator))
  }
}

/// A word by its bytes: Swift's strings are equal where Python's are not, and slower as keys.
struct PunktWord: Hashable, Sendable {
  private let bytes: [UInt8]

  init(_ bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }

  init(_ scalars: some Sequence<Unicode.Scalar>) {
    bytes = Array(PythonText.string(scalars).utf8)
  }
}
