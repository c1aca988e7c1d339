/// A set of code points, as ranges in ascending order that do not touch.
package struct CodePointSet: Hashable, Sendable {
  static let all = CodePointSet([0...0x10_FFFF])
  static let empty = CodePointSet([])

  package private(set) var ranges: [ClosedRange<UInt32>]

  /// Takes ranges in any order, which may overlap.
  package init(_ ranges: [ClosedRange<UInt32>]) {
    var merged: [ClosedRange<UInt32>] = []
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = merged.last, range.lowerBound <= last.upperBound &+ 1 {
        merged[merged.count - 1] =
          last.lowerBound...max(last.upperBound, range.upperBound)
      } else {
        merged.append(range)
      }
    }
    self.ranges = merged
  }

  init(_ values: UInt32...) {
    self.init(values.map { $0...$0 })
  }

  var isEmpty: Bool { ranges.isEmpty }

  /// Every code point that is not in this set.
  package var inverted: CodePointSet {
    var result: [ClosedRange<UInt32>] = []
    var next: UInt32 = 0
    for range in ranges {
      if range.lowerBound > next { result.append(next...(range.lowerBound - 1)) }
      next = range.upperBound + 1
    }
    if next <= 0x10_FFFF { result.append(next...0x10_FFFF) }
    return CodePointSet(result)
  }

  package func union(_ other: CodePointSet) -> CodePointSet {
    CodePointSet(ranges + other.ranges)
  }

  package func isDisjoint(with other: CodePointSet) -> Bool {
    var (left, right) = (0, 0)
    while left < ranges.count && right < other.ranges.count {
      if ranges[left].overlaps(other.ranges[right]) { return false }
      if ranges[left].upperBound < other.ranges[right].upperBound { left += 1 } else { right += 1 }
    }
    return true
  }

  package func contains(_ value: UInt32) -> Bool {
    var (low, high) = (0, ranges.count)
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].upperBound < value { low = middle + 1 } else { high = middle }
    }
    return low < ranges.count && ranges[low].lowerBound <= value
  }
}

/// The sets that patterns name, of Unicode 16.0, which is what tiktoken 0.14 and Hugging Face's
/// tokenizers 0.23 use. (Swift's own properties are of another version.)
package enum CodePointSets {
  /// General categories by their two letters.
  private static let categories: [String: CodePointSet] = {
    var ranges: [String: [ClosedRange<UInt32>]] = [:]
    var start: UInt32 = 0
    var category = 0
    var length: UInt32 = 0
    func close() {
      guard length > 0 else { return }
      let name = UnicodeCategories.names[category]
      ranges[name, default: []].append(start...(start + length - 1))
      start += length
    }
    var scale: UInt32 = 0
    for byte in UnicodeCategories.runs.utf8 {
      if byte >= 0x61 {
        // Digits of the length in base 26, the lowest first.
        if scale == 0 {
          (length, scale) = (0, 1)
        }
        length += UInt32(byte - 0x61) * scale
        scale *= 26
      } else {
        close()
        (category, length, scale) = (Int(byte - 0x41), 1, 0)
      }
    }
    close()
    return ranges.mapValues { CodePointSet($0) }
  }()

  /// A general category such as `Lu`, or a group of them such as `L`; nil if there is no such one.
  package static func category(_ name: String) -> CodePointSet? {
    if let category = categories[name] { return category }
    guard name.utf8.count == 1 else { return nil }
    let members = categories.keys.filter { $0.hasPrefix(name) }
    return members.isEmpty ? nil : union(members.compactMap { categories[$0] })
  }

  private static func union(_ sets: [CodePointSet]) -> CodePointSet {
    CodePointSet(sets.flatMap(\.ranges))
  }

  /// `\s`: Unicode's White_Space.
  package static let whitespace = CodePointSet([
    0x09...0x0D, 0x20...0x20, 0x85...0x85, 0xA0...0xA0, 0x1680...0x1680, 0x2000...0x200A,
    0x2028...0x2029, 0x202F...0x202F, 0x205F...0x205F, 0x3000...0x3000,
  ])

  /// `\p{N}` of Unicode 17.0, as Rust's `char::is_numeric` has it: decimal digits, letters that are
  /// numbers, and others such as `½`. Tolong Siki's digits and three Tangut signs came with 17.0.
  package static let numericCharacters = CodePointSet(
    (category("N") ?? .empty).ranges + [0x11DE0...0x11DE9, 0x16FF4...0x16FF6])

  /// `\d`.
  static let decimalDigits = category("Nd") ?? .empty

  /// `\w` as Rust's regex has it (UTS #18): alphabetic characters, marks, decimal digits, connecting
  /// punctuation, and the two joiners.
  package static let wordCharacters = union(
    ["L", "M", "Nd", "Nl", "Pc"].compactMap(category) + [
      // Alphabetic symbols: circled and squared letters.
      CodePointSet([
        0x200C...0x200D, 0x24B6...0x24E9, 0x1F130...0x1F149, 0x1F150...0x1F169, 0x1F170...0x1F189,
      ])
    ])

  /// `\w` as Oniguruma has it, the regex library of Hugging Face's: with ², ³, ¹, ¼, ½ and ¾, and
  /// without the joiners.
  static let wordCharactersOfOniguruma = CodePointSet(
    wordCharacters.ranges + [0xB2...0xB3, 0xB9...0xB9, 0xBC...0xBE]
  ).subtracting(CodePointSet([0x200C...0x200D]))
}

extension CodePointSet {
  package func subtracting(_ other: CodePointSet) -> CodePointSet {
    CodePointSet(inverted.ranges + other.ranges).inverted
  }
}
