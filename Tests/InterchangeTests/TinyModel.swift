import Checkpoints
import Foundation
import Interchange
import Kernels
import Layers
import Models
import TestSupport

/// Weights in memory, for tests.
struct MemoryWeights: WeightSource {
  var path = "memory"
  var weights: [(name: String, shape: [Int], numbers: [Float])]

  var weightNames: [String] { weights.map(\.name) }
  func shape(of name: String) -> [Int]? { weights.first { $0.name == name }?.shape }
  func format(of name: String) -> WeightFormat? { shape(of: name).map { _ in .float32 } }

  func withWeight<Result>(
    _ name: String, _ body: ([WeightPart]) throws -> Result
  ) throws -> Result {
    let weight =
      try weights.first { $0.name == name }
      ?? { throw WeightError.missing(path: path, weight: name, nearby: []) }()
    return try weight.numbers.withUnsafeBytes {
      try body([WeightPart(format: .float32, elementCount: weight.numbers.count, bytes: $0)])
    }
  }
}

/// A model that is made in a moment.
enum TinyModel {
  static let configuration = OpenELMConfiguration(
    layerCount: 2, modelWidth: 32, headWidth: 8, queriesPerKeyValueHead: 2,
    attentionScale: .init(0.5...1), feedForwardScale: .init(0.5...2), feedForwardDivisor: 16,
    vocabularySize: 48, contextLength: 16)

  static func weights(
    _ configuration: OpenELMConfiguration = configuration, scale: Float = 0.1
  ) -> MemoryWeights {
    var weights: [(String, [Int], [Float])] = []
    var state: UInt64 = 88_172_645_463_325_252
    configuration.forEachParameter { name, shape in
      let numbers = (0..<shape.reduce(1, *)).map { _ -> Float in
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return (Float(state >> 40) / Float(1 << 24) - 0.5) * scale
      }
      weights.append((name, shape, numbers))
    }
    return MemoryWeights(weights: weights)
  }

  static func contents(
    _ configuration: OpenELMConfiguration = configuration, scale: Float = 0.1
  ) -> ModelContents {
    ModelContents(
      path: "tiny", format: .samara, configuration: configuration,
      weights: weights(configuration, scale: scale))
  }

  /// A folder that was written, whose parts a test then spoils.
  static func folder(
    _ contents: ModelContents = contents(), shardByteLimit: Int = 5_000_000_000
  ) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    var options = WritingOptions(type: .float32)
    options.shardByteLimit = shardByteLimit
    _ = try ModelWriter.write(contents, to: folder("m"), as: .huggingFace, options: options)
    return folder
  }

  /// The numbers of a weight, as float32.
  static func numbers(_ name: String, of source: any WeightSource) throws -> [Float] {
    try source.withWeight(name) { parts in
      parts.flatMap { part in
        let buffer = WeightCodec.decoded(part)
        return (0..<buffer.count).map { buffer.pointer[$0] }
      }
    }
  }

  /// Changes a folder's `config.json`.
  static func change(_ folder: TemporaryFolder, _ body: (inout [String: Any]) -> Void) throws {
    let url = URL(fileURLWithPath: folder("m/config.json"))
    var object =
      try JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any] ?? [:]
    body(&object)
    try JSONSerialization.data(withJSONObject: object).write(to: url)
  }

  /// What reading a folder says is wrong with it; nil where it reads.
  static func fault(_ path: String) -> String? {
    do {
      _ = try ModelReader.contents(at: path)
      return nil
    } catch {
      return "\(error)"
    }
  }
}
