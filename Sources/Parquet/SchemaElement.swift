/// One node of the schema as the footer lists it: parents before children, in order.
struct SchemaElement {
  var physicalType: PhysicalType?
  var repetition = Repetition.required
  var name = ""
  var childCount = 0
  var convertedType: Int?
  /// The field of the union of logical types that is set.
  var logicalType: Int?

  /// How a leaf's values are stored.
  enum PhysicalType: Int {
    case boolean, int32, int64, int96, float, double, byteArray, fixedLengthByteArray
  }

  /// How often a node may stand under its parent.
  enum Repetition: Int {
    case required, optional, repeated
  }

  init(_ reader: inout ThriftReader) throws(Fault) {
    var name: String?
    try reader.structure { (reader, number, kind) throws(Fault) in
      switch number {
      case 1: physicalType = try Self.known(reader.int32(kind), "type")
      case 3: repetition = try Self.known(reader.int32(kind), "repetition")
      case 4: name = try reader.text(kind)
      case 5: childCount = try reader.int32(kind)
      case 6: convertedType = try reader.int32(kind)
      case 10:
        try reader.structure(kind) { (reader, number, kind) throws(Fault) in
          logicalType = number
          try reader.skip(kind)
        }
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

  private static func known<Value: RawRepresentable<Int>>(
    _ code: Int, _ what: String
  ) throws(Fault) -> Value {
    guard let value = Value(rawValue: code) else {
      throw .corrupt("a schema element's \(what) is \(code)")
    }
    return value
  }
}
