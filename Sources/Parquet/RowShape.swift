/// How a part of a row is put together from columns.
///
/// Lists and maps have a group of the schema more than they have levels of values; it is taken out
/// here. Where a group is annotated as a list or a map and is not built like one, its annotation is
/// passed over.
///
/// Source: "Lists" and "Maps" with their rules of backward compatibility in parquet-format's
/// LogicalTypes.md.
final class RowShape {
  enum Kind {
    case leaf(LeafReader)
    /// There is a value from a definition level on.
    case optional(definition: UInt8, RowShape)
    /// There is an element from a definition level on; a repetition level begins each but the first.
    case list(definition: UInt8, repetition: UInt8, element: RowShape)
    case structure([(name: String, shape: RowShape)])
  }

  let kind: Kind
  /// The columns under it, at least one.
  let leaves: [LeafReader]
  /// How many values it is at least: one for each shape that is no list's element.
  let weight: Int

  private init(_ kind: Kind) {
    self.kind = kind
    switch kind {
    case .leaf(let leaf): (leaves, weight) = ([leaf], 1)
    case .optional(_, let shape): (leaves, weight) = (shape.leaves, shape.weight)
    case .list(_, _, let element): (leaves, weight) = (element.leaves, 1)
    case .structure(let fields):
      leaves = fields.flatMap(\.shape.leaves)
      weight = fields.reduce(1) { $0 + $1.shape.weight }
    }
  }

  /// The shape of a field of the schema.
  ///
  /// - Parameter leaf: Makes the reader of a column.
  static func shape(
    of node: SchemaTree.Node, leaf: (SchemaTree.Node) throws(ParquetError) -> LeafReader
  ) throws(ParquetError) -> RowShape {
    let content = try content(of: node, leaf: leaf)
    return switch node.element.repetition {
    case .required: content
    case .optional: RowShape(.optional(definition: node.levels.maximumDefinition, content))
    // Without an annotation a repeated field is a list of values that are there.
    case .repeated: list(of: node, element: content)
    }
  }

  private static func list(of node: SchemaTree.Node, element: RowShape) -> RowShape {
    RowShape(
      .list(
        definition: node.levels.maximumDefinition, repetition: node.levels.maximumRepetition,
        element: element))
  }

  /// The shape of what is in a node each time that it is there.
  private static func content(
    of node: SchemaTree.Node, leaf: (SchemaTree.Node) throws(ParquetError) -> LeafReader
  ) throws(ParquetError) -> RowShape {
    if node.column != nil { return RowShape(.leaf(try leaf(node))) }
    guard node.children.count == 1, let repeated = node.children.first,
      repeated.element.repetition == .repeated
    else { return try structure(of: node, leaf: leaf) }
    if node.element.isList {
      if isElement(repeated, of: node) {
        return list(of: repeated, element: try content(of: repeated, leaf: leaf))
      }
      return list(of: repeated, element: try shape(of: repeated.children[0], leaf: leaf))
    }
    if node.element.isMap {
      // A map without values is a set of its keys.
      let isSet = repeated.children.count == 1
      return list(
        of: repeated,
        element: isSet
          ? try shape(of: repeated.children[0], leaf: leaf)
          : try structure(of: repeated, leaf: leaf))
    }
    return try structure(of: node, leaf: leaf)
  }

  private static func structure(
    of node: SchemaTree.Node, leaf: (SchemaTree.Node) throws(ParquetError) -> LeafReader
  ) throws(ParquetError) -> RowShape {
    var fields: [(name: String, shape: RowShape)] = []
    for child in node.children {
      fields.append((child.element.name, try shape(of: child, leaf: leaf)))
    }
    return RowShape(.structure(fields))
  }

  /// Whether a list's repeated node is the element itself, as older writers had it, rather than a
  /// group around it.
  private static func isElement(_ repeated: SchemaTree.Node, of list: SchemaTree.Node) -> Bool {
    guard repeated.children.count == 1, let child = repeated.children.first else { return true }
    return child.element.repetition == .repeated || repeated.element.name == "array"
      || repeated.element.name == "\(list.element.name)_tuple"
  }
}

extension SchemaElement {
  /// Numbers are those of `LogicalType` and `ConvertedType` in parquet.thrift.
  fileprivate var isList: Bool { logicalType == 3 || logicalType == nil && convertedType == 3 }
  /// 2 is `MAP_KEY_VALUE`, which older writers set in place of `MAP`.
  fileprivate var isMap: Bool {
    logicalType == 2 || logicalType == nil && (convertedType == 1 || convertedType == 2)
  }
}
