import GGUF
import TestSupport
import Testing

@Suite struct GGUFWriterTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func write(
    _ layouts: [GGUFWriter.Layout], _ metadata: [GGUFEntry] = [], byteCount: Int = 128
  ) throws {
    try GGUFWriter.write(layouts, metadata: metadata, to: folder("a.gguf")) { _, sink in
      try [UInt8](repeating: 1, count: byteCount).withUnsafeBytes { try sink($0) }
    }
  }

  @Test func theSameContentIsTheSameBytes() throws {
    let layout = GGUFWriter.Layout(name: "a", format: .float32, shape: [4, 8])
    try write([layout], [GGUFEntry("k", .int32(1))])
    let path = folder("a.gguf")
    let first = try bytes(at: path)
    try write([layout], [GGUFEntry("k", .int32(1))])
    #expect(try bytes(at: path) == first)
    #expect(first.count % 32 == 0)
    #expect(try GGUFFile(path: path).tensors[0].byteRange == first.count - 128..<first.count)
  }

  @Test func whatTheFormatCannotSayIsRefused() throws {
    let sound = GGUFWriter.Layout(name: "a", format: .eightBitBlocks, shape: [2, 32])
    let faults: [(String, (inout GGUFWriter.Layout) -> Void)] = [
      ("names of 1 to 63 bytes", { $0.name = String(repeating: "a", count: 64) }),
      ("1 to 4 dimensions", { $0.shape = [] }), ("1 to 4 dimensions", { $0.shape = [0, 32] }),
      ("a multiple of 32 in q8_0", { $0.shape = [32, 2] }),
    ]
    for (words, change) in faults {
      var layout = sound
      change(&layout)
      let failure = #expect(throws: GGUFError.self) { try write([layout]) }
      #expect(failure?.description.contains(words) == true, "\(failure as Any)")
    }
    #expect(throws: GGUFError.self) { try write([sound, sound]) }
    for key in ["", "general.alignment"] {
      #expect(throws: GGUFError.self) { try write([], [GGUFEntry(key, .uint32(1))]) }
    }
    let twice = GGUFEntry("k", .uint32(1))
    #expect(throws: GGUFError.self) { try write([], [twice, twice]) }
    #expect(try folder.names().isEmpty)
  }

  @Test func aTensorOfAnotherSizeLeavesNoFile() throws {
    let layout = GGUFWriter.Layout(name: "a", format: .float32, shape: [4, 8])
    for count in [127, 129] {
      let failure = #expect(throws: GGUFError.self) { try write([layout], byteCount: count) }
      #expect(failure?.description.contains("expected 128 bytes, found \(count)") == true)
    }
    #expect(try folder.names().isEmpty)
  }

  @Test func aFolderThatIsNotThereIsTold() {
    #expect(throws: GGUFError.self) {
      try GGUFWriter.write([], metadata: [], to: "/nowhere/at/all/a.gguf") { _, _ in }
    }
  }
}
