/// One node of the schema as the footer lists it: parents before children, in order.
struct SchemaElement: Sendable {
  var physicalType: PhysicalType?
  /// The bytes of each value of a fixed length.
  var fixedLength: Int?
  var repetition = Repetition.required
  var name = ""
  var childCount = 0
  var convertedType: Int?
  /// The field of the union of logical types that is set.
  var logicalType: Int?
  /// Whether a logical type says that whole numbers have no sign.
  var isUnsigned = false
  /// How many digits of a decimal number stand behind its point.
  var scale: Int?

  /// How a leaf's values are stored.
  enum PhysicalType: Int, Sendable {
    case boolean, int32, int64, int96, float, double, byteArray, fixedLengthByteArray
  }

  /// How often a node may stand under its parent.
  enum Repetition: Int, Sendable {
    case required, optional, repeated
  }

  init(_ reader: inout ThriftReader) throws(Fault) {
    var name: String?
    try reader.structure { (reader, number, kind) throws(Fault) in
      switch number {
      case 1: physicalType = try Self.known(reader.int32(kind), "type")
      case 2: fixedLength = try reader.int32(kind)
      case 3: repetition = try Self.known(reader.int32(kind), "repetition")
      case 4: name = try reader.text(kind)
      case 5: childCount = try reader.int32(kind)
      case 6: convertedType = try reader.int32(kind)
      case 7: scale = try reader.int32(kind)
      case 10: try readLogicalType(&reader, kind)
      default: try reader.skip(kind)
      }
    }
    guard let name else { throw .corrupt("a schema element has no name") }
    guard childCount >= 0 else { throw .corrupt("\"\(name)\" has \(childCount) children") }
    guard physicalType == nil || childCount == 0 else {
      throw .corrupt("\"\(name)\" has both a type and children")
    }
    self.name = name
  }

  /// Numbers are those of `LogicalType` in parquet.thrift: 5 is a decimal, 10 a whole number.
  private mutating func readLogicalType(
    _ reader: inout ThriftReader, _ kind: ThriftReader.Kind
  ) throws(Fault) {
    try reader.structure(kind) { (reader, type, kind) throws(Fault) in
      logicalType = type
      guard type == 5 || type == 10 else { return try reader.skip(kind) }
      try reader.structure(kind) { (reader, number, kind) throws(Fault) in
        switch (type, number) {
        case (5, 1): scale = try reader.int32(kind)
        case (10, 2): isUnsigned = try !reader.boolean(kind)
        default: try reader.skip(kind)
        }
      }
    }
  }

  private static func known<Value: RawRepresentable<Int>>(
    _ code: Int, _ what: String
  ) throws(Fault) -> Value {
    guard let value = Value(rawValue: code) else {
      throw .corrupt("a schema element's \(what) is \(code)")
    }
    return value
  }
}
