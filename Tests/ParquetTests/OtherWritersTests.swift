import CLZ4
import CZstd
import Files
import Parquet
import Testing

/// Ways of writing that pyarrow reads and does not write.
@Suite struct OtherWritersTests {
  private func levels(_ bytes: [UInt8]) -> [UInt8] { fixed32(bytes.count) + bytes }

  /// Two rows of a list of two, and an empty one: levels in runs of packed groups of eight.
  private func page(_ definition: UInt8) -> TestPage {
    // Repetition 0 1 0, one bit each. Definition: full, full, one list without element.
    let repetition: [UInt8] = levels([3, 0b010])
    let runs = run(of: definition, count: 2) + run(of: definition - 1, count: 1)
    return .data(3, repetition + levels(runs) + plain(["a", "b"]))
  }

  @Test func aRepeatedColumnIsAList() throws {
    let node = TestFile.Node(name: "text", repetition: 2)
    #expect(try TestFile(node, rows: 2, values: 3, page(1)).rows() == [["a", "b"], []])
  }

  @Test func aListOfTwoLevels() throws {
    let node = TestFile.Node(
      name: "texts", repetition: 1, children: [TestFile.Node(name: "array", repetition: 2)])
    let file = TestFile(node, rows: 2, values: 3, page(2))
    #expect(file.path == "texts.array")
    #expect(try file.rows() == [["a", "b"], []])
  }

  @Test func aListOfThreeLevelsOfOtherNames() throws {
    let node = TestFile.Node(
      name: "texts", repetition: 1,
      children: [
        TestFile.Node(
          name: "bag", repetition: 2,
          children: [TestFile.Node(name: "array_element", repetition: 1)])
      ])
    // The third entry is an element that is null.
    #expect(try TestFile(node, rows: 2, values: 3, page(3)).rows() == [["a", "b"], [nil]])
  }

  /// Definition 1 0 1 1, a bit each, from the most significant on.
  @Test func levelsPackedFromTheMostSignificantBit() throws {
    let node = TestFile.Node(name: "text", repetition: 1)
    let page = TestPage.data(4, [0b1011_0000] + plain(["a", "b", "c"]), levels: 4)
    #expect(try TestFile(node, rows: 4, page).rows() == [["a"], [nil], ["b"], ["c"]])
    // Three levels in two bits each; there is no level 3.
    let deep = TestFile.Node(
      name: "meta", repetition: 1, children: [TestFile.Node(name: "source", repetition: 1)])
    let two = TestPage.data(3, [0b1001_0000] + plain(["a"]), levels: 4)
    #expect(try TestFile(deep, rows: 3, two).rows() == [["a"], [nil], [nil]])
    let wrong = TestPage.data(3, [0b1011_0000] + plain(["a"]), levels: 4)
    #expect(throws: ParquetError.self) { try TestFile(deep, rows: 3, wrong).rows() }
  }

  /// The last packed run holds only the bytes that are needed.
  @Test func aPackedRunThatIsCutOff() throws {
    let node = TestFile.Node(name: "text", repetition: 0)
    // Two groups of eight numbers of three bits would take six bytes; ten numbers take four.
    let numbers = [0, 1, 2, 3, 4, 3, 2, 1, 0, 4]
    let bits = numbers.enumerated().reduce(UInt64(0)) { $0 | UInt64($1.element) << (3 * $1.offset) }
    let packed = (0..<4).map { UInt8(truncatingIfNeeded: bits >> (8 * $0)) }
    let texts = ["a", "b", "c", "d", "e"]
    let file = TestFile(
      node, rows: 10, .dictionary(5, plain(texts), encoding: 2),
      .data(10, [3, 5] + packed, encoding: 2))
    #expect(try file.rows() == numbers.map { [texts[$0]] })
  }

  @Test func aDictionaryOfOneTextAndIndicesOfNoBits() throws {
    let node = TestFile.Node(name: "text", repetition: 0)
    let file = TestFile(
      node, rows: 8, .dictionary(1, plain(["a"])), .data(8, [0, 3], encoding: 8))
    #expect(try file.rows() == Array(repeating: ["a"], count: 8))
  }

  @Test func pagesOfOtherKindsArePassedOver() throws {
    var index = TestPage.data(0, [1, 2, 3])
    index.header[0] = (1, .int32(1))
    let node = TestFile.Node(name: "text", repetition: 0)
    #expect(try TestFile(node, rows: 1, index, .data(1, plain(["a"]))).rows() == [["a"]])
  }

  @Test func bareLevelsBeforeValuesThatAreNotCompressed() throws {
    let node = TestFile.Node(name: "text", repetition: 1)
    let page = TestPage.dataWithBareLevels(
      2, nulls: 1, definition: [2, 1, 2, 0], plain(["a"]), isCompressed: false)
    #expect(try TestFile(node, rows: 2, codec: 1, page).rows() == [["a"], [nil]])
    // Where all are null, nothing is compressed to nothing.
    let nulls = TestPage.dataWithBareLevels(2, nulls: 2, definition: [4, 0], [])
    #expect(try TestFile(node, rows: 2, codec: 1, nulls).rows() == [[nil], [nil]])
  }

  /// A first text that begins as the last one of the page before, as old versions wrote.
  @Test func aPrefixFromThePageBefore() throws {
    let node = TestFile.Node(name: "text", repetition: 0)
    func page(_ prefix: UInt64, _ suffix: String) -> TestPage {
      let lengths = [128, 4, 1].flatMap(varint)
      return .data(
        1,
        lengths + varint(prefix << 1) + lengths + varint(UInt64(suffix.utf8.count) << 1)
          + Array(suffix.utf8), encoding: 7)
    }
    let file = TestFile(node, rows: 3, page(0, "elm"), page(3, "s"), page(2, "f"))
    #expect(try file.rows() == [["elm"], ["elms"], ["elf"]])
    // Without the page before, it would be a wrong text.
    let parquet = try ParquetFile(MemoryBytes(file.bytes, name: "old"))
    let reader = try parquet.texts(of: parquet.textColumn("text"))
    try reader.seek(toRowGroup: 0, row: 1)
    #expect(throws: ParquetError.self) { try nextRow(reader) }
  }

  // MARK: LZ4

  private static let texts = (0..<200).map { "elm \($0 % 7)" }

  private static func block(_ bytes: some Collection<UInt8>) -> [UInt8] {
    let source = bytes.map { CChar(bitPattern: $0) }
    var target = [CChar](repeating: 0, count: Int(LZ4_compressBound(Int32(source.count))))
    let count = LZ4_compress_default(source, &target, Int32(source.count), Int32(target.count))
    return target[..<Int(count)].map { UInt8(bitPattern: $0) }
  }

  private static func bigEndian(_ value: Int) -> [UInt8] { fixed32(value).reversed() }

  private func rows(_ compressed: [UInt8], codec: Int = 5, size: Int) throws -> [[String?]] {
    try TestFile(
      TestFile.Node(name: "text", repetition: 0), rows: Self.texts.count, codec: codec,
      .data(Self.texts.count, compressed, size: size)
    ).rows()
  }

  @Test func lz4AsHadoopWritesIt() throws {
    let bytes = plain(Self.texts)
    let (first, second) = (Self.block(bytes[..<500]), Self.block(bytes[500...]))
    let expected = Self.texts.map { [$0] as [String?] }
    // One stretch a block, and one of both.
    let apart =
      Self.bigEndian(500) + Self.bigEndian(first.count) + first
      + Self.bigEndian(bytes.count - 500) + Self.bigEndian(second.count) + second
    #expect(try rows(apart, size: bytes.count) == expected)
    let together =
      Self.bigEndian(bytes.count) + Self.bigEndian(first.count) + first
      + Self.bigEndian(second.count) + second
    #expect(try rows(together, size: bytes.count) == expected)
    for cut in [1, 4, 8, 20] {
      #expect(throws: ParquetError.self) { try rows(together.dropLast(cut), size: bytes.count) }
    }
    #expect(throws: ParquetError.self) { try rows(apart, size: bytes.count + 1) }
  }

  @Test func lz4AsABareBlock() throws {
    let bytes = plain(Self.texts)
    let expected = Self.texts.map { [$0] as [String?] }
    #expect(try rows(Self.block(bytes), size: bytes.count) == expected)
    #expect(try rows(Self.block(bytes), codec: 7, size: bytes.count) == expected)
    #expect(throws: ParquetError.self) { try rows(Self.block(bytes), size: bytes.count - 1) }
    #expect(throws: ParquetError.self) { try rows(Self.block(bytes), size: bytes.count + 1) }
  }

  @Test func lz4AsAFrame() throws {
    let bytes = plain(Self.texts)
    var frame = [UInt8](repeating: 0, count: LZ4F_compressFrameBound(bytes.count, nil))
    frame = Array(frame[..<LZ4F_compressFrame(&frame, frame.count, bytes, bytes.count, nil)])
    #expect(try rows(frame, size: bytes.count) == Self.texts.map { [$0] })
    #expect(throws: ParquetError.self) { try rows(frame.dropLast(3), size: bytes.count) }
    #expect(throws: ParquetError.self) { try rows(frame, size: bytes.count - 1) }
  }

  // MARK: Other codecs

  @Test func severalMembersOfGzipAndFramesOfZstandard() throws {
    let bytes = plain(Self.texts)
    let expected = Self.texts.map { [$0] as [String?] }
    let gzip = Self.gzip(bytes[..<300]) + Self.gzip(bytes[300...])
    #expect(try rows(gzip, codec: 2, size: bytes.count) == expected)
    #expect(throws: ParquetError.self) { try rows(gzip.dropLast(), codec: 2, size: bytes.count) }
    #expect(throws: ParquetError.self) { try rows(gzip, codec: 2, size: bytes.count - 1) }
    let frames = Self.zstandard(Array(bytes[..<300])) + Self.zstandard(Array(bytes[300...]))
    #expect(try rows(frames, codec: 6, size: bytes.count) == expected)
    #expect(throws: ParquetError.self) { try rows(frames, codec: 6, size: bytes.count - 1) }
  }

  /// A member whose one block is not compressed.
  private static func gzip(_ bytes: some Collection<UInt8>) -> [UInt8] {
    let array = Array(bytes)
    var checksum = Checksum()
    array.withUnsafeBytes { checksum.append($0) }
    let count = [UInt8(array.count & 0xFF), UInt8(array.count >> 8)]
    return [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255, 1] + count + count.map { ~$0 } + array
      + fixed32(Int(checksum.value)) + fixed32(array.count)
  }

  private static func zstandard(_ bytes: [UInt8]) -> [UInt8] {
    var target = [UInt8](repeating: 0, count: ZSTD_compressBound(bytes.count))
    return Array(target[..<ZSTD_compress(&target, target.count, bytes, bytes.count, 3)])
  }

  /// A block of Snappy that says it holds more than it can.
  @Test func aHeaderThatPromisesMoreThanItsCodecCan() throws {
    for (codec, name) in [(1, "Snappy"), (2, "gzip"), (6, "Zstandard"), (7, "LZ4")] {
      let error = #expect(throws: ParquetError.self) {
        try rows([1, 2, 3, 4], codec: codec, size: 1 << 29)
      }
      #expect(error?.description.contains("in 4 of \(name), which hold") == true)
    }
  }
}
