import Foundation
import GGUF
import Kernels
import TestSupport
import Testing

@Suite struct GGUFFileTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func open(_ builder: GGUFBuilder) throws -> GGUFFile {
    try GGUFFile(path: folder.write(builder.bytes, to: "a.gguf"))
  }

  private func numbers(_ part: WeightPart) -> [Float] {
    let buffer = WeightCodec.decoded(part)
    return (0..<part.elementCount).map { buffer.pointer[$0] }
  }

  @Test func dimensionsAreTurnedAndNumbersReadInPlace() throws {
    for version: UInt32 in [2, 3] {
      var builder = GGUFBuilder.sound
      builder.version = version
      let file = try open(builder)
      #expect(file.version == Int(version))
      #expect(file.tensors.map(\.name) == ["first", "second"])
      let second = try #require(file.tensor("second"))
      #expect(second.shape == [2, 4])
      #expect(file.value(of: "count")?.integer == 7)
      #expect(file.value(of: "Count") == nil && file.tensor("third") == nil)
      file.withPart(of: second) { part in
        #expect(numbers(part) == [8, 9, 10, 11, 12, 13, 14, 15])
      }
    }
  }

  @Test func theFilesOwnAlignmentCounts() throws {
    var builder = GGUFBuilder.sound
    builder.alignment = 64
    builder.entries.append(
      GGUFBuilder.entry("general.alignment", 4, GGUFBuilder.integer(UInt32(64))))
    builder.tensors[1].offset = 64
    builder.data.insert(contentsOf: [UInt8](repeating: 0, count: 32), at: 32)
    let file = try open(builder)
    let second = try #require(file.tensor("second"))
    #expect(file.withPart(of: second) { numbers($0)[0] } == 8)
  }

  /// What the `gguf` Python package wrote (`Scripts/make-gguf-fixture.py`).
  @Test func everyTypeOfTheOthersIsRead() throws {
    let path = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Fixtures/values.gguf").path
    let file = try GGUFFile(path: path)
    let expected: [GGUFEntry] = [
      .init("general.architecture", .string("openelm")),
      .init("a.uint8", .uint8(200)), .init("a.int8", .int8(-100)),
      .init("a.uint16", .uint16(60_000)), .init("a.int16", .int16(-30_000)),
      .init("a.uint32", .uint32(4_000_000_000)), .init("a.int32", .int32(-2_000_000_000)),
      .init("a.float32", .float32(0.1)), .init("a.bool", .boolean(true)),
      .init("a.string", .string("elm \u{2581} \u{E9} \u{1F333}")),
      .init("a.uint64", .uint64(.max)), .init("a.int64", .int64(.min)),
      .init("a.float64", .float64(0.1)),
      .init("a.strings", .array(.string(["one", "", "\u{0} three"]))),
      .init("a.int32s", .array(.int32([1, -2, 3]))),
      .init("a.float32s", .array(.float32([0.5, -0.25]))),
      .init("a.bools", .array(.boolean([true, false]))),
    ]
    #expect(file.metadata == expected)
    #expect(file.tensors.map(\.shape) == [[5], [2, 3], [2, 64]])
    #expect(file.tensors.map(\.format) == [.float32, .float16, .eightBitBlocks])
    let all = file.tensors.map { tensor in
      file.withPart(of: tensor) { numbers($0) }
    }
    #expect(all[0] == [0, 1, 2, 3, 4] && all[1] == [0, 1, 2, 3, 4, 5])
    for (index, number) in all[2].enumerated() {
      let exact = -1 + 2 * Float(index) / 127
      // Half a step of 1/127.
      #expect(abs(number - exact) <= 0.5 / 127 + 1e-3)
    }

    // And the writer makes the same bytes of it.
    let copy = folder("copy.gguf")
    try GGUFWriter.write(
      file.tensors.map { .init(name: $0.name, format: $0.format, shape: $0.shape) },
      metadata: file.metadata, to: copy
    ) { index, sink in
      try file.withPart(of: file.tensors[index]) { try sink($0.bytes) }
    }
    #expect(try bytes(at: copy) == bytes(at: path))
  }

  @Test func valuesOfOtherTypesAreErrorsThatNameTheKey() throws {
    let file = try open(.sound)
    #expect(try file.integer("count") == 7 && file.number("count") == 7)
    #expect(try file.string("none") == nil)
    let failure = #expect(throws: GGUFError.self) { _ = try file.string("count") }
    #expect(
      failure
        == .wrongValue(
          path: file.path, key: "count", expected: "a string", found: "7 of type uint32"))
    #expect(throws: GGUFError.self) { _ = try file.boolean("general.architecture") }
    #expect(throws: GGUFError.self) { _ = try file.required("none", "a string") { $0.string } }
  }
}
