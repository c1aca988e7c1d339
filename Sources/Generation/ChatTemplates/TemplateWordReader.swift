/// Reads one word of the code in a template: a number, a name, a text or a sign.
struct TemplateWordReader {
  let source: [UInt32]
  private(set) var position: Int
  let line: Int

  init(source: [UInt32], position: Int, line: Int) {
    self.source = source
    self.position = position
    self.line = line
  }

  private static let signs = [
    "**", "//", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}",
    ">", "<", "=", ".", ":", "|", ",", ";",
  ].map { (text: $0, units: $0.unicodeScalars.map(\.value)) }

  mutating func next() throws(TemplateFault) -> TemplateToken.Kind {
    let first = source[position]
    switch first {
    case 0x30...0x39: return try number()
    case 0x22, 0x27: return try text(quote: first)
    case _ where Self.isNameStart(first):
      let start = position
      while position < source.count, Self.isNamePart(source[position]) { position += 1 }
      return .name(TemplateText(units: source[start..<position]).string)
    default: break
    }
    for (sign, units) in Self.signs where source[position...].starts(with: units) {
      position += units.count
      return .sign(sign)
    }
    let character = TemplateText(units: [first]).string
    throw TemplateFault(.syntax, "unexpected character \(character)", line: line)
  }

  private static func isNameStart(_ unit: UInt32) -> Bool {
    guard unit >= 0x80 else {
      return unit == 0x5F || (0x41...0x5A).contains(unit) || (0x61...0x7A).contains(unit)
    }
    return Unicode.Scalar(unit)?.properties.isXIDStart ?? false
  }

  private static func isNamePart(_ unit: UInt32) -> Bool {
    guard unit >= 0x80 else { return isNameStart(unit) || (0x30...0x39).contains(unit) }
    return Unicode.Scalar(unit)?.properties.isXIDContinue ?? false
  }

  // MARK: Numbers

  private func unit(at offset: Int) -> UInt32 {
    position + offset < source.count ? source[position + offset] : 0
  }

  /// Takes digits of a base, single underscores between them; false if there is none.
  private mutating func digits(_ base: Int, into text: inout String) -> Bool {
    let count = text.utf8.count
    while true {
      let isSeparated = unit(at: 0) == 0x5F && text.utf8.count > count
      guard let scalar = Unicode.Scalar(unit(at: isSeparated ? 1 : 0)), scalar.isASCII,
        Int(String(scalar), radix: base) != nil
      else { return text.utf8.count > count }
      text.unicodeScalars.append(scalar)
      position += isSeparated ? 2 : 1
    }
  }

  private mutating func number() throws(TemplateFault) -> TemplateToken.Kind {
    var text = ""
    if unit(at: 0) == 0x30, let base = Self.bases[unit(at: 1) | 0x20] {
      position += 2
      guard digits(base, into: &text) else {
        throw TemplateFault(.syntax, "a number without digits", line: line)
      }
      return try integer(text, base)
    }
    // As in Jinja, 007 is none; a number that begins so ends with its zeros.
    let start = position
    _ = digits(10, into: &text)
    let fraction = try fraction(after: text)
    if let fraction { return .number(fraction) }
    if text.hasPrefix("0"), let zeros = text.firstIndex(where: { $0 != "0" }) {
      position = start + text.distance(from: text.startIndex, to: zeros)
      text = "0"
    }
    return try integer(text, 10)
  }

  private static let bases: [UInt32: Int] = [0x62: 2, 0x6F: 8, 0x78: 16]

  private func integer(_ text: String, _ base: Int) throws(TemplateFault) -> TemplateToken.Kind {
    guard let value = Int(text, radix: base) else {
      throw TemplateFault(
        .unsupported, "the integer \(text.prefix(40)) has more than 64 bits", line: line)
    }
    return .integer(value)
  }

  private mutating func fraction(after whole: String) throws(TemplateFault) -> Double? {
    let start = position
    var text = whole
    if unit(at: 0) == 0x2E, (0x30...0x39).contains(unit(at: 1)) {
      position += 1
      text += "."
      _ = digits(10, into: &text)
    }
    let mantissa = position
    if unit(at: 0) | 0x20 == 0x65 {
      position += 1
      text += "e"
      if [0x2B, 0x2D].contains(unit(at: 0)) {
        text += unit(at: 0) == 0x2D ? "-" : ""
        position += 1
      }
      if !digits(10, into: &text) {
        position = mantissa
        text = String(text.prefix { $0 != "e" })
      }
    }
    guard position > start else { return nil }
    return Double(text)
  }

  // MARK: Texts

  private mutating func text(quote: UInt32) throws(TemplateFault) -> TemplateToken.Kind {
    position += 1
    var units: [UInt32] = []
    while position < source.count, source[position] != quote {
      guard source[position] == 0x5C else {
        units.append(source[position])
        position += 1
        continue
      }
      position += 1
      try escape(into: &units)
    }
    guard position < source.count else {
      throw TemplateFault(.syntax, "a text that begins here has no end", line: line)
    }
    position += 1
    return .text(TemplateText(units: units))
  }

  private static let escapes: [UInt32: UInt32] = [
    0x5C: 0x5C, 0x27: 0x27, 0x22: 0x22, 0x61: 7, 0x62: 8, 0x66: 12, 0x6E: 10, 0x72: 13, 0x74: 9,
    0x76: 11,
  ]

  /// What follows a backslash, as in Python's texts.
  private mutating func escape(into units: inout [UInt32]) throws(TemplateFault) {
    let unit = unit(at: 0)
    guard position < source.count else { return }
    position += 1
    if let value = Self.escapes[unit] {
      units.append(value)
      return
    }
    switch unit {
    case 0x0A: break
    case 0x78: units.append(try hexadecimal(2))
    case 0x75: units.append(try hexadecimal(4))
    case 0x55: units.append(try hexadecimal(8))
    case 0x30...0x37:
      var value = unit - 0x30
      for _ in 0..<2 where (0x30...0x37).contains(self.unit(at: 0)) {
        value = value << 3 | (self.unit(at: 0) - 0x30)
        position += 1
      }
      units.append(value)
    case 0x4E:
      throw TemplateFault(
        .unsupported, "characters by name (\\N{…}); write the character", line: line)
    case 0x80...:
      // Jinja reads such text by way of ASCII, so that the character's own escape stays.
      let digits = String(unit, radix: 16)
      let width = unit < 0x100 ? 2 : unit < 0x1_0000 ? 4 : 8
      let letter = width == 2 ? "x" : width == 4 ? "u" : "U"
      let padding = String(repeating: "0", count: width - digits.utf8.count)
      units += "\\\(letter)\(padding)\(digits)".unicodeScalars.map(\.value)
    default: units += [0x5C, unit]
    }
  }

  private mutating func hexadecimal(_ count: Int) throws(TemplateFault) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<count {
      guard let scalar = Unicode.Scalar(unit(at: 0)), scalar.isASCII,
        let digit = UInt32(String(scalar), radix: 16), value >> 28 == 0
      else { throw TemplateFault(.syntax, "an escape that lacks digits", line: line) }
      value = value << 4 | digit
      position += 1
    }
    guard value <= 0x10_FFFF else {
      throw TemplateFault(.syntax, "an escape beyond U+10FFFF", line: line)
    }
    return value
  }
}
