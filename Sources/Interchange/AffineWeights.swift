import Kernels
import Layers
import Models

/// Weights that MLX quantized, as the numbers that it makes of them.
struct AffineWeights: WeightSource {
  let shards: SafetensorsShards

  init(_ shards: SafetensorsShards, configuration: OpenELMConfiguration) throws {
    throw InterchangeError.unsupportedFormat(
      path: shards.path, format: .mlx, reason: "quantized weights are not read yet")
  }

  var path: String { shards.path }
  var weightNames: [String] { shards.weightNames }
  func shape(of name: String) -> [Int]? { shards.shape(of: name) }
  func format(of name: String) -> WeightFormat? { shards.format(of: name) }
  func withWeight<Result>(_ name: String, _ body: ([WeightPart]) throws -> Result) throws -> Result
  {
    try shards.withWeight(name, body)
  }
}
