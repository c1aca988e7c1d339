import Files
import Parquet
import Testing

/// Schemas of lists and maps, old and new, and columns that contradict each other.
@Suite struct RowShapeTests {
  private typealias Node = TestFile.Node

  private static func levels(_ levels: [UInt8]) -> [UInt8] {
    let runs = levels.flatMap { run(of: $0, count: 1) }
    return fixed32(runs.count) + runs
  }

  /// A column's one page. Levels are left out where they are nil.
  private static func column(
    repetition: [UInt8]? = nil, definition: [UInt8]? = nil, _ texts: [String]
  ) -> (values: Int, pages: [TestPage]) {
    let count = repetition?.count ?? definition?.count ?? texts.count
    let body = (repetition.map(levels) ?? []) + (definition.map(levels) ?? []) + plain(texts)
    return (count, [.data(count, body)])
  }

  private static func read(
    _ nodes: [Node], rows count: Int, _ columns: [(values: Int, pages: [TestPage])]
  ) throws -> [String] {
    let bytes = TestFile.table(nodes, rows: count, columns)
    return try rows(of: ParquetFile(MemoryBytes(bytes, name: "table")))
      .map { String(decoding: digest($0), as: UTF8.self) }
  }

  private static func message(
    _ nodes: [Node], rows count: Int, _ columns: [(values: Int, pages: [TestPage])]
  ) -> String {
    do { return "\(try read(nodes, rows: count, columns))" } catch { return "\(error)" }
  }

  private static let listAnnotation = 3

  /// `a`, `b` in one row and none in the next, in a repeated node, whatever is around it.
  @Test func aRepeatedNodeIsAList() throws {
    let expected = ["{t=[s1:a;s1:b]}", "{t=[]}"]
    func texts(_ node: Node, definition: UInt8) throws -> [String] {
      try Self.read(
        [node], rows: 2,
        [
          Self.column(
            repetition: [0, 1, 0], definition: [definition, definition, definition - 1], ["a", "b"])
        ])
    }
    // Not annotated.
    #expect(try texts(Node(name: "t", repetition: 2), definition: 1) == expected)
    // Rule 1: a repeated leaf is the element.
    let two = Node(
      name: "t", repetition: 1, children: [Node(name: "e", repetition: 2)],
      annotation: Self.listAnnotation)
    #expect(try texts(two, definition: 2) == expected)
    // Three levels, whatever their names.
    func three(_ name: String, _ element: Int = 0) -> Node {
      Node(
        name: "t", repetition: 0,
        children: [
          Node(name: name, repetition: 2, children: [Node(name: "x", repetition: element)])
        ], annotation: Self.listAnnotation)
    }
    #expect(try texts(three("list"), definition: 1) == expected)
    #expect(try texts(three("bag"), definition: 1) == expected)
    // An element that may be null, and one that is.
    #expect(try texts(three("list", 1), definition: 2) == ["{t=[s1:a;s1:b]}", "{t=[null]}"])
    // Names that say that the group is the element itself.
    let structures = ["{t=[{x=s1:a};{x=s1:b}]}", "{t=[]}"]
    #expect(try texts(three("array"), definition: 1) == structures)
    #expect(try texts(three("t_tuple"), definition: 1) == structures)
    #expect(try texts(three("other_tuple"), definition: 1) == expected)
    // Without an annotation groups are structures.
    let plain = Node(
      name: "t", repetition: 0, children: [Node(name: "list", repetition: 2)])
    #expect(try texts(plain, definition: 1) == ["{t={list=[s1:a;s1:b]}}", "{t={list=[]}}"])
  }

  @Test func aRepeatedGroupOfSeveralFieldsIsTheElement() throws {
    let node = Node(
      name: "t", repetition: 0,
      children: [
        Node(
          name: "list", repetition: 2,
          children: [Node(name: "x", repetition: 0), Node(name: "y", repetition: 1)])
      ], annotation: Self.listAnnotation)
    #expect(
      try Self.read(
        [node], rows: 1,
        [
          Self.column(repetition: [0, 1], definition: [1, 1], ["a", "b"]),
          Self.column(repetition: [0, 1], definition: [2, 1], ["c"]),
        ]) == ["{t=[{x=s1:a;y=s1:c};{x=s1:b;y=null}]}"])
  }

  /// `[["a", "b"], []]` and `[]`.
  @Test func listsOfTwoLevelsNest() throws {
    let node = Node(
      name: "t", repetition: 0,
      children: [
        Node(
          name: "array", repetition: 2, children: [Node(name: "array", repetition: 2)],
          annotation: Self.listAnnotation)
      ], annotation: Self.listAnnotation)
    #expect(
      try Self.read(
        [node], rows: 2,
        [Self.column(repetition: [0, 2, 1, 0], definition: [2, 2, 1, 0], ["a", "b"])])
        == ["{t=[[s1:a;s1:b];[]]}", "{t=[]}"])
  }

  @Test(arguments: [1, 2]) func mapsAreListsOfKeysAndValues(_ annotation: Int) throws {
    let value = Node(name: "value", repetition: 1)
    let entry = Node(
      name: "map", repetition: 2, children: [Node(name: "key", repetition: 0), value],
      // What some writers put here stands for nothing more.
      annotation: 2)
    let map = Node(name: "t", repetition: 1, children: [entry], annotation: annotation)
    #expect(
      try Self.read(
        [map], rows: 3,
        [
          Self.column(repetition: [0, 1, 0, 0], definition: [2, 2, 1, 0], ["a", "b"]),
          Self.column(repetition: [0, 1, 0, 0], definition: [3, 2, 1, 0], ["c"]),
        ])
        == ["{t=[{key=s1:a;value=s1:c};{key=s1:b;value=null}]}", "{t=[]}", "{t=null}"])
    var set = map
    set.children[0].children.removeLast()
    #expect(
      try Self.read(
        [set], rows: 1, [Self.column(repetition: [0, 1], definition: [2, 2], ["a", "b"])])
        == ["{t=[s1:a;s1:b]}"])
  }

  // MARK: Contradictions

  private static let pair = Node(
    name: "t", repetition: 1,
    children: [Node(name: "x", repetition: 0), Node(name: "y", repetition: 1)])

  @Test func columnsOfAStructureAgreeWhetherItIsThere() {
    func message(_ x: [UInt8], _ y: [UInt8], _ xs: [String], _ ys: [String]) -> String {
      Self.message(
        [Self.pair], rows: 2, [Self.column(definition: x, xs), Self.column(definition: y, ys)])
    }
    #expect(message([1, 0], [2, 0], ["a"], ["b"]) == "\(["{t={x=s1:a;y=s1:b}}", "{t=null}"])")
    // There for `x`, not for `y`, and the other way round.
    #expect(
      message([1, 1], [2, 0], ["a", "c"], ["b"]).contains("the level 0 where 1 is expected"))
    #expect(message([1, 0], [2, 1], ["a"], ["b"]).contains("the level 1 where 0 is expected"))
    #expect(message([0, 0], [0, 2], [], ["b"]).contains("the level 2 where 0 is expected"))
  }

  @Test func columnsOfAListAgreeOnItsLength() {
    let node = Node(
      name: "t", repetition: 2,
      children: [Node(name: "x", repetition: 0), Node(name: "y", repetition: 0)])
    func message(_ x: [UInt8], _ y: [UInt8], definition: UInt8 = 1) -> String {
      Self.message(
        [node], rows: 2,
        [x, y].map { repetition in
          Self.column(
            repetition: repetition, definition: repetition.map { _ in definition },
            repetition.map { _ in "a" })
        })
    }
    #expect(message([0, 1, 0], [0, 1, 0]).contains("{t=[{x=s1:a;y=s1:a};{x=s1:a;y=s1:a}]}"))
    #expect(message([0, 1, 0], [0, 0]).contains("another number of elements than others"))
    #expect(message([0, 1, 0], [0, 0, 1]).contains("another number of elements than others"))
    #expect(message([0, 1], [0, 1]).contains("has 1 rows, its row group has 2"))
    #expect(message([0, 1, 0, 0], [0, 1, 0, 0]).contains("there are more rows than"))
  }

  @Test func anElementOfAMissingListIsAnError() {
    let node = Node(
      name: "t", repetition: 2, children: [Node(name: "x", repetition: 2)])
    // The inner list is empty, and has a second element.
    #expect(
      Self.message(
        [node], rows: 1, [Self.column(repetition: [0, 2], definition: [1, 2], ["a"])]
      ).contains("an element of a list that is not there"))
    // The outer one is.
    #expect(
      Self.message(
        [Node(name: "t", repetition: 2)], rows: 1,
        [Self.column(repetition: [0, 1], definition: [0, 1], ["a"])]
      ).contains("more of the row before"))
  }

  @Test func groupsWithoutColumnsAreRefusedUnlessPassedOver() throws {
    let root = Thrift.structure([(4, .text("schema")), (5, .int32(2))])
    let empty = Thrift.structure([(3, .int32(1)), (4, .text("nothing")), (5, .int32(0))])
    let page = TestPage.data(1, plain(["a"]))
    let chunk = Thrift.structure([
      (2, .int64(0)),
      (
        3,
        .structure([
          (1, .int32(6)), (2, .list([.int32(0)])), (3, .list([.text("text")])), (4, .int32(0)),
          (5, .int64(1)), (6, .int64(page.bytes.count)), (7, .int64(page.bytes.count)),
          (9, .int64(4)),
        ])
      ),
    ])
    let group = Thrift.structure([
      (1, .list([chunk])), (2, .int64(page.bytes.count)), (3, .int64(1)),
    ])
    let bytes = TestFile.whole(
      page.bytes,
      footer: [
        (1, .int32(1)), (2, .list([root, empty] + Node(name: "text", repetition: 0).elements)),
        (3, .int64(1)), (4, .list([group])),
      ])
    let file = try ParquetFile(MemoryBytes(bytes, name: "empty"))
    #expect(throws: ParquetError.self) { try file.rows() }
    #expect(
      try rows(of: file, fields: ["text"]) == [[.init(name: "text", value: .text("a"))]])
  }
}
