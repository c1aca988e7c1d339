import Checkpoints
import Files
import Foundation
import TestSupport
import Testing

@Suite("Safetensors writer")
struct SafetensorsWriterTests {
  static let layouts: [SafetensorsWriter.Layout] = [
    .init(name: "ids", type: .int64, shape: [1]),
    .init(name: "weight", type: .float32, shape: [2, 2]),
  ]
  static let contents: [[UInt8]] = [
    [7, 0, 0, 0, 0, 0, 0, 0], littleEndianBytes([1, 2, 3, -4]),
  ]

  @Test func writesTheBytesThatPythonWrites() throws {
    let folder = try TemporaryFolder()
    let path = folder("ours")
    var order: [Int] = []
    let checksum = try SafetensorsWriter.write(
      Self.layouts, metadata: ["format": "pt"], to: path
    ) { index, sink in
      order.append(index)
      // In pieces of any size.
      for piece in [Self.contents[index].prefix(3), Self.contents[index].dropFirst(3)] {
        try Array(piece).withUnsafeBytes { try sink($0) }
      }
    }
    #expect(try bytes(at: path) == SafetensorsFileTests.file)
    #expect(order == [0, 1])
    #expect(checksum.byteCount == SafetensorsFileTests.file.count)
    #expect(try folder.names() == ["ours"])
  }

  @Test func namesAndMetadataComeBack() throws {
    let folder = try TemporaryFolder()
    let names = ["layers.3.attn.qkv_proj.weight", "a \"b\"\\\n\u{0}\u{7F}", "é 😀", ""]
    let metadata = ["zwei": "2\t", "eins": "\u{1F}\"", "": ""]
    for count in 0...names.count {
      let layouts = names.prefix(count).enumerated().map { index, name in
        SafetensorsWriter.Layout(name: name, type: .bfloat16, shape: [index])
      }
      try SafetensorsWriter.write(layouts, metadata: metadata, to: folder("f")) { index, sink in
        try [UInt8](repeating: UInt8(index), count: 2 * index).withUnsafeBytes { try sink($0) }
      }
      let file = try SafetensorsFile(path: folder("f"))
      #expect(file.metadata == metadata)
      #expect(file.entries.map(\.name).sorted() == names.prefix(count).sorted())
      let dataStart =
        try bytes(at: folder("f")).count
        - file.entries.map(\.byteRange.count)
        .reduce(0, +)
      #expect(dataStart % 8 == 0)
    }
  }

  @Test func mistakesLeaveNothingBehind() throws {
    let folder = try TemporaryFolder()
    let path = folder("f")
    try AtomicFile.write([1, 2], to: path)
    func write(_ layouts: [SafetensorsWriter.Layout], count: Int) throws {
      try SafetensorsWriter.write(layouts, to: path) { _, sink in
        try [UInt8](repeating: 0, count: count).withUnsafeBytes { try sink($0) }
      }
    }
    let byte = SafetensorsWriter.Layout(name: "a", type: .uint8, shape: [4])
    for count in [0, 3, 5] {
      #expect(
        throws: CheckpointError.wrongByteCount(
          path: path, tensor: "a", expected: 4, found: count)
      ) { try write([byte], count: count) }
    }
    #expect(throws: CheckpointError.duplicateName(path: path, tensor: "a")) {
      try write([byte, byte], count: 4)
    }
    #expect(throws: CheckpointError.duplicateName(path: path, tensor: "__metadata__")) {
      try write([.init(name: "__metadata__", type: .uint8, shape: [4])], count: 4)
    }
    for shape in [[-1], [Int.max, 2], [Int.max, Int.max, 0, 2]] {
      #expect(throws: CheckpointError.self) {
        try write([.init(name: "a", type: .float32, shape: shape)], count: 4)
      }
    }
    struct Stop: Error {}
    #expect(throws: Stop.self) {
      try SafetensorsWriter.write([byte], to: path) { _, _ in throw Stop() }
    }
    #expect(try folder.names() == ["f"])
    #expect(try bytes(at: path) == [1, 2])
  }

  /// In a process of its own, since the limit holds for a whole process.
  @Test func aFullDiskIsFoundBeforeTheFirstByteIsAskedFor() async {
    await #expect(processExitsWith: .success) {
      let folder = try TemporaryFolder()
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit(rlim_cur: 400_000, rlim_max: 400_000)
      precondition(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
      do {
        try SafetensorsWriter.write(
          [.init(name: "a", type: .uint8, shape: [500_000])], to: folder("f")
        ) { _, _ in preconditionFailure("bytes are asked for on a full disk") }
        preconditionFailure("no error")
      } catch let error as FileError {
        precondition(error.code == EFBIG && error.bytesNeeded ?? 0 > 500_000, "\(error)")
      }
      #expect(try folder.names().isEmpty)
    }
  }
}
