/// A column of a Parquet file: a leaf of its schema.
public struct ParquetColumn: Sendable, Equatable {
  /// What a column's values are.
  public enum Content: Sendable, Equatable {
    /// Strings, enumerations or JSON, and said so.
    case text
    /// Bytes of which the file does not say what they are. Many writers mean text.
    case bytes
    /// Something else, in words.
    case other(String)
  }

  /// The names from the root to the leaf, with dots between: `text`, `meta.source`,
  /// `paragraphs.list.element`.
  public let path: String
  public let content: Content
  /// Whether a row holds any number of values.
  public let isRepeated: Bool
  /// Whether values may be missing.
  public let isOptional: Bool

  /// Where it stands among the leaves.
  let index: Int
  let levels: ColumnLevels
  let physicalType: SchemaElement.PhysicalType
  /// The path's parts, as row groups repeat them.
  let names: [String]
  /// The bytes of each value; nil where values have their own lengths. A file may say anything of
  /// values of a fixed length: see ``SchemaElement/fixedLength``.
  let valueWidth: Int?
}

/// What the levels of a column's entries mean (Melnik et al., "Dremel", VLDB 2010).
struct ColumnLevels: Sendable, Equatable {
  /// How many nodes of the path are optional or repeated: the level at which there is a value.
  var maximumDefinition: UInt8 = 0
  /// How many nodes of the path are repeated.
  var maximumRepetition: UInt8 = 0
  /// The level from which on the innermost list has an element, be it a null.
  var elementDefinition: UInt8 = 0

  /// The levels of a node that stands as often under this one.
  func under(_ repetition: SchemaElement.Repetition) -> ColumnLevels {
    var levels = self
    if repetition != .required { levels.maximumDefinition += 1 }
    if repetition == .repeated {
      levels.maximumRepetition += 1
      levels.elementDefinition = levels.maximumDefinition
    }
    return levels
  }
}

extension SchemaElement {
  /// The bytes that a leaf's values have each, one byte for a truth value.
  func valueWidth(_ type: PhysicalType) -> Int? {
    switch type {
    case .boolean: 1
    case .int32, .float: 4
    case .int64, .double: 8
    case .int96: 12
    case .byteArray: nil
    case .fixedLengthByteArray: fixedLength ?? 0
    }
  }

  /// What a leaf of this kind holds.
  ///
  /// A logical type outweighs the older converted type beside it. Numbers are those of
  /// `LogicalType` and `ConvertedType` in parquet.thrift.
  func content(_ type: PhysicalType) -> ParquetColumn.Content {
    guard type == .byteArray else {
      return .other(type == .fixedLengthByteArray ? "bytes of a fixed length" : "\(type)")
    }
    switch (logicalType, convertedType) {
    case (1, _), (4, _), (12, _): return .text
    case (nil, 0), (nil, 4), (nil, 19): return .text
    case (nil, nil): return .bytes
    case (5, _), (nil, 5): return .other("a decimal number")
    case (13, _), (nil, 20): return .other("BSON")
    case (let logical?, _): return .other("bytes of the logical type \(logical)")
    case (nil, let converted?): return .other("bytes of the converted type \(converted)")
    }
  }
}
