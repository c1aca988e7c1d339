/// Writes JSON (RFC 8259) piece by piece, indented by two spaces.
package struct JSONWriter {
  package private(set) var bytes: [UInt8] = []
  private var depth = 0
  private var isFirst = true

  package init() {}

  package mutating func null() { bytes += "null".utf8 }
  package mutating func boolean(_ value: Bool) { bytes += (value ? "true" : "false").utf8 }
  package mutating func integer(_ value: Int) { bytes += String(value).utf8 }
  /// A number with the fewest digits that give it back; it is finite.
  package mutating func number(_ value: Double) {
    precondition(value.isFinite, "JSON has no \(value)")
    bytes += (Int(exactly: value).map { "\($0).0" } ?? "\(value)").utf8
  }
  package mutating func string(_ text: String) { string(Array(text.utf8)) }
  package mutating func endLine() { bytes.append(0x0A) }

  /// Writes UTF-8 as it is, but for what a string must escape.
  package mutating func string(_ text: some Sequence<UInt8>) {
    let digits = Array("0123456789abcdef".utf8)
    bytes.append(0x22)
    for byte in text {
      switch byte {
      case 0x22, 0x5C: bytes += [0x5C, byte]
      case ..<0x20: bytes += "\\u00".utf8 + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      default: bytes.append(byte)
      }
    }
    bytes.append(0x22)
  }

  /// Writes an array of strings on one line.
  package mutating func strings(_ texts: [some Sequence<UInt8>]) {
    bytes.append(0x5B)
    for (place, text) in texts.enumerated() {
      if place > 0 { bytes += ", ".utf8 }
      string(text)
    }
    bytes.append(0x5D)
  }

  package mutating func object(_ members: (inout JSONWriter) -> Void) {
    group("{", "}", members)
  }

  package mutating func array(_ elements: (inout JSONWriter) -> Void) {
    group("[", "]", elements)
  }

  package mutating func member(_ name: String, _ value: (inout JSONWriter) -> Void) {
    member(Array(name.utf8), value)
  }

  package mutating func member(_ name: [UInt8], _ value: (inout JSONWriter) -> Void) {
    separate()
    string(name)
    bytes += ": ".utf8
    value(&self)
  }

  package mutating func element(_ value: (inout JSONWriter) -> Void) {
    separate()
    value(&self)
  }

  /// An object whose first member says which of several kinds it is.
  package mutating func tagged(_ type: String, _ members: (inout JSONWriter) -> Void) {
    object { writer in
      writer.member("type") { $0.string(type) }
      members(&writer)
    }
  }

  private mutating func group(
    _ opening: String, _ closing: String, _ body: (inout JSONWriter) -> Void
  ) {
    bytes += opening.utf8
    depth += 1
    isFirst = true
    body(&self)
    depth -= 1
    if !isFirst { startLine() }
    bytes += closing.utf8
    isFirst = false
  }

  private mutating func separate() {
    if !isFirst { bytes.append(0x2C) }
    startLine()
    isFirst = false
  }

  private mutating func startLine() {
    bytes.append(0x0A)
    bytes += repeatElement(0x20, count: 2 * depth)
  }
}
