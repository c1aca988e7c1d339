/// A text as templates see it: code points, as Python's strings are, each of which knows whether the
/// template wrote it or the conversation.
///
/// The origin goes along with every character through slicing, joining, trimming and case, so that what a
/// user typed is told from what the template typed wherever it ends up. Equality and order do
/// not look at it.
struct TemplateText: Sendable, Hashable {
  /// Code points; `conversationBit` is set in those of the conversation.
  private(set) var units: [UInt32]

  private static let conversationBit: UInt32 = 1 << 31

  /// Who wrote a character.
  enum Origin: Sendable {
    case template
    case conversation
  }

  init(units: some Sequence<UInt32>) { self.units = Array(units) }

  init(_ text: String = "", origin: Origin = .template) {
    let bit = origin == .template ? 0 : Self.conversationBit
    units = text.unicodeScalars.map { $0.value | bit }
  }

  var count: Int { units.count }
  var isEmpty: Bool { units.isEmpty }

  static func codePoint(_ unit: UInt32) -> UInt32 { unit & ~conversationBit }

  static func isTemplate(_ unit: UInt32) -> Bool { unit & conversationBit == 0 }

  func codePoint(at index: Int) -> UInt32 { Self.codePoint(units[index]) }

  /// A unit of another code point with the same origin.
  static func replacing(_ unit: UInt32, by codePoint: UInt32) -> UInt32 {
    codePoint | unit & conversationBit
  }

  /// All of it as the conversation's.
  var distrusted: TemplateText {
    TemplateText(units: units.lazy.map { $0 | Self.conversationBit })
  }

  static func == (left: Self, right: Self) -> Bool {
    left.units.count == right.units.count
      && zip(left.units, right.units).allSatisfy { codePoint($0) == codePoint($1) }
  }

  func hash(into hasher: inout Hasher) {
    for unit in units { hasher.combine(Self.codePoint(unit)) }
  }

  static func < (left: Self, right: Self) -> Bool {
    left.units.lazy.map(codePoint).lexicographicallyPrecedes(right.units.lazy.map(codePoint))
  }

  static func + (left: Self, right: Self) -> Self {
    TemplateText(units: left.units + right.units)
  }

  mutating func append(_ other: Self) { units += other.units }

  mutating func append(_ text: String) { units += TemplateText(text).units }

  subscript(_ range: Range<Int>) -> TemplateText { TemplateText(units: units[range]) }

  /// The text as Swift has it; surrogates, which Python's strings may hold, become U+FFFD.
  var string: String {
    var scalars = String.UnicodeScalarView()
    for unit in units {
      scalars.append(Unicode.Scalar(Self.codePoint(unit)) ?? "\u{FFFD}")
    }
    return String(scalars)
  }
}

// MARK: Searching

extension TemplateText {
  func starts(with other: Self, at position: Int = 0) -> Bool {
    guard position + other.count <= count else { return false }
    return (0..<other.count).allSatisfy { codePoint(at: position + $0) == other.codePoint(at: $0) }
  }

  func ends(with other: Self) -> Bool {
    other.count <= count && starts(with: other, at: count - other.count)
  }

  /// All places where a text begins, overlapping ones included, in time that grows as both lengths
  /// together (Knuth, Morris and Pratt, 1977).
  func occurrences(of other: Self, atMost limit: Int = .max) -> [Int] {
    guard !other.isEmpty else { return Array(0...count) }
    guard other.count <= count else { return [] }
    // For each beginning of the text sought, the longest one that ends it too.
    var borders = [0]
    for index in 1..<max(other.count, 1) {
      var length = borders[index - 1]
      while length > 0, other.codePoint(at: length) != other.codePoint(at: index) {
        length = borders[length - 1]
      }
      borders.append(other.codePoint(at: length) == other.codePoint(at: index) ? length + 1 : 0)
    }
    var places: [Int] = []
    var matched = 0
    for (index, unit) in units.enumerated() {
      while matched > 0, other.codePoint(at: matched) != Self.codePoint(unit) {
        matched = borders[matched - 1]
      }
      if other.codePoint(at: matched) == Self.codePoint(unit) { matched += 1 }
      guard matched == other.count else { continue }
      places.append(index + 1 - matched)
      if places.count == limit { break }
      matched = borders[matched - 1]
    }
    return places
  }

  /// Places that do not overlap, taken from the left or from the right.
  func separateOccurrences(of other: Self, atMost limit: Int, fromRight: Bool = false) -> [Int] {
    var places: [Int] = []
    let all = occurrences(of: other)
    for place in fromRight ? all.reversed() : all where places.count < limit {
      if let last = places.last, abs(place - last) < other.count { continue }
      places.append(place)
    }
    return fromRight ? places.reversed() : places
  }

  func contains(_ other: Self) -> Bool { !occurrences(of: other, atMost: 1).isEmpty }
}

// MARK: Python's methods

extension TemplateText {
  /// What `str.isspace` is true of.
  static func isSpace(_ unit: UInt32) -> Bool {
    switch codePoint(unit) {
    case 0x09...0x0D, 0x1C...0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F,
      0x205F, 0x3000:
      true
    default: false
    }
  }

  /// `strip`, `lstrip` or `rstrip`: without white space, or the characters given, at its ends.
  func stripped(of characters: TemplateText? = nil, left: Bool = true, right: Bool = true) -> Self {
    let removed = characters.map { Set($0.units.map(Self.codePoint)) }
    let isRemoved = { (unit: UInt32) in
      removed?.contains(Self.codePoint(unit)) ?? Self.isSpace(unit)
    }
    var (start, end) = (0, count)
    if left { while start < end, isRemoved(units[start]) { start += 1 } }
    if right { while end > start, isRemoved(units[end - 1]) { end -= 1 } }
    return self[start..<end]
  }

  /// `replace`: at most `limit` occurrences from the left.
  func replacing(_ old: Self, by new: Self, limit: Int = .max) -> Self {
    var result: [UInt32] = []
    var position = 0
    for place in separateOccurrences(of: old, atMost: limit) {
      result += units[position..<place]
      result += new.units
      position = place + old.count
    }
    result += units[position...]
    return TemplateText(units: result)
  }

  /// `split` or `rsplit` at a separator, which is not empty.
  func split(at separator: Self, limit: Int = .max, fromRight: Bool = false) -> [Self] {
    var parts: [Self] = []
    var position = 0
    for place in separateOccurrences(of: separator, atMost: limit, fromRight: fromRight) {
      parts.append(self[position..<place])
      position = place + separator.count
    }
    return parts + [self[position..<count]]
  }

  /// `split` without a separator: runs of white space part words.
  func words(limit: Int = .max) -> [Self] {
    var words: [Self] = []
    var position = 0
    while true {
      while position < count, Self.isSpace(units[position]) { position += 1 }
      guard position < count else { return words }
      guard words.count < limit else {
        return words + [self[position..<count]]
      }
      let start = position
      while position < count, !Self.isSpace(units[position]) { position += 1 }
      words.append(self[start..<position])
    }
  }

  /// `rsplit` without a separator.
  func wordsFromRight(limit: Int) -> [Self] {
    var words: [Self] = []
    var end = count
    while true {
      while end > 0, Self.isSpace(units[end - 1]) { end -= 1 }
      guard end > 0 else { return words.reversed() }
      guard words.count < limit else {
        return [self[0..<end]] + words.reversed()
      }
      let last = end
      while end > 0, !Self.isSpace(units[end - 1]) { end -= 1 }
      words.append(self[end..<last])
    }
  }

  /// `splitlines`.
  func lines(keepingEnds: Bool = false) -> [Self] {
    let breaks: Set<UInt32> = [0x0A, 0x0B, 0x0C, 0x0D, 0x1C, 0x1D, 0x1E, 0x85, 0x2028, 0x2029]
    var lines: [Self] = []
    var start = 0
    var position = 0
    while position < count {
      guard breaks.contains(codePoint(at: position)) else {
        position += 1
        continue
      }
      let end = position
      let isPair =
        codePoint(at: position) == 0x0D && position + 1 < count
        && codePoint(at: position + 1) == 0x0A
      position += isPair ? 2 : 1
      lines.append(self[start..<(keepingEnds ? position : end)])
      start = position
    }
    if start < count { lines.append(self[start..<count]) }
    return lines
  }
}
