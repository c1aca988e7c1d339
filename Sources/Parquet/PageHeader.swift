/// What a page says of itself.
struct PageHeader {
  enum Kind {
    case dictionary(valueCount: Int, encoding: Int)
    case data(valueCount: Int, encoding: Int, definitionEncoding: Int, repetitionEncoding: Int)
    case dataWithBareLevels(BareLevels)
    /// Indices, and whatever comes later: nothing that a reader of values needs.
    case other
  }

  /// The second version of data pages, whose levels are not compressed.
  struct BareLevels {
    var valueCount = 0
    var nullCount = 0
    var rowCount = 0
    var encoding = 0
    var definitionByteCount = 0
    var repetitionByteCount = 0
    var isCompressed = true
  }

  private(set) var kind = Kind.other
  private(set) var byteCount = 0
  private(set) var compressedByteCount = 0
  private(set) var checksum: UInt32?
  /// The header's own size.
  private(set) var headerByteCount = 0

  /// Reads the header at the front of `bytes`.
  init(_ bytes: UnsafeRawBufferPointer) throws(Fault) {
    var reader = ThriftReader(bytes)
    var type: Int?
    var sizes: (whole: Int?, compressed: Int?) = (nil, nil)
    var parts: [Int: Kind] = [:]
    try reader.structure { (reader, number, kind) throws(Fault) in
      switch number {
      case 1: type = try reader.int32(kind)
      case 2: sizes.whole = try reader.int32(kind)
      case 3: sizes.compressed = try reader.int32(kind)
      case 4: checksum = UInt32(truncatingIfNeeded: try reader.int32(kind))
      case 5: parts[0] = try Self.data(&reader, kind)
      case 7: parts[2] = try Self.dictionary(&reader, kind)
      case 8: parts[3] = try Self.dataWithBareLevels(&reader, kind)
      default: try reader.skip(kind)
      }
    }
    guard let type, let whole = sizes.whole, let compressed = sizes.compressed else {
      throw .corrupt("a page's header lacks its type or size")
    }
    guard whole >= 0, compressed >= 0 else {
      throw .corrupt("a page of \(whole) bytes, \(compressed) compressed")
    }
    if [0, 2, 3].contains(type) {
      guard let part = parts[type] else {
        throw .corrupt("a page of type \(type) does not describe itself")
      }
      self.kind = part
    }
    byteCount = whole
    compressedByteCount = compressed
    headerByteCount = reader.position
  }

  private static func data(
    _ reader: inout ThriftReader, _ kind: ThriftReader.Kind
  ) throws(Fault) -> Kind {
    var numbers = FieldNumbers()
    try numbers.read(&reader, kind, fields: 1...4)
    return .data(
      valueCount: try numbers.count(1), encoding: try numbers.value(2),
      definitionEncoding: try numbers.value(3), repetitionEncoding: try numbers.value(4))
  }

  private static func dictionary(
    _ reader: inout ThriftReader, _ kind: ThriftReader.Kind
  ) throws(Fault) -> Kind {
    var numbers = FieldNumbers()
    try numbers.read(&reader, kind, fields: 1...2)
    return .dictionary(valueCount: try numbers.count(1), encoding: try numbers.value(2))
  }

  private static func dataWithBareLevels(
    _ reader: inout ThriftReader, _ kind: ThriftReader.Kind
  ) throws(Fault) -> Kind {
    var numbers = FieldNumbers()
    try numbers.read(&reader, kind, fields: 1...6)
    let part = BareLevels(
      valueCount: try numbers.count(1), nullCount: try numbers.count(2),
      rowCount: try numbers.count(3), encoding: try numbers.value(4),
      definitionByteCount: try numbers.count(5), repetitionByteCount: try numbers.count(6),
      isCompressed: numbers.isCompressed)
    guard part.nullCount <= part.valueCount, part.rowCount <= part.valueCount else {
      throw .corrupt(
        "a page has \(part.valueCount) values, \(part.nullCount) nulls and \(part.rowCount) rows")
    }
    return .dataWithBareLevels(part)
  }
}

/// The numbers of a structure that has little else.
private struct FieldNumbers {
  private var values: [Int: Int] = [:]
  private(set) var isCompressed = true

  mutating func read(
    _ reader: inout ThriftReader, _ kind: ThriftReader.Kind, fields: ClosedRange<Int>
  ) throws(Fault) {
    try reader.structure(kind) { (reader, number, kind) throws(Fault) in
      if fields.contains(number) {
        values[number] = try reader.int32(kind)
      } else if number == 7, fields.upperBound == 6 {
        isCompressed = try reader.boolean(kind)
      } else {
        try reader.skip(kind)
      }
    }
  }

  func value(_ number: Int) throws(Fault) -> Int {
    guard let value = values[number] else {
      throw .corrupt("a page's header lacks field \(number)")
    }
    return value
  }

  func count(_ number: Int) throws(Fault) -> Int {
    let count = try value(number)
    guard count >= 0 else { throw .corrupt("field \(number) of a page's header is \(count)") }
    return count
  }
}
