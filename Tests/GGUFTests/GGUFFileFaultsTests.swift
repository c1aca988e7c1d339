import Foundation
import GGUF
import TestSupport
import Testing

/// Every check of the reader: what is wrong is told, and where.
@Suite struct GGUFFileFaultsTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func failure(of bytes: [UInt8]) throws -> GGUFError {
    let path = try folder.write(bytes, to: "bad.gguf")
    return try #require(#expect(throws: GGUFError.self) { _ = try GGUFFile(path: path) })
  }

  /// Expects an error whose text has all of these words.
  private func expect(
    _ words: String..., of change: (inout GGUFBuilder) -> Void,
    location: SourceLocation = #_sourceLocation
  ) throws {
    var builder = GGUFBuilder.sound
    change(&builder)
    let text = try failure(of: builder.bytes).description
    #expect(text.contains("bad.gguf: "), sourceLocation: location)
    for word in words {
      #expect(text.contains(word), "\(word) in \(text)", sourceLocation: location)
    }
  }

  private static func text(_ string: String) -> [UInt8] { Array(string.utf8) }

  @Test func headers() throws {
    try expect("begins with the letters GGUF", "71, 71, 77, 76") { $0.magic = Self.text("GGML") }
    try expect("version 1, which is obsolete") { $0.version = 1 }
    try expect("version 9") { $0.version = 9 }
    try expect("version 3 in big-endian order") { $0.version = UInt32(3).byteSwapped }
    try expect("version 1 in big-endian order") { $0.version = UInt32(1).byteSwapped }
    try expect("the header", "tensors", "\(UInt64.max)") { $0.tensorCount = .max }
    try expect("the header", "keys", "\(UInt64.max)") { $0.entryCount = .max }
    try expect("key 3 of 3") {
      $0.tensors = []
      $0.entryCount = 3
    }
    let empty = try failure(of: [])
    #expect(empty.description.contains("found an empty file"))
    #expect(throws: GGUFError.self) { _ = try GGUFFile(path: "/nowhere/a.gguf") }
  }

  @Test func everyPlaceToCutItOff() throws {
    let bytes = GGUFBuilder.sound.bytes
    for count in 0..<bytes.count {
      _ = try failure(of: Array(bytes[..<count]))
    }
  }

  @Test func keys() throws {
    try expect("key 3 of 3", "a key", "an empty one") {
      $0.entries.append(GGUFBuilder.entry("", 4, GGUFBuilder.integer(UInt32(1))))
    }
    try expect("key \"count\"", "every key once") { $0.entries.append($0.entries[1]) }
    try expect("key \"x\"", "a value type from 0 to 12", "found 13") {
      $0.entries.append(GGUFBuilder.entry("x", 13, [0]))
    }
    try expect("key \"x\"", "0 or 1 for a truth value", "found 2") {
      $0.entries.append(GGUFBuilder.entry("x", 7, [2]))
    }
    try expect("key 3 of 3", "a string in UTF-8") {
      $0.entries.append(
        GGUFBuilder.string([0x61, 0xFF]) + GGUFBuilder.integer(UInt32(7)) + [0])
    }
    try expect("key \"x\"", "a string in UTF-8") {
      $0.entries.append(GGUFBuilder.entry("x", 8, GGUFBuilder.string([0xC3, 0x28])))
    }
    try expect("key \"x\"", "bytes of a string", "found \(UInt64.max)") {
      $0.entries.append(GGUFBuilder.entry("x", 8, GGUFBuilder.integer(UInt64.max)))
    }
  }

  @Test func arrays() throws {
    try expect("key \"x\"", "elements of an array", "found \(UInt64(1) << 62)") {
      $0.entries.append(GGUFBuilder.array("x", 0, count: 1 << 62))
    }
    try expect("key \"x\"", "elements of an array") {
      $0.entries.append(GGUFBuilder.array("x", 10, count: 40))
    }
    try expect("key \"x\"", "a value type from 0 to 12") {
      $0.entries.append(GGUFBuilder.array("x", 99, count: 0))
    }
    try expect("key \"x\"", "nested at most 4 deep") {
      // An array of one array of one array …
      let level = GGUFBuilder.integer(UInt32(9)) + GGUFBuilder.integer(UInt64(1))
      $0.entries.append(
        GGUFBuilder.entry("x", 9, Array([[UInt8]](repeating: level, count: 9).joined())))
    }
    var builder = GGUFBuilder.sound
    let inner =
      GGUFBuilder.integer(UInt32(0)) + GGUFBuilder.integer(UInt64(2)) + [UInt8](arrayLiteral: 3, 4)
    builder.entries.append(GGUFBuilder.array("x", 9, count: 1, inner))
    let file = try GGUFFile(path: folder.write(builder.bytes, to: "nested.gguf"))
    #expect(file.value(of: "x") == .array(.array([.uint8([3, 4])])))
  }

  @Test func alignments() throws {
    for value: UInt32 in [0, 3, 48] {
      try expect("general.alignment", "a power of two", "\(value) of type uint32") {
        $0.entries.append(
          GGUFBuilder.entry("general.alignment", 4, GGUFBuilder.integer(value)))
      }
    }
    try expect("general.alignment", "a power of two of type uint32", "of type uint64") {
      $0.entries.append(
        GGUFBuilder.entry("general.alignment", 10, GGUFBuilder.integer(UInt64(32))))
    }
    try expect("tensor \"second\"", "the offset \(UInt32(1) << 31)") {
      $0.entries.append(
        GGUFBuilder.entry("general.alignment", 4, GGUFBuilder.integer(UInt32(1) << 31)))
    }
  }

  @Test func tensors() throws {
    try expect("tensor 1 of 2", "a name of 1 to 63 bytes", "one of 0") { $0.tensors[0].name = [] }
    try expect("tensor 1 of 2", "one of 64") {
      $0.tensors[0].name = [UInt8](repeating: 0x61, count: 64)
    }
    try expect("tensor \"first\"", "every name once") { $0.tensors[1].name = $0.tensors[0].name }
    try expect("tensor \"first\"", "1 to 4 dimensions", "found 0") {
      $0.tensors[0].dimensionCount = 0
    }
    try expect("tensor \"first\"", "1 to 4 dimensions", "found 5") {
      $0.tensors[0].dimensions = [1, 1, 1, 1, 1]
    }
    try expect("tensor \"first\"", "dimensions of at least 1", "0 after []") {
      $0.tensors[0].dimensions = [0]
    }
    try expect("tensor \"first\"", "dimensions", "after [4294967296]") {
      $0.tensors[0].dimensions = [1 << 32, 1 << 32]
    }
    try expect("tensor \"first\"", "dimensions") { $0.tensors[0].dimensions = [.max] }
    try expect("tensor \"first\"", "rows of whole blocks of 32 numbers in q8_0", "rows of 8") {
      $0.tensors[0].type = 8
    }
    try expect("tensor \"first\"", "a type that is read", "iq4_nl (type 20)") {
      $0.tensors[0].type = 20
    }
    try expect("tensor \"first\"", "the unknown type 77") { $0.tensors[0].type = 77 }
  }

  @Test func offsets() throws {
    try expect("tensor \"second\"", "the offset 32, where \"first\" ends", "found 0") {
      $0.tensors[1].offset = 0
    }
    try expect("tensor \"second\"", "found 33") { $0.tensors[1].offset = 33 }
    try expect("tensor \"second\"", "found 64") { $0.tensors[1].offset = 64 }
    try expect("tensor \"second\"", "found \(UInt64.max)") { $0.tensors[1].offset = .max }
    try expect("tensor \"first\"", "the offset 0", "found 32") { $0.tensors[0].offset = 32 }
    try expect("tensor \"second\"", "its data in bytes") { $0.data.removeLast() }
    try expect("tensor \"first\"", "4000000 bytes of data from offset 0 on") {
      $0.tensors[0].dimensions = [1_000_000]
    }
  }
}
