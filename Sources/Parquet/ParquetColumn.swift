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
}

/// What the levels of a column's entries mean (Melnik et al., "Dremel", VLDB 2010).
struct ColumnLevels: Sendable, Equatable {
  /// How many nodes of the path are optional or repeated: the level at which there is a value.
  var maximumDefinition: UInt8 = 0
  /// How many nodes of the path are repeated.
  var maximumRepetition: UInt8 = 0
  /// The level from which on the innermost list has an element, be it a null.
  var elementDefinition: UInt8 = 0
}

extension ParquetColumn {
  /// Levels have to fit a byte, and no table that a person made nests as deep.
  static let maximumDepth = 100

  /// The leaves of a schema, in order.
  static func leaves(of elements: [SchemaElement]) throws(Fault) -> [ParquetColumn] {
    guard let root = elements.first, root.physicalType == nil else {
      throw .corrupt("the schema has no root")
    }
    var next = 1
    var leaves: [ParquetColumn] = []
    try appendLeaves(
      under: root, path: [], levels: ColumnLevels(), of: elements, next: &next, to: &leaves)
    guard next == elements.count else {
      throw .corrupt("the schema has \(elements.count) elements, \(next) of them in its tree")
    }
    return leaves
  }

  private static func appendLeaves(
    under parent: SchemaElement, path: [String], levels: ColumnLevels,
    of elements: [SchemaElement], next: inout Int, to leaves: inout [ParquetColumn]
  ) throws(Fault) {
    guard path.count < maximumDepth else {
      throw .unsupported("the schema nests deeper than \(maximumDepth)")
    }
    for _ in 0..<parent.childCount {
      guard next < elements.count else {
        throw .corrupt("\"\(parent.name)\" has \(parent.childCount) children, the schema fewer")
      }
      let element = elements[next]
      next += 1
      var levels = levels
      if element.repetition != .required { levels.maximumDefinition += 1 }
      if element.repetition == .repeated {
        levels.maximumRepetition += 1
        levels.elementDefinition = levels.maximumDefinition
      }
      let path = path + [element.name]
      if let type = element.physicalType {
        leaves.append(
          ParquetColumn(
            path: path.joined(separator: "."), content: element.content(type),
            isRepeated: levels.maximumRepetition > 0, isOptional: levels.maximumDefinition > 0,
            index: leaves.count, levels: levels, physicalType: type, names: path))
      } else {
        try appendLeaves(
          under: element, path: path, levels: levels, of: elements, next: &next, to: &leaves)
      }
    }
  }
}

extension SchemaElement {
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
