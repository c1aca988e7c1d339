import Checkpoints
import Foundation
import Interchange
import Layers
import Models
import TestSupport
import Testing

/// Folders that MLX quantized; the numbers themselves are held against MLX in `AffineCodecTests`.
@Suite struct AffineWeightsTests {
  private static let name = "layers.0.ffn.proj_1"

  /// Writes a folder whose one projection is quantized in groups of 32 with four bits.
  private func folder(
    words: [Int]? = nil, scales: [Int]? = nil, biases: [Int]? = nil,
    scaleType: SafetensorsElementType = .float32
  ) throws -> TemporaryFolder {
    let folder = try TinyModel.folder()
    let rows = TinyModel.configuration.layers[0].feedForwardWidth * 2
    var tensors: [(String, SafetensorsElementType, [Int], [UInt8])] = []
    func add(_ name: String, _ type: SafetensorsElementType, _ shape: [Int], _ bytes: [UInt8]) {
      let count = type.byteCount(shape: shape) ?? 0
      tensors.append(
        ("transformer.\(name)", type, shape, (0..<count).map { bytes[$0 % bytes.count] }))
    }
    TinyModel.configuration.forEachParameter { name, shape in
      guard name != "\(Self.name).weight" else { return }
      add(name, .float32, shape, [0, 0, 0, 0x3F])
    }
    // Each number is 0.5 · 9 + 1.
    add("\(Self.name).weight", .uint32, words ?? [rows, 4], [0x99])
    add("\(Self.name).scales", scaleType, scales ?? [rows, 1], [0, 0, 0, 0x3F])
    add("\(Self.name).biases", .float32, biases ?? [rows, 1], [0, 0, 0x80, 0x3F])
    try SafetensorsWriter.write(
      tensors.map { .init(name: $0.0, type: $0.1, shape: $0.2) },
      metadata: ["format": "mlx"], to: folder("m/model.safetensors")
    ) { index, sink in try tensors[index].3.withUnsafeBytes { try sink($0) } }
    try TinyModel.change(folder) { $0["quantization"] = ["group_size": 32, "bits": 4] }
    return folder
  }

  @Test func theNumbersAreThoseThatWereMeant() throws {
    let folder = try folder()
    let read = try ModelReader.contents(at: folder("m"))
    #expect(read.format == .mlx)
    #expect(read.weights.weightNames.count == TinyModel.weights().weightNames.count)
    #expect(read.weights.shape(of: "\(Self.name).weight") == [32, 32])
    #expect(
      try TinyModel.numbers("\(Self.name).weight", of: read.weights)
        == Array(repeating: 5.5, count: 1_024))
    #expect(
      try TinyModel.numbers("norm.weight", of: read.weights) == Array(repeating: 0.5, count: 32))
  }

  @Test func partsThatDoNotFitAreTold() throws {
    for (folder, message) in [
      (try folder(words: [31, 4]), "expected words for 32 rows, found the shape [31, 4]"),
      (try folder(words: [32, 7]), "groups of 32 of 7 bits"),
      (try folder(scales: [32, 3]), "expected the scales of groups of 32 numbers"),
      (try folder(scales: [32, 2], biases: [32, 2]), "groups of 16"),
      (try folder(biases: [32, 2]), "expected the shape [32, 1] of the scales, found [32, 2]"),
      (try folder(scaleType: .uint8), "scales and biases in F32, F16 or BF16"),
    ] {
      let fault = try #require(TinyModel.fault(folder("m")))
      #expect(fault.contains(message), "\(fault)")
    }
  }
}
