import Files
import Parquet

/// A row as one text, as `Fixtures/row_digest.py` makes it of what pyarrow reads.
func digest(_ row: [ParquetValue.Field]) -> [UInt8] { digest(.structure(row)) }

func digest(_ value: ParquetValue) -> [UInt8] {
  switch value {
  case .null: Array("null".utf8)
  case .bool(let value): Array("\(value)".utf8)
  case .integer(let value): Array("\(value)".utf8)
  case .unsigned(let value): Array("\(value)".utf8)
  case .number(let value):
    Array(value.isNaN ? "dnan".utf8 : "d\(hexadecimal(value.bitPattern))".utf8)
  case .decimal(let unscaled, _): Array("m\(decimal(unscaled))".utf8)
  case .text(let text): Array("s\(text.utf8.count):\(text)".utf8)
  case .bytes(let bytes): Array("b\(bytes.count):\(bytes.map(hexadecimal).joined())".utf8)
  case .list(let elements):
    Array("[".utf8) + elements.map(digest).joined(separator: ";".utf8) + Array("]".utf8)
  case .structure(let fields):
    Array("{".utf8)
      + fields.map { Array("\($0.name)=".utf8) + digest($0.value) }.joined(separator: ";".utf8)
      + Array("}".utf8)
  }
}

private func hexadecimal(_ value: some FixedWidthInteger) -> String {
  let digits = String(value, radix: 16)
  let count = type(of: value).bitWidth / 4
  return String(repeating: "0", count: count - digits.count) + digits
}

/// A whole number of any size in two's complement, the most significant byte first.
private func decimal(_ bytes: [UInt8]) -> String {
  guard let first = bytes.first else { return "0" }
  let isNegative = first >= 0x80
  // Digits of the magnitude, the least significant first: −x is the complement of x, and one.
  var digits = [0]
  func multiplyAndAdd(_ factor: Int, _ addend: Int) {
    var carry = addend
    for index in digits.indices {
      carry += digits[index] * factor
      digits[index] = carry % 10
      carry /= 10
    }
    while carry > 0 {
      digits.append(carry % 10)
      carry /= 10
    }
  }
  for byte in bytes { multiplyAndAdd(256, Int(isNegative ? ~byte : byte)) }
  if isNegative { multiplyAndAdd(1, 1) }
  while digits.count > 1, digits.last == 0 { digits.removeLast() }
  return (isNegative ? "-" : "") + digits.reversed().map(String.init).joined()
}

/// All rows from one on.
func rows(
  of file: ParquetFile, fields: [String]? = nil, from row: Int = 0, stretch: Int = 1 << 20
) throws -> [[ParquetValue.Field]] {
  let reader = try file.rows(fields: fields, from: row, stretch: stretch)
  var rows: [[ParquetValue.Field]] = []
  while let row = try reader.next() { rows.append(row) }
  return rows
}
