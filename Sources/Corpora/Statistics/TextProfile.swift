/// What a text is made of: characters, words, digits, scripts.
///
/// Counts add up over the stretches of a document and over documents.
public struct TextProfile: Sendable, Equatable {
  /// Bytes of UTF-8.
  public private(set) var bytes = 0
  /// Unicode scalars.
  public private(set) var characters = 0
  /// Scalars below U+0080.
  public private(set) var asciiCharacters = 0
  /// The digits 0 to 9.
  public private(set) var digits = 0
  /// What Python's `\s` matches.
  public private(set) var whiteSpace = 0
  /// Runs of characters that are not white space.
  public private(set) var words = 0
  /// Scalars by script, in the order of `WritingSystem.allCases`.
  private var scripts = [Int](repeating: 0, count: WritingSystem.allCases.count)
  /// Whether the next character would go on with a word.
  private var isInWord = false

  /// Nothing yet.
  public init() {}

  /// The profile of a text.
  public init(of text: UnsafeBufferPointer<UInt8>) {
    add(text)
  }

  /// How many characters are of a script.
  public subscript(system: WritingSystem) -> Int { scripts[Self.place(system)] }

  /// The scripts that occur, the most frequent first, with their share of all characters that
  /// belong to one.
  public var writingSystems: [(system: WritingSystem, characters: Int, share: Double)] {
    let letters = WritingSystem.allCases.filter { $0 != .common }
    let total = letters.reduce(0) { $0 + self[$1] }
    return letters.filter { self[$0] > 0 }
      .map { ($0, self[$0], Double(self[$0]) / Double(total)) }
      .sorted { ($0.1, $1.0.rawValue) > ($1.1, $0.0.rawValue) }
  }

  /// ASCII's share of the characters; 0 of none, as below.
  public var asciiShare: Double { share(asciiCharacters) }
  /// The digits' share of the characters.
  public var digitShare: Double { share(digits) }
  /// White space's share of the characters.
  public var whiteSpaceShare: Double { share(whiteSpace) }
  /// Characters a word.
  public var meanWordLength: Double {
    words == 0 ? 0 : Double(characters - whiteSpace) / Double(words)
  }

  private func share(_ count: Int) -> Double {
    characters == 0 ? 0 : Double(count) / Double(characters)
  }

  /// Adds the next stretch of a text: valid UTF-8, cut between characters.
  public mutating func add(_ text: UnsafeBufferPointer<UInt8>) {
    bytes += text.count
    var index = 0
    while index < text.count {
      if index + asciiBlock <= text.count, isASCIIBlock(text, at: index) {
        addASCIIBlock(text, at: index)
        index += asciiBlock
        continue
      }
      let end = min(text.count, index + asciiBlock)
      while index < end { index += addCharacter(text, at: index) }
    }
  }

  /// Adds what another document is made of.
  public mutating func add(_ other: TextProfile) {
    bytes += other.bytes
    characters += other.characters
    asciiCharacters += other.asciiCharacters
    digits += other.digits
    whiteSpace += other.whiteSpace
    words += other.words
    for place in scripts.indices { scripts[place] += other.scripts[place] }
    isInWord = false
  }

  private mutating func addASCIIBlock(_ text: UnsafeBufferPointer<UInt8>, at start: Int) {
    let counts = asciiCounts(text, at: start)
    characters += asciiBlock
    asciiCharacters += asciiBlock
    digits += counts.digits
    whiteSpace += counts.spaces
    words += counts.wordStarts + (isInWord || isASCIISpace(text[start]) ? 0 : 1)
    isInWord = !isASCIISpace(text[start + asciiBlock - 1])
    scripts[Self.latin] += counts.letters
    scripts[Self.common] += asciiBlock - counts.letters
  }

  private mutating func addCharacter(_ text: UnsafeBufferPointer<UInt8>, at index: Int) -> Int {
    let (scalar, length) = decodedScalar(text, at: index)
    let isSpace = isPythonWhitespace(scalar)
    characters += 1
    asciiCharacters += scalar < 0x80 ? 1 : 0
    digits += scalar &- 0x30 < 10 ? 1 : 0
    whiteSpace += isSpace ? 1 : 0
    words += !isSpace && !isInWord ? 1 : 0
    isInWord = !isSpace
    scripts[Self.place(WritingSystem(ofScalar: scalar))] += 1
    return length
  }

  private static let latin = place(.latin)
  private static let common = place(.common)

  private static func place(_ system: WritingSystem) -> Int {
    switch system {
    case .latin: 0
    case .cyrillic: 1
    case .greek: 2
    case .han: 3
    case .kana: 4
    case .hangul: 5
    case .arabic: 6
    case .devanagari: 7
    case .hebrew: 8
    case .thai: 9
    case .other: 10
    case .common: 11
    }
  }
}

extension TextProfile: Encodable {
  private enum CodingKeys: String, CodingKey {
    case bytes, characters, asciiCharacters, digits, whiteSpace, words, scripts
  }

  /// Writes the counts; scripts as an object of those that occur.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(bytes, forKey: .bytes)
    try container.encode(characters, forKey: .characters)
    try container.encode(asciiCharacters, forKey: .asciiCharacters)
    try container.encode(digits, forKey: .digits)
    try container.encode(whiteSpace, forKey: .whiteSpace)
    try container.encode(words, forKey: .words)
    let occurring = WritingSystem.allCases.filter { self[$0] > 0 }
    try container.encode(
      Dictionary(uniqueKeysWithValues: occurring.map { ($0.rawValue, self[$0]) }), forKey: .scripts)
  }
}

/// Bytes that are looked at together: their counts fit a byte.
private let asciiBlock = 64

private func isASCIIBlock(_ text: UnsafeBufferPointer<UInt8>, at start: Int) -> Bool {
  let bytes = UnsafeRawBufferPointer(text)
  var all: UInt64 = 0
  for offset in stride(from: start, to: start + asciiBlock, by: 8) {
    all |= bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
  }
  return all & 0x8080_8080_8080_8080 == 0
}

@inline(__always)
private func isASCIISpace(_ byte: UInt8) -> Bool { byte &- 9 < 5 || byte &- 28 < 5 }

/// Counts a block without branches, which the compiler makes vectors of; a word that starts with the
/// block is not counted.
private func asciiCounts(
  _ text: UnsafeBufferPointer<UInt8>, at start: Int
) -> (digits: Int, spaces: Int, letters: Int, wordStarts: Int) {
  guard let bytes = text.baseAddress?.advanced(by: start) else { return (0, 0, 0, 0) }
  var (digits, spaces, letters, wordStarts): (UInt8, UInt8, UInt8, UInt8) = (0, 0, 0, 0)
  for index in 0..<asciiBlock {
    let byte = bytes[index]
    digits &+= byte &- 0x30 < 10 ? 1 : 0
    letters &+= (byte | 0x20) &- 0x61 < 26 ? 1 : 0
    spaces &+= (byte &- 9 < 5 ? 1 : 0) | (byte &- 28 < 5 ? 1 : 0)
  }
  for index in 1..<asciiBlock {
    let (before, byte) = (bytes[index - 1], bytes[index])
    let spaceBefore: UInt8 = (before &- 9 < 5 ? 1 : 0) | (before &- 28 < 5 ? 1 : 0)
    let space: UInt8 = (byte &- 9 < 5 ? 1 : 0) | (byte &- 28 < 5 ? 1 : 0)
    wordStarts &+= spaceBefore & (space ^ 1)
  }
  return (Int(digits), Int(spaces), Int(letters), Int(wordStarts))
}
