/// What a field of a row holds.
public enum ParquetValue: Sendable, Equatable {
  /// A field of a structure, or of a row.
  public struct Field: Sendable, Equatable {
    public var name: String
    public var value: ParquetValue

    public init(name: String, value: ParquetValue) {
      self.name = name
      self.value = value
    }
  }

  case null
  case bool(Bool)
  /// A whole number; dates, times of day and timestamps too, in the units of their column.
  case integer(Int)
  /// A whole number above `Int.max`, which only columns of 64 bits without a sign have.
  case unsigned(UInt64)
  /// A number of 16, 32 or 64 bits, each of which a `Double` holds exactly.
  case number(Double)
  /// A decimal number: a whole number in two's complement, the most significant byte first, of
  /// which `scale` digits stand behind the point.
  case decimal(unscaled: [UInt8], scale: Int)
  /// What the file says is text: strings, enumerations or JSON.
  case text(String)
  /// Bytes of which the file does not say that they are text, and timestamps of 96 bits.
  case bytes([UInt8])
  /// A list; a map is one of structures of a key and a value.
  case list([ParquetValue])
  /// A structure's fields in the order of the schema.
  case structure([Field])
}

/// How the bytes of a column's values are to be understood.
enum ValueKind: Sendable, Equatable {
  case boolean, signed32, unsigned32, signed64, unsigned64, half, float, double
  case text, bytes
  case decimal(bigEndian: Bool, scale: Int)

  /// What a leaf of the schema holds.
  ///
  /// A logical type outweighs the older converted type beside it. Numbers are those of
  /// `LogicalType` and `ConvertedType` in parquet.thrift.
  init(_ element: SchemaElement, _ type: SchemaElement.PhysicalType) {
    let isDecimal =
      element.logicalType == 5 || element.logicalType == nil && element.convertedType == 5
    let isUnsigned =
      element.logicalType == 10
      ? element.isUnsigned
      : element.logicalType == nil && (11...14).contains(element.convertedType ?? -1)
    switch type {
    case .int32 where isDecimal, .int64 where isDecimal:
      self = .decimal(bigEndian: false, scale: element.scale ?? 0)
    case .byteArray where isDecimal, .fixedLengthByteArray where isDecimal:
      self = .decimal(bigEndian: true, scale: element.scale ?? 0)
    case .boolean: self = .boolean
    case .int32: self = isUnsigned ? .unsigned32 : .signed32
    case .int64: self = isUnsigned ? .unsigned64 : .signed64
    case .float: self = .float
    case .double: self = .double
    case .int96: self = .bytes
    case .byteArray: self = element.content(type) == .text ? .text : .bytes
    case .fixedLengthByteArray:
      self = element.logicalType == 15 && element.fixedLength == 2 ? .half : .bytes
    }
  }

  /// The value that some bytes are, as many as the kind takes; nil where text is not UTF-8.
  func value(_ bytes: UnsafeRawBufferPointer) -> ParquetValue? {
    func load<Number: FixedWidthInteger>(_ type: Number.Type) -> Number {
      Number(littleEndian: bytes.loadUnaligned(as: type))
    }
    switch self {
    case .boolean: return .bool(bytes[0] != 0)
    case .signed32: return .integer(Int(load(Int32.self)))
    case .unsigned32: return .integer(Int(load(UInt32.self)))
    case .signed64: return .integer(Int(load(Int64.self)))
    case .unsigned64:
      let value = load(UInt64.self)
      return Int(exactly: value).map(ParquetValue.integer) ?? .unsigned(value)
    case .half: return .number(Self.half(load(UInt16.self)))
    case .float: return .number(Double(Float(bitPattern: load(UInt32.self))))
    case .double: return .number(Double(bitPattern: load(UInt64.self)))
    case .text: return String(validating: bytes, as: UTF8.self).map(ParquetValue.text)
    case .bytes: return .bytes(Array(bytes))
    case .decimal(let bigEndian, let scale):
      return .decimal(unscaled: bigEndian ? Array(bytes) : bytes.reversed(), scale: scale)
    }
  }

  /// A number of 16 bits (IEEE 754 binary16): Intel's Macs have no type of it.
  private static func half(_ bits: UInt16) -> Double {
    let fraction = Double(bits & 0x3FF)
    let magnitude: Double =
      switch bits >> 10 & 0x1F {
      case 0: fraction * 0x1p-24
      case 0x1F: fraction == 0 ? .infinity : .nan
      case let exponent:
        Double(
          sign: .plus, exponent: Int(exponent) - 15, significand: 1 + fraction * 0x1p-10)
      }
    return bits >> 15 == 0 ? magnitude : -magnitude
  }
}
