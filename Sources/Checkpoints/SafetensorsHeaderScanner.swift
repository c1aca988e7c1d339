/// Reads the JSON of a safetensors header.
///
/// The header is an object of objects of a few known members, and nothing else. A scanner for
/// just that has a fixed depth, whatever the file nests, and sees a name that comes twice, which
/// a general JSON decoder does not tell.
struct SafetensorsHeaderScanner {
  private let bytes: UnsafeRawBufferPointer
  private let path: String
  private var position = 0

  /// The tensor whose members are being read, for messages.
  var tensor: String?

  init(bytes: UnsafeRawBufferPointer, path: String) {
    self.bytes = bytes
    self.path = path
  }

  func failure(_ expected: String, found: String? = nil) -> CheckpointError {
    .invalidHeader(
      path: path, tensor: tensor, expected: expected, found: found ?? "\(here) at byte \(position)")
  }

  private var here: String {
    guard position < bytes.count else { return "its end" }
    let byte = bytes[position]
    guard (0x20..<0x7F).contains(byte) else { return "the byte \(byte)" }
    return "\"\(Character(Unicode.Scalar(byte)))\""
  }

  private mutating func skipSpace() {
    while position < bytes.count, [0x20, 0x0A, 0x0D, 0x09].contains(bytes[position]) {
      position += 1
    }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(CheckpointError) {
    guard take(character) else { throw failure("\"\(Character(character))\"") }
  }

  /// Reads an object; `member` gets each name and must read its value.
  mutating func object(
    _ member: (inout Self, String) throws(CheckpointError) -> Void
  ) throws(CheckpointError) {
    try expect("{")
    if take("}") { return }
    // Names are told apart by their bytes: two strings of different bytes can be equal in Swift.
    var names: Set<[UInt8]> = []
    repeat {
      let name = try string()
      guard names.insert(Array(name.utf8)).inserted else {
        throw .duplicateName(path: path, tensor: tensor.map { "\($0).\(name)" } ?? name)
      }
      try expect(":")
      try member(&self, name)
    } while take(",")
    try expect("}")
  }

  /// Reads an array of integers, none of them negative.
  mutating func integers() throws(CheckpointError) -> [Int] {
    try expect("[")
    if take("]") { return [] }
    var values: [Int] = []
    repeat { values.append(try integer()) } while take(",")
    try expect("]")
    return values
  }

  private mutating func integer() throws(CheckpointError) -> Int {
    skipSpace()
    let start = position
    var value = 0
    while position < bytes.count, (0x30...0x39).contains(bytes[position]) {
      let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = tens.addingReportingOverflow(Int(bytes[position] - 0x30))
      guard !overflow, !carry else { throw failure("an integer below 2⁶³", found: "a larger one") }
      value = sum
      position += 1
    }
    guard position > start else { throw failure("an integer of 0 or more") }
    guard bytes[start] != 0x30 || position == start + 1 else {
      throw failure("an integer", found: "a zero before its digits")
    }
    return value
  }

  mutating func string() throws(CheckpointError) -> String {
    try expect("\"")
    var result: [UInt8] = []
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      switch byte {
      case 0x22:
        guard let string = String(validating: result, as: UTF8.self) else {
          throw failure("a string in UTF-8", found: "other bytes")
        }
        return string
      case 0x5C: try escape(into: &result)
      case ..<0x20: throw failure("a string", found: "the control byte \(byte) in it")
      default: result.append(byte)
      }
    }
    throw failure("the end of a string")
  }

  private mutating func escape(into result: inout [UInt8]) throws(CheckpointError) {
    guard position < bytes.count else { throw failure("an escaped character") }
    let byte = bytes[position]
    position += 1
    switch byte {
    case 0x22, 0x5C, 0x2F: result.append(byte)
    case UInt8(ascii: "b"): result.append(0x08)
    case UInt8(ascii: "f"): result.append(0x0C)
    case UInt8(ascii: "n"): result.append(0x0A)
    case UInt8(ascii: "r"): result.append(0x0D)
    case UInt8(ascii: "t"): result.append(0x09)
    case UInt8(ascii: "u"):
      var value = try hexadecimalUnit()
      if (0xD800..<0xDC00).contains(value), position + 1 < bytes.count,
        bytes[position] == 0x5C, bytes[position + 1] == UInt8(ascii: "u")
      {
        position += 2
        let low = try hexadecimalUnit()
        guard (0xDC00..<0xE000).contains(low) else { throw failure("a pair of surrogates") }
        value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let scalar = Unicode.Scalar(value) else { throw failure("a pair of surrogates") }
      result += String(Character(scalar)).utf8
    default: throw failure("an escaped character", found: "the byte \(byte)")
    }
  }

  private mutating func hexadecimalUnit() throws(CheckpointError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard position < bytes.count,
        let digit = Character(Unicode.Scalar(bytes[position])).hexDigitValue
      else { throw failure("four hexadecimal digits") }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }

  /// Only spaces may follow the object.
  mutating func expectEnd() throws(CheckpointError) {
    skipSpace()
    guard position == bytes.count else { throw failure("the end of the header") }
  }
}
