import Files
import Parquet

/// A value of Thrift's compact protocol.
struct Thrift {
  var kind: UInt8
  var encoded: [UInt8]

  static func boolean(_ value: Bool) -> Thrift { Thrift(kind: value ? 1 : 2, encoded: []) }
  static func int32(_ value: Int) -> Thrift { Thrift(kind: 5, encoded: varint(zigzag(value))) }
  static func int64(_ value: Int) -> Thrift { Thrift(kind: 6, encoded: varint(zigzag(value))) }

  static func text(_ text: String) -> Thrift {
    Thrift(kind: 8, encoded: varint(UInt64(text.utf8.count)) + Array(text.utf8))
  }

  static func list(_ elements: [Thrift]) -> Thrift {
    let head = 0xF0 | (elements.first?.kind ?? 12)
    return Thrift(
      kind: 9, encoded: [head] + varint(UInt64(elements.count)) + elements.flatMap(\.encoded))
  }

  /// Fields with the long form of their heads, which any reader has to know.
  static func structure(_ fields: [(Int, Thrift)]) -> Thrift {
    Thrift(
      kind: 12,
      encoded: fields.flatMap { [$1.kind] + varint(zigzag($0)) + $1.encoded } + [0])
  }
}

func varint(_ value: UInt64) -> [UInt8] {
  value < 0x80 ? [UInt8(value)] : [UInt8(value & 0x7F) | 0x80] + varint(value >> 7)
}

func zigzag(_ value: Int) -> UInt64 { UInt64(bitPattern: Int64(value << 1 ^ value >> 63)) }

func fixed32(_ value: Int) -> [UInt8] {
  (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
}

/// Texts as `PLAIN` has them.
func plain(_ texts: [String]) -> [UInt8] {
  texts.flatMap { fixed32($0.utf8.count) + Array($0.utf8) }
}

/// A run of one number.
func run(of value: UInt8, count: Int) -> [UInt8] { varint(UInt64(count) << 1) + [value] }

/// A page with its header.
struct TestPage {
  var header: [(Int, Thrift)]
  var body: [UInt8]

  var bytes: [UInt8] { Thrift.structure(header).encoded + body }

  private init(
    _ type: Int, _ size: Int?, _ body: [UInt8], checksum: Int?, _ part: (Int, [(Int, Thrift)])
  ) {
    header = [(1, .int32(type)), (2, .int32(size ?? body.count)), (3, .int32(body.count))]
    if let checksum { header.append((4, .int32(checksum))) }
    header.append((part.0, .structure(part.1)))
    self.body = body
  }

  static func data(
    _ count: Int, _ body: [UInt8], encoding: Int = 0, levels: Int = 3, size: Int? = nil,
    checksum: Int? = nil
  ) -> TestPage {
    TestPage(
      0, size, body, checksum: checksum,
      (
        5,
        [
          (1, .int32(count)), (2, .int32(encoding)), (3, .int32(levels)), (4, .int32(levels)),
        ]
      ))
  }

  static func dataWithBareLevels(
    _ count: Int, nulls: Int = 0, rows: Int? = nil, repetition: [UInt8] = [],
    definition: [UInt8] = [], _ values: [UInt8], encoding: Int = 0, isCompressed: Bool? = nil
  ) -> TestPage {
    var part: [(Int, Thrift)] = [
      (1, .int32(count)), (2, .int32(nulls)), (3, .int32(rows ?? count)), (4, .int32(encoding)),
      (5, .int32(definition.count)), (6, .int32(repetition.count)),
    ]
    if let isCompressed { part.append((7, .boolean(isCompressed))) }
    return TestPage(3, nil, repetition + definition + values, checksum: nil, (8, part))
  }

  static func dictionary(_ count: Int, _ body: [UInt8], encoding: Int = 0) -> TestPage {
    TestPage(2, nil, body, checksum: nil, (7, [(1, .int32(count)), (2, .int32(encoding))]))
  }
}

/// A file of one row group and one column, of which each part can be made to lie.
struct TestFile {
  /// The schema under the root: name, repetition (0 required, 1 optional, 2 repeated), children.
  struct Node {
    var name: String
    var repetition: Int
    var children: [Node] = []
    /// The converted type; a leaf without one is text.
    var annotation: Int?

    /// The elements of the schema, in order.
    var elements: [Thrift] {
      var fields: [(Int, Thrift)] = [(3, .int32(repetition)), (4, .text(name))]
      if children.isEmpty {
        fields += [(1, .int32(6)), (6, .int32(annotation ?? 0))]
      } else {
        fields.append((5, .int32(children.count)))
        if let annotation { fields.append((6, .int32(annotation))) }
      }
      return [.structure(fields)] + children.flatMap(\.elements)
    }

    var path: [String] { [name] + (children.first?.path ?? []) }
    /// The paths of all leaves under it.
    var paths: [[String]] {
      children.isEmpty ? [[name]] : children.flatMap(\.paths).map { [name] + $0 }
    }
  }

  var node = Node(name: "text", repetition: 0)
  var pages: [TestPage]
  var codec = 0
  var rowCount: Int
  var valueCount: Int?
  var chunkByteCount: Int?
  var dictionaryByteCount = 0

  init(_ node: Node, rows: Int, values: Int? = nil, codec: Int = 0, _ pages: TestPage...) {
    self.node = node
    self.pages = pages
    self.codec = codec
    rowCount = rows
    valueCount = values
  }

  static func flat(
    _ repetition: Int = 0, rows: Int, codec: Int = 0, _ pages: TestPage...
  ) -> TestFile {
    var file = TestFile(Node(name: "text", repetition: repetition), rows: rows, codec: codec)
    file.pages = pages
    return file
  }

  var bytes: [UInt8] {
    let data = pages.flatMap(\.bytes)
    let metadata: [(Int, Thrift)] = [
      (1, .int32(6)), (2, .list([.int32(0)])), (3, .list(node.path.map(Thrift.text))),
      (4, .int32(codec)), (5, .int64(valueCount ?? rowCount)), (6, .int64(data.count)),
      (7, .int64(chunkByteCount ?? data.count)), (9, .int64(4)),
    ]
    let group = Thrift.structure([
      (1, .list([.structure([(2, .int64(0)), (3, .structure(metadata))])])),
      (2, .int64(data.count)), (3, .int64(rowCount)),
    ])
    let root = Thrift.structure([(4, .text("schema")), (5, .int32(1))])
    return Self.whole(
      data,
      footer: [
        (1, .int32(1)), (2, .list([root] + node.elements)), (3, .int64(rowCount)),
        (4, .list([group])),
      ])
  }

  /// A file of one row group and any number of columns: the pages and the number of values of each.
  static func table(
    _ nodes: [Node], rows: Int, _ columns: [(values: Int, pages: [TestPage])]
  ) -> [UInt8] {
    var data: [UInt8] = []
    var chunks: [Thrift] = []
    for (path, column) in zip(nodes.flatMap(\.paths), columns) {
      let start = 4 + data.count
      data += column.pages.flatMap(\.bytes)
      let metadata: [(Int, Thrift)] = [
        (1, .int32(6)), (2, .list([.int32(0)])), (3, .list(path.map(Thrift.text))),
        (4, .int32(0)), (5, .int64(column.values)), (6, .int64(4 + data.count - start)),
        (7, .int64(4 + data.count - start)), (9, .int64(start)),
      ]
      chunks.append(.structure([(2, .int64(0)), (3, .structure(metadata))]))
    }
    let group = Thrift.structure([
      (1, .list(chunks)), (2, .int64(data.count)), (3, .int64(rows)),
    ])
    let root = Thrift.structure([(4, .text("schema")), (5, .int32(nodes.count))])
    return whole(
      data,
      footer: [
        (1, .int32(1)), (2, .list([root] + nodes.flatMap(\.elements))), (3, .int64(rows)),
        (4, .list([group])),
      ])
  }

  /// A file of these data and this footer.
  static func whole(_ data: [UInt8], footer: [(Int, Thrift)]) -> [UInt8] {
    let footer = Thrift.structure(footer).encoded
    return Array("PAR1".utf8) + data + footer + fixed32(footer.count) + Array("PAR1".utf8)
  }

  var path: String { node.path.joined(separator: ".") }

  /// What the column holds.
  func rows() throws -> [[String?]] {
    let file = try ParquetFile(MemoryBytes(bytes, name: "test.parquet"))
    return try allRows(of: file, path)
  }
}
