import Files
import Parquet
import Testing

/// Files whose parts contradict each other, each by one number.
@Suite struct LyingFileTests {
  private static let required = TestFile.Node(name: "text", repetition: 0)
  private static let optional = TestFile.Node(name: "text", repetition: 1)
  private static let repeated = TestFile.Node(name: "text", repetition: 2)
  private static let ab = plain(["a", "b"])

  private func message(_ file: TestFile) -> String {
    do {
      return "\(try file.rows())"
    } catch {
      return "\(error)"
    }
  }

  private func levels(_ bytes: [UInt8]) -> [UInt8] { fixed32(bytes.count) + bytes }

  @Test func anHonestFileIsRead() throws {
    #expect(try TestFile(Self.required, rows: 2, .data(2, Self.ab)).rows() == [["a"], ["b"]])
    let nullable = TestFile(
      Self.optional, rows: 3,
      .data(3, levels(run(of: 1, count: 2) + run(of: 0, count: 1)) + Self.ab))
    #expect(try nullable.rows() == [["a"], ["b"], [nil]])
  }

  // MARK: Counts

  @Test func countsOfPagesChunksAndRowGroupsAgree() {
    #expect(
      message(TestFile(Self.required, rows: 3, .data(2, Self.ab)))
        .contains("the chunk ends where 1 values are missing"))
    #expect(
      message(TestFile(Self.required, rows: 1, .data(2, Self.ab)))
        .contains("a page of 2 values where the chunk has 1 more"))
    #expect(
      message(TestFile(Self.required, rows: 3, values: 2, .data(2, Self.ab)))
        .contains("a row group has 3 rows, its column \"text\" has 2 values"))
    #expect(
      message(TestFile(Self.required, rows: 3, .data(3, Self.ab))).contains("the data stop short"))
    #expect(
      message(TestFile(Self.required, rows: 2, .data(-2, Self.ab))).contains("header is -2"))
    #expect(
      message(
        TestFile(
          Self.repeated, rows: 3, values: 2, .data(2, levels([4, 0]) + levels([4, 1]) + Self.ab))
      ).contains("the chunk has 2 rows, its row group has 3"))
    #expect(
      message(
        TestFile(
          Self.repeated, rows: 1, values: 2, .data(2, levels([4, 0]) + levels([4, 1]) + Self.ab))
      ).contains("there are more rows than"))
  }

  @Test func theFirstValueBeginsARow() {
    let page = TestPage.data(
      2, levels(run(of: 1, count: 2)) + levels(run(of: 1, count: 2)) + Self.ab)
    #expect(
      message(TestFile(Self.repeated, rows: 1, values: 2, page))
        .contains("goes on with a row that has not begun"))
  }

  @Test func levelsAreAsManyAsValuesAndWithinTheirRange() {
    func nullable(_ bytes: [UInt8]) -> String {
      message(TestFile(Self.optional, rows: 2, .data(2, levels(bytes) + Self.ab)))
    }
    #expect(nullable(run(of: 1, count: 1)).contains("the data stop short"))
    #expect(nullable(run(of: 2, count: 2)).contains("the level or index 2, expected one below 2"))
    #expect(nullable([]).contains("the data stop short"))
    // Runs of nothing, one after the other, come to an end.
    #expect(nullable(Array(repeating: 0, count: 1_000)).contains("the data stop short"))
    // A length that reaches past the page.
    let page = TestPage.data(2, fixed32(1 << 30) + Self.ab)
    #expect(message(TestFile(Self.optional, rows: 2, page)).contains("the data stop short"))
  }

  @Test func requiredColumnsHaveNoNulls() {
    #expect(
      message(TestFile(Self.required, rows: 2, .dataWithBareLevels(2, nulls: 1, Self.ab)))
        .contains("a page has 1 nulls where none may be"))
  }

  @Test func bareLevelsLieWithinTheirPage() {
    var page = TestPage.dataWithBareLevels(2, Self.ab)
    page.header.removeLast()
    page.header.append(
      (
        8,
        .structure([
          (1, .int32(2)), (2, .int32(0)), (3, .int32(2)), (4, .int32(0)),
          (5, .int32(1 << 30)), (6, .int32(0)),
        ])
      ))
    #expect(message(TestFile(Self.required, rows: 2, page)).contains("levels of 1073741824 bytes"))
    #expect(
      message(TestFile(Self.required, rows: 2, .dataWithBareLevels(2, rows: 1, Self.ab)))
        .contains("a page has 2 values for 1 rows"))
  }

  // MARK: Sizes

  @Test func textsLieWithinTheirPage() {
    #expect(
      message(TestFile(Self.required, rows: 1, .data(1, fixed32(1 << 31 - 1) + [97])))
        .contains("a text of 2147483647 bytes where the page has 1"))
    #expect(
      message(TestFile(Self.required, rows: 1, .data(1, fixed32(-1)))).contains(
        "a text of 4294967295"))
  }

  @Test(arguments: [0, 1, 2, 4, 6, 7]) func aPageIsAsLongAsItSays(_ codec: Int) {
    let file = TestFile(Self.required, rows: 2, codec: codec, .data(2, Self.ab, size: 1 << 31 - 1))
    #expect(message(file).contains("broken Parquet data") || message(file).contains("the limit is"))
    var long = TestFile(Self.required, rows: 2, codec: codec, .data(2, Self.ab))
    long.chunkByteCount = 1 << 40
    #expect(message(long).contains("the data end at"))
    long.chunkByteCount = 10
    #expect(message(long).contains("broken Parquet data"))
  }

  @Test func chunksLieWithinTheFile() {
    var file = TestFile(Self.required, rows: 2, .data(2, Self.ab))
    file.chunkByteCount = Int.max
    #expect(message(file).contains("the data end at"))
    file.chunkByteCount = -1
    #expect(message(file).contains("has -1 bytes"))
  }

  @Test func checksumsAreHeldAgainstThePage() {
    #expect(
      message(TestFile(Self.required, rows: 2, .data(2, Self.ab, checksum: 7)))
        .contains("a page's CRC-32 is "))
  }

  // MARK: Codecs and encodings

  @Test func whatIsNotReadIsNamed() {
    func codec(_ code: Int) -> String {
      message(TestFile(Self.required, rows: 2, codec: code, .data(2, Self.ab)))
    }
    #expect(codec(3).contains("pages are compressed by LZO, which is not read here"))
    #expect(codec(8).contains("the unknown codec 8"))
    #expect(codec(-1).contains("the unknown codec -1"))
    func encoding(_ code: Int) -> String {
      message(TestFile(Self.required, rows: 2, .data(2, Self.ab, encoding: code)))
    }
    #expect(encoding(9).contains("text of the encoding 9, which is not read here"))
    #expect(encoding(5).contains("differences of numbers"))
    #expect(encoding(8).contains("a page refers to a dictionary, the chunk has none"))
    let levels = TestPage.data(2, Self.ab, levels: 7)
    #expect(message(TestFile(Self.optional, rows: 2, levels)).contains("levels of the encoding 7"))
  }

  // MARK: Dictionaries

  private func withDictionary(
    _ count: Int, _ indices: [UInt8], rows: Int = 2, _ dictionary: [UInt8] = plain(["a", "b"])
  ) -> String {
    message(
      TestFile(
        Self.required, rows: rows, .dictionary(count, dictionary), .data(rows, indices, encoding: 8)
      ))
  }

  @Test func indicesLieWithinTheDictionary() {
    #expect(withDictionary(2, [1] + run(of: 1, count: 2)) == "\([["b"], ["b"]] as [[String?]])")
    #expect(withDictionary(2, [2] + run(of: 2, count: 2)).contains("index 2, expected one below 2"))
    // Packed: 1, 3, 0 and so on, in two bits each.
    #expect(withDictionary(2, [2, 3, 0b1101, 0]).contains("index 3, expected one below 2"))
    #expect(withDictionary(2, [33] + run(of: 0, count: 2)).contains("indices of 33 bits"))
    // A width of 0 needs a run all the same.
    #expect(withDictionary(1, [0], plain(["a"])).contains("the data stop short"))
    #expect(withDictionary(1, [0, 4], plain(["a"])) == "\([["a"], ["a"]] as [[String?]])")
    #expect(withDictionary(0, [0, 4], []).contains("index 0, expected one below 0"))
    #expect(withDictionary(0, [0, 3], []).contains("index 0, expected one below 0"))
    #expect(withDictionary(2, []).contains("the data stop short"))
  }

  @Test func dictionariesHoldWhatTheySay() {
    #expect(withDictionary(1 << 30, [1, 4, 0]).contains("a dictionary of 1073741824 texts"))
    #expect(withDictionary(-1, [1, 4, 0]).contains("header is -1"))
    #expect(withDictionary(3, [1, 4, 0]).contains("a dictionary of 3 texts in 10 bytes"))
    #expect(
      message(
        TestFile(
          Self.required, rows: 2, .data(1, plain(["a"])), .dictionary(2, Self.ab),
          .data(1, [1, 2, 0]))
      ).contains("a dictionary behind other pages"))
  }

  // MARK: Bombs

  /// A run says that there are 2³¹ − 1 nulls; they are given one after the other, from no memory.
  @Test func runsTakeNoMemory() throws {
    let count = 1 << 31 - 1
    let file = TestFile(Self.optional, rows: count, .data(count, levels(run(of: 0, count: count))))
    let parquet = try ParquetFile(MemoryBytes(file.bytes, name: "bomb"))
    let reader = try parquet.texts(of: parquet.textColumn("text"))
    for _ in 0..<5_000 { #expect(try nextRow(reader) == [nil]) }
  }

  /// Likewise in one row, which has a limit.
  @Test func listsHaveALimit() throws {
    let count = 1 << 30
    let file = TestFile(
      Self.repeated, rows: 1, values: count,
      .dictionary(1, plain(["elm"])),
      .data(
        count,
        levels(run(of: 0, count: 1) + run(of: 1, count: count)) + levels(run(of: 1, count: count))
          + [0] + varint(UInt64(count) << 1), encoding: 8))
    var limits = ParquetLimits()
    limits.listValueCount = 10_000
    let parquet = try ParquetFile(MemoryBytes(file.bytes, name: "bomb"), limits: limits)
    let reader = try parquet.texts(of: parquet.textColumn("text"))
    var text: [UInt8] = [1]
    let error = #expect(throws: ParquetError.self) { try reader.next(appendingTo: &text) }
    #expect(
      error?.description.contains("the number of values of a row takes 10001, the limit is 10000")
        == true)
    #expect(text == [1])
    limits.listValueCount = 1 << 20
    limits.listByteCount = 1_000
    let second = try ParquetFile(MemoryBytes(file.bytes, name: "bomb"), limits: limits)
    let again = try second.texts(of: second.textColumn("text"))
    #expect(throws: ParquetError.self) { try again.next(appendingTo: &text) }
  }

  /// Differences of no bits: a block of 2³¹ lengths of 0 in a few bytes.
  @Test func deltasTakeNoMemory() throws {
    let count = 1 << 31 - 128
    let lengths =
      varint(UInt64(count)) + varint(1) + varint(UInt64(count)) + [0] + [0, 0]
    let file = TestFile(Self.required, rows: count, .data(count, lengths, encoding: 6))
    let parquet = try ParquetFile(MemoryBytes(file.bytes, name: "bomb"))
    let reader = try parquet.texts(of: parquet.textColumn("text"))
    for _ in 0..<5_000 { #expect(try nextRow(reader) == [""]) }
  }

  @Test(arguments: [
    [0, 4, 1, 0], [100, 4, 1, 0], [128, 0, 1, 0], [128, 3, 1, 0], [128, 128, 1, 0], [128, 8, 1, 0],
  ])
  func blocksOfDeltasHaveTheirShape(_ head: [UInt64]) {
    let bytes = head.flatMap(varint)
    #expect(
      message(TestFile(Self.required, rows: 2, .data(2, bytes, encoding: 6)))
        .contains("differences in"))
  }

  @Test func deltasOfMoreThan32BitsAreRefused() {
    let bytes =
      [128, 4, 2, 0].flatMap(varint) + [0, 33, 0, 0, 0] + Array(repeating: 0, count: 200)
    #expect(
      message(TestFile(Self.required, rows: 2, .data(2, bytes, encoding: 6)))
        .contains("differences of 33 bits"))
  }

  @Test func prefixesAreNoLongerThanTheTextBefore() {
    let none = [128, 4, 0, 0].flatMap(varint)
    let two = [128, 4, 1, 4].flatMap(varint)
    #expect(
      message(TestFile(Self.required, rows: 1, .data(1, two + two + [97, 98], encoding: 7)))
        .contains("a prefix of 2 bytes from a text of 0"))
    #expect(
      message(TestFile(Self.required, rows: 1, .data(1, two + none, encoding: 7)))
        .contains("1 prefixes and 0 suffixes"))
  }

  /// Each text is the one before it and a letter: n texts of up to n bytes from 2n bytes.
  @Test func prefixesAreNotPutTogetherAllAtOnce() throws {
    let count = 20_000
    // Prefixes 0, 1, 2, …: the first is 0, all differences are 1.
    func constant(first: Int, delta: Int) -> [UInt8] {
      let blocks = (count - 1 + 127) / 128
      return varint(128) + varint(4) + varint(UInt64(count)) + varint(zigzag(first))
        + Array(repeating: varint(zigzag(delta)) + [0, 0, 0, 0], count: blocks).joined()
    }
    let bytes =
      constant(first: 0, delta: 1) + constant(first: 1, delta: 0)
      + Array(repeating: UInt8(ascii: "a"), count: count)
    let file = TestFile(Self.required, rows: count, .data(count, bytes, encoding: 7))
    let parquet = try ParquetFile(MemoryBytes(file.bytes, name: "bomb"))
    let reader = try parquet.texts(of: parquet.textColumn("text"))
    var rows = 0
    while let batch = try reader.nextBatch() {
      for index in 0..<batch.count {
        rows += 1
        guard case .text(let text) = batch[index] else { throw ParquetFixtureError() }
        #expect(text.count == rows)
      }
    }
    #expect(rows == count)
  }

  private struct ParquetFixtureError: Error {}

  // MARK: Metadata

  @Test func metadataDoNotNestForEver() {
    // Lists of lists of lists, in a field that no reader knows.
    let deep = Array(repeating: UInt8(0x19), count: 100_000)
    let footer: [UInt8] = [0x09] + varint(zigzag(99)) + deep + [0]
    let bytes = Array("PAR1".utf8) + footer + fixed32(footer.count) + Array("PAR1".utf8)
    let error = #expect(throws: ParquetError.self) {
      try ParquetFile(MemoryBytes(bytes, name: "deep"))
    }
    #expect(error?.description.contains("metadata nest deeper than 32") == true)
  }

  @Test func listsOfMetadataAreNoLongerThanTheirBytes() {
    let footer: [UInt8] = [0x29, 0xFC] + varint(1 << 31) + [0]
    let bytes = Array("PAR1".utf8) + footer + fixed32(footer.count) + Array("PAR1".utf8)
    let error = #expect(throws: ParquetError.self) {
      try ParquetFile(MemoryBytes(bytes, name: "long"))
    }
    #expect(error?.description.contains("its footer stops short") == true)
  }

  @Test func schemasDoNotNestForEver() {
    var node = TestFile.Node(name: "leaf", repetition: 0)
    for _ in 0..<90 { node = TestFile.Node(name: "n", repetition: 1, children: [node]) }
    let defined = run(of: 90, count: 1)
    #expect(
      message(TestFile(node, rows: 1, .data(1, levels(defined) + plain(["a"]))))
        == "\([["a"]] as [[String?]])")
    for _ in 0..<20 { node = TestFile.Node(name: "n", repetition: 1, children: [node]) }
    #expect(message(TestFile(node, rows: 0)).contains("the schema nests deeper than 100"))
  }
}
