/// A normalization form of Unicode (UAX #15) as Hugging Face's tokenizers have it, which is that of
/// Unicode 9.0.
///
/// The system's own is of another version, and takes quadratic time for long runs of marks; here it
/// is n log n. (`Normalization` is the one for text that a recipe normalizes.)
package enum UnicodeForm: String, Sendable, CaseIterable {
  case nfc = "NFC"
  case nfd = "NFD"
  case nfkc = "NFKC"
  case nfkd = "NFKD"

  private var isCompatible: Bool { self == .nfkc || self == .nfkd }
  private var isComposed: Bool { self == .nfc || self == .nfkc }

  /// Returns normalized UTF-8; bytes that are not valid UTF-8 stay as they are.
  package func applied(to text: [UInt8]) -> [UInt8] {
    guard text.contains(where: { $0 >= 0x80 }), let scalars = scalarValues(text) else {
      return text
    }
    let tables = UnicodeFormTables.shared
    var result: [UInt32] = []
    result.reserveCapacity(scalars.count)
    for scalar in scalars { tables.decompose(scalar, compatible: isCompatible, into: &result) }
    tables.order(&result)
    if isComposed { tables.compose(&result) }
    var output = String.UnicodeScalarView()
    for value in result {
      if let scalar = Unicode.Scalar(value) { output.append(scalar) }
    }
    return Array(String(output).utf8)
  }
}

/// Lowercase as Hugging Face's tokenizers have it: each character by itself.
package enum Lowercase {
  private static let mappings = Dictionary(
    uniqueKeysWithValues: UnicodeNumbers.mappings(UnicodeMappings.lowercase))

  /// Returns lowercase UTF-8; bytes that are not valid UTF-8 stay as they are.
  package static func applied(to text: [UInt8]) -> [UInt8] {
    guard text.contains(where: { $0 >= 0x80 }), let scalars = scalarValues(text) else {
      return text.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
    }
    var output = String.UnicodeScalarView()
    for scalar in scalars {
      for value in mappings[scalar] ?? [scalar] {
        if let scalar = Unicode.Scalar(value) { output.append(scalar) }
      }
    }
    return Array(String(output).utf8)
  }
}

/// Reads the tables that Scripts/make-normalization-tables.py writes: five bits a character, the
/// lowest first, of which the last is from A–Z and 0–5.
enum UnicodeNumbers {
  static func all(_ text: String) -> [UInt32] {
    var numbers: [UInt32] = []
    var (value, shift) = (UInt32(0), UInt32(0))
    for byte in text.utf8 {
      let (digit, isLast): (UInt8, Bool) =
        switch byte {
        case 0x41...0x5A: (byte - 0x41, true)
        case 0x30...0x35: (byte - 0x30 + 26, true)
        case 0x61...0x7A: (byte - 0x61, false)
        case 0x36...0x39: (byte - 0x36 + 26, false)
        default: (byte == 0x2B ? 30 : 31, false)
        }
      value |= UInt32(digit) << shift
      shift += 5
      if isLast {
        numbers.append(value)
        (value, shift) = (0, 0)
      }
    }
    return numbers
  }

  /// Code points, each as its distance from the one before, how many it becomes, and those.
  static func mappings(_ text: String) -> [(UInt32, [UInt32])] {
    let numbers = all(text)
    var result: [(UInt32, [UInt32])] = []
    var (place, code) = (0, UInt32(0))
    while place + 1 < numbers.count {
      code += numbers[place]
      let count = Int(numbers[place + 1])
      result.append((code, Array(numbers[(place + 2)..<(place + 2 + count)])))
      place += 2 + count
    }
    return result
  }
}

/// Decompositions, combining classes and compositions.
private final class UnicodeFormTables: Sendable {
  static let shared = UnicodeFormTables()

  private let canonical: [UInt32: [UInt32]]
  private let compatible: [UInt32: [UInt32]]
  private let classes: IntegerTable
  /// `first << 32 | second` → what they are together.
  private let compositions: IntegerTable

  private init() {
    let mappings = UnicodeNumbers.mappings(UnicodeDecompositions.canonical)
    canonical = Dictionary(uniqueKeysWithValues: mappings)
    compatible = canonical.merging(
      UnicodeNumbers.mappings(UnicodeCompatibility.decompositions)
    ) { $1 }
    var code: UInt32 = 0
    let excluded = Set(
      UnicodeNumbers.all(UnicodeDecompositions.excluded).map { step in
        code += step
        return code
      })
    let composable = mappings.filter { $0.1.count > 1 && !excluded.contains($0.0) }
    let whole = Dictionary(composable.map { ($0.1, $0.0) }) { first, _ in first }
    compositions = IntegerTable(
      composable.compactMap { code, parts in
        let front = Array(parts.dropLast())
        guard let first = front.count == 1 ? front[0] : whole[front] else { return nil }
        return (UInt64(first) << 32 | UInt64(parts[parts.count - 1]), UInt64(code))
      })
    let numbers = UnicodeNumbers.all(UnicodeMappings.combiningClasses)
    code = 0
    classes = IntegerTable(
      stride(from: 0, to: numbers.count - 1, by: 2).map { place in
        code += numbers[place]
        return (UInt64(code), UInt64(numbers[place + 1]))
      })
  }

  private func combiningClass(_ value: UInt32) -> UInt64 {
    guard value >= 0x300 else { return 0 }
    let found = classes.value(UInt64(value))
    return found == IntegerTable.none ? 0 : found
  }

  func decompose(_ value: UInt32, compatible isCompatible: Bool, into result: inout [UInt32]) {
    if value < 0xA0 {
      result.append(value)
    } else if (0xAC00...0xD7A3).contains(value) {
      // A syllable is its place in the order of leads, vowels and tails (Unicode 3.12).
      let index = value - 0xAC00
      result.append(0x1100 + index / 588)
      result.append(0x1161 + index % 588 / 28)
      if index % 28 != 0 { result.append(0x11A7 + index % 28) }
    } else if let parts = isCompatible ? compatible[value] : canonical[value] {
      result += parts
    } else {
      result.append(value)
    }
  }

  /// Sorts every run of marks by their classes; equals keep their order.
  func order(_ scalars: inout [UInt32]) {
    var start = 0
    var marks: [(mark: UInt32, kind: UInt64)] = []
    for index in 0...scalars.count {
      let kind = index < scalars.count ? combiningClass(scalars[index]) : 0
      if kind > 0 {
        marks.append((scalars[index], kind))
        continue
      }
      if marks.count > 1 {
        // Swift's sort is stable in fact but not by contract: the place decides among equals.
        let sorted = marks.enumerated().sorted {
          ($0.element.kind, $0.offset) < ($1.element.kind, $1.offset)
        }
        for (offset, item) in sorted.enumerated() { scalars[start + offset] = item.element.mark }
      }
      marks.removeAll(keepingCapacity: true)
      start = index + 1
    }
  }

  func compose(_ scalars: inout [UInt32]) {
    var starter: Int?
    var lastClass: UInt64 = 0
    var count = 0
    for value in scalars {
      let kind = combiningClass(value)
      if let place = starter, lastClass < kind || count == place + 1,
        let whole = composition(scalars[place], value)
      {
        scalars[place] = whole
        continue
      }
      scalars[count] = value
      if kind == 0 { starter = count }
      lastClass = kind
      count += 1
    }
    scalars.removeLast(scalars.count - count)
  }

  private func composition(_ first: UInt32, _ second: UInt32) -> UInt32? {
    if (0x1100...0x1112).contains(first), (0x1161...0x1175).contains(second) {
      return 0xAC00 + (first - 0x1100) * 588 + (second - 0x1161) * 28
    }
    if (0xAC00...0xD7A3).contains(first), (first - 0xAC00) % 28 == 0,
      (0x11A8...0x11C2).contains(second)
    {
      return first + second - 0x11A7
    }
    let found = compositions.value(UInt64(first) << 32 | UInt64(second))
    return found == IntegerTable.none ? nil : UInt32(truncatingIfNeeded: found)
  }
}
