/// Reads whole rows, or some of their fields, from any row of the file on.
///
/// Rows are put together as they are asked for, of entries that are decoded some at a time: no row
/// group is touched before a row of it is wanted. Memory: for each column a page compressed and a
/// page decompressed, a dictionary, and the row, for lists of which ``ParquetLimits`` has a bound. A
/// fault ends the reading, except for text that is not UTF-8, behind whose row it can go on.
///
/// Source: Melnik et al., "Dremel" (VLDB 2010), and parquet-format's LogicalTypes.md for lists and
/// maps.
public final class ParquetRowReader {
  private let file: ParquetFile
  private let fields: [(name: String, shape: RowShape)]
  private let leaves: [LeafReader]

  /// The row group that is read, and its next row.
  private var rowGroup = 0
  private var rowInGroup = 0
  /// The row of the file that ``next()`` gives next, from 0.
  public private(set) var row: Int

  private var failure: ParquetError?
  private var invalidText: ParquetError?
  /// Of the row that is being put together.
  private var valueCount = 0
  private var byteCount = 0

  init(
    file: ParquetFile, fields names: [String]?, from row: Int, stretch: Int
  ) throws(ParquetError) {
    self.file = file
    self.row = row
    let nodes = try Self.nodes(names, of: file)
    var fields: [(name: String, shape: RowShape)] = []
    for node in nodes {
      let shape = try RowShape.shape(of: node) { (node) throws(ParquetError) in
        let column = file.columns[node.column ?? 0]
        do throws(Fault) {
          return try LeafReader(column, node.element, of: file, stretch: stretch)
        } catch {
          throw error.at(ParquetPlace(file: file.name, column: column.path))
        }
      }
      fields.append((node.element.name, shape))
    }
    self.fields = fields
    leaves = fields.flatMap(\.shape.leaves)
    guard (0...file.rowCount).contains(row) else {
      throw .missingRow(ParquetPlace(file: file.name), row: row, count: file.rowCount)
    }
    rowInGroup = row
    while rowGroup < file.rowGroups.count, rowInGroup >= file.rowGroups[rowGroup].rowCount {
      rowInGroup -= file.rowGroups[rowGroup].rowCount
      rowGroup += 1
    }
    if rowGroup < file.rowGroups.count { try seek() }
  }

  private static let goingOn = "more of the row before"

  private static func nodes(
    _ names: [String]?, of file: ParquetFile
  ) throws(ParquetError) -> [SchemaTree.Node] {
    let all = file.schema.fields
    for name in names ?? [] where !all.contains(where: { $0.element.name == name }) {
      throw .missingField(file: file.name, name: name, fields: all.map(\.element.name))
    }
    let nodes = all.filter { names?.contains($0.element.name) ?? true }
    // Whether a group without columns is there cannot be told.
    func isGroupWithoutColumns(_ node: SchemaTree.Node) -> Bool {
      node.column == nil
        && (node.children.isEmpty || node.children.contains(where: isGroupWithoutColumns))
    }
    if let node = nodes.first(where: isGroupWithoutColumns) {
      throw .unsupported(
        ParquetPlace(file: file.name, column: node.element.name), what: "a group without columns")
    }
    return nodes
  }

  /// Sends each column to the next row.
  private func seek() throws(ParquetError) {
    for leaf in leaves { try leaf.seek(toRowGroup: rowGroup, row: rowInGroup) }
  }

  /// The next row, its fields in the order of the schema, or nil behind the last one.
  ///
  /// - Throws: ``ParquetError``; after `invalidUTF8` the next call gives the row after that one.
  public func next() throws(ParquetError) -> [ParquetValue.Field]? {
    if let failure { throw failure }
    do throws(ParquetError) {
      guard let fields = try nextRow() else { return nil }
      row += 1
      rowInGroup += 1
      if let invalidText { throw invalidText }
      return fields
    } catch {
      if !error.concernsOneRow { failure = error }
      throw error
    }
  }

  private func nextRow() throws(ParquetError) -> [ParquetValue.Field]? {
    while rowGroup < file.rowGroups.count, rowInGroup == file.rowGroups[rowGroup].rowCount {
      // What a row group has behind its last row, or lacks there, is found out.
      for leaf in leaves where try leaf.fill() {
        throw disagreement(leaf, try leaf.repetition() == 0 ? "more rows" : Self.goingOn)
      }
      rowGroup += 1
      rowInGroup = 0
      if rowGroup < file.rowGroups.count { try seek() }
    }
    guard rowGroup < file.rowGroups.count else { return nil }
    valueCount = 0
    byteCount = 0
    invalidText = nil
    for leaf in leaves {
      guard try leaf.fill() else { throw disagreement(leaf, "no more rows") }
      guard try leaf.repetition() == 0 else { throw disagreement(leaf, Self.goingOn) }
    }
    var values: [ParquetValue.Field] = []
    values.reserveCapacity(fields.count)
    for (name, shape) in fields {
      values.append(ParquetValue.Field(name: name, value: try value(of: shape)))
    }
    return values
  }
}

// MARK: - Assembly

extension ParquetRowReader {
  /// Puts together what a shape is at the columns' next entries.
  ///
  /// Of several columns the first one decides; the others are held to it.
  private func value(of shape: RowShape) throws(ParquetError) -> ParquetValue {
    switch shape.kind {
    case .leaf(let leaf):
      guard leaf.definition == leaf.column.levels.maximumDefinition else {
        throw disagreement(leaf, "no value where others have one")
      }
      return taken(from: leaf)
    case .optional(let definition, let content):
      if shape.leaves[0].definition < definition {
        try passOver(shape, below: definition)
        return .null
      }
      return try value(of: content)
    case .list(let definition, let repetition, let element):
      if shape.leaves[0].definition < definition {
        try passOver(shape, below: definition)
        return .list([])
      }
      var elements: [ParquetValue] = []
      repeat {
        elements.append(try value(of: element))
        valueCount += element.weight
        try check(valueCount, file.limits.listValueCount, "the number of values of a row", shape)
        try check(byteCount, file.limits.listByteCount, "the text of a row", shape)
      } while try goesOn(shape, repetition)
      return .list(elements)
    case .structure(let fields):
      var values: [ParquetValue.Field] = []
      values.reserveCapacity(fields.count)
      for (name, shape) in fields {
        values.append(ParquetValue.Field(name: name, value: try value(of: shape)))
      }
      return .structure(values)
    }
  }

  private func taken(from leaf: LeafReader) -> ParquetValue {
    let (value, count) = leaf.take()
    byteCount += count
    if let offset = leaf.invalidByteOffset, invalidText == nil {
      invalidText = .invalidUTF8(leaf.place, row: rowInGroup, byteOffset: offset)
    }
    return value
  }

  /// Takes the one entry that each column has for what is not there.
  private func passOver(_ shape: RowShape, below definition: UInt8) throws(ParquetError) {
    for leaf in shape.leaves {
      // What is around it is there, so that the level is the one before.
      guard leaf.definition == definition - 1 else {
        throw disagreement(leaf, "the level \(leaf.definition) where \(definition - 1) is expected")
      }
      leaf.passOver()
    }
  }

  /// Whether a list has another element.
  private func goesOn(_ shape: RowShape, _ repetition: UInt8) throws(ParquetError) -> Bool {
    let next = try shape.leaves[0].repetition()
    guard next <= repetition else {
      throw disagreement(shape.leaves[0], "an element of a list that is not there")
    }
    for leaf in shape.leaves.dropFirst() where try leaf.repetition() != next {
      throw disagreement(leaf, "another number of elements than others")
    }
    return next == repetition
  }

  private func disagreement(_ leaf: LeafReader, _ what: String) -> ParquetError {
    .corrupt(leaf.place, detail: "at row \(rowInGroup) the column has \(what)")
  }

  private func check(
    _ found: Int, _ limit: Int, _ what: String, _ shape: RowShape
  ) throws(ParquetError) {
    guard found > limit else { return }
    throw .tooLarge(shape.leaves[0].place, what: what, limit: limit, found: found)
  }
}
