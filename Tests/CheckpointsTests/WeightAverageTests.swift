import Checkpoints
import Foundation
import TestSupport
import Testing

@Suite("Weight average")
struct WeightAverageTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  func write(_ name: String, _ tensors: [(String, [Int], [Float])]) throws -> String {
    let layouts = tensors.map {
      SafetensorsWriter.Layout(name: $0.0, type: .float32, shape: $0.1)
    }
    try SafetensorsWriter.write(layouts, to: folder(name)) { index, sink in
      try littleEndianBytes(tensors[index].2).withUnsafeBytes { try sink($0) }
    }
    return folder(name)
  }

  @Test func meanIsExactInDoublePrecision() throws {
    // 2²⁴ + 1 + 1: float32 sums would lose both ones.
    let inputs = try [
      write("1", [("a", [2], [16_777_216, 1]), ("b", [], [3])]),
      write("2", [("a", [2], [1, 2]), ("b", [], [-3])]),
      write("3", [("a", [2], [1, 6]), ("b", [], [1])]),
    ]
    try WeightAverage.write(of: inputs, to: folder("mean"), metadata: ["files": "3"])
    let mean = try SafetensorsFile(path: folder("mean"))
    #expect(mean.metadata == ["files": "3"])
    #expect(try bytes(of: "a", mean) == littleEndianBytes([16_777_218.0 / 3, 3]))
    #expect(try bytes(of: "b", mean) == littleEndianBytes([Float(1.0 / 3)]))
  }

  @Test func longTensorsAreAveragedInPieces() throws {
    let count = 150_001
    let one = (0..<count).map { Float($0) }
    let two = (0..<count).map { Float(3 * $0) }
    let inputs = try [write("1", [("a", [count], one)]), write("2", [("a", [count], two)])]
    try WeightAverage.write(of: inputs, to: folder("mean"))
    let mean = try SafetensorsFile(path: folder("mean"))
    #expect(try bytes(of: "a", mean) == littleEndianBytes((0..<count).map { Float(2 * $0) }))
    try WeightAverage.write(of: [inputs[0]], to: folder("same"))
    #expect(
      try Data(contentsOf: URL(fileURLWithPath: folder("same")))
        == Data(contentsOf: URL(fileURLWithPath: inputs[0])))
  }

  @Test func differencesAreErrorsThatNameFileAndTensor() throws {
    let good = try write("good", [("a", [2], [1, 2])])
    let shape = try write("shape", [("a", [1, 2], [1, 2])])
    let fewer = try write("fewer", [])
    let more = try write("more", [("a", [2], [1, 2]), ("b", [1], [1])])
    #expect(
      throws: CheckpointError.tensorMismatch(
        path: shape, tensor: "a", expected: "the shape [2] of \(good)", found: "[1, 2]")
    ) { try WeightAverage.write(of: [good, shape], to: folder("mean")) }
    #expect(throws: CheckpointError.missingTensor(path: fewer, tensor: "a", nearby: [])) {
      try WeightAverage.write(of: [good, fewer], to: folder("mean"))
    }
    #expect(throws: CheckpointError.missingTensor(path: good, tensor: "b", nearby: ["a"])) {
      try WeightAverage.write(of: [good, more], to: folder("mean"))
    }
    let half = folder("half")
    try SafetensorsWriter.write([.init(name: "a", type: .float16, shape: [2])], to: half) {
      try [UInt8](repeating: 0, count: 4).withUnsafeBytes($1)
    }
    #expect(
      throws: CheckpointError.tensorMismatch(
        path: half, tensor: "a", expected: "the type F32 or BF16", found: "F16")
    ) { try WeightAverage.write(of: [half], to: folder("mean")) }
    #expect(throws: CheckpointError.self) { try WeightAverage.write(of: [], to: folder("mean")) }
    #expect(!FileManager.default.fileExists(atPath: folder("mean")))
  }

  private func bytes(of name: String, _ file: SafetensorsFile) throws -> [UInt8] {
    try file.withBytes(of: name) { Array($0) }
  }
}
