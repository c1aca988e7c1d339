/// A file's schema: the tree of its nodes, and the leaves of it that are columns.
struct SchemaTree: Sendable {
  /// A node with what stands under it.
  struct Node: Sendable {
    let element: SchemaElement
    /// The levels of what is there once in this node.
    let levels: ColumnLevels
    fileprivate(set) var children: [Node] = []
    /// Which column the node is, if it is a leaf.
    fileprivate(set) var column: Int?
  }

  /// Levels have to fit a byte, and no table that a person made nests as deep.
  static let maximumDepth = 100

  /// The top-level fields, in order.
  let fields: [Node]
  /// The leaves, in order.
  let columns: [ParquetColumn]

  /// Makes the tree of a footer's list, which has parents before their children.
  init(_ elements: [SchemaElement]) throws(Fault) {
    guard let root = elements.first, root.physicalType == nil else {
      throw .corrupt("the schema has no root")
    }
    var builder = Builder(elements: elements)
    fields = try builder.children(of: root, path: [], levels: ColumnLevels())
    guard builder.next == elements.count else {
      throw .corrupt(
        "the schema has \(elements.count) elements, \(builder.next) of them in its tree")
    }
    columns = builder.columns
  }

  private struct Builder {
    let elements: [SchemaElement]
    var next = 1
    var columns: [ParquetColumn] = []

    mutating func children(
      of parent: SchemaElement, path: [String], levels: ColumnLevels
    ) throws(Fault) -> [Node] {
      guard path.count < maximumDepth else {
        throw .unsupported("the schema nests deeper than \(maximumDepth)")
      }
      var children: [Node] = []
      for _ in 0..<parent.childCount {
        guard next < elements.count else {
          throw .corrupt("\"\(parent.name)\" has \(parent.childCount) children, the schema fewer")
        }
        let element = elements[next]
        next += 1
        var node = Node(element: element, levels: levels.under(element.repetition))
        let path = path + [element.name]
        if let type = element.physicalType {
          node.column = columns.count
          columns.append(column(element, type, path: path, levels: node.levels))
        } else {
          node.children = try self.children(of: element, path: path, levels: node.levels)
        }
        children.append(node)
      }
      return children
    }

    private func column(
      _ element: SchemaElement, _ type: SchemaElement.PhysicalType, path: [String],
      levels: ColumnLevels
    ) -> ParquetColumn {
      ParquetColumn(
        path: path.joined(separator: "."), content: element.content(type),
        isRepeated: levels.maximumRepetition > 0, isOptional: levels.maximumDefinition > 0,
        index: columns.count, levels: levels, physicalType: type, names: path,
        valueWidth: element.valueWidth(type))
    }
  }
}
