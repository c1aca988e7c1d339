import GGUF
import Kernels
import Layers
import Models

/// The weights of a GGUF file under this project's names, where they lie in the file.
struct GGUFWeightSource: WeightSource {
  private let file: GGUFFile
  private let weights: [String: Weight]
  let weightNames: [String]

  var path: String { file.path }

  private struct Weight: Sendable {
    var shape: [Int]
    var tensors: [GGUFTensor]
  }

  /// - Throws: `WeightError` for the first tensor that lacks, contradicts the configuration, or is left
  ///   over.
  init(_ file: GGUFFile, _ configuration: OpenELMConfiguration) throws(WeightError) {
    self.file = file
    var weights: [String: Weight] = [:]
    var names: [String] = []
    var known: Set<String> = []
    for part in GGUFTensorNames.parts(of: configuration) {
      guard let tensor = file.tensor(part.tensor) else {
        throw .missing(
          path: file.path, weight: part.tensor, nearby: file.tensors.prefix(5).map(\.name))
      }
      guard tensor.shape == part.shape else {
        throw .wrongShape(
          path: file.path, weight: part.tensor, expected: part.shape, found: tensor.shape)
      }
      known.insert(part.tensor)
      guard var weight = weights[part.weight] else {
        weights[part.weight] = Weight(shape: tensor.shape, tensors: [tensor])
        names.append(part.weight)
        continue
      }
      weight.shape[0] += tensor.shape[0]
      weight.tensors.append(tensor)
      weights[part.weight] = weight
    }
    if let stray = file.tensors.first(where: { !known.contains($0.name) }) {
      throw .unexpected(path: file.path, weight: stray.name, shape: stray.shape)
    }
    self.weights = weights
    weightNames = names
  }

  func shape(of name: String) -> [Int]? { weights[name]?.shape }

  func format(of name: String) -> WeightFormat? { weights[name]?.tensors.first?.format }

  func withWeight<Result>(
    _ name: String, _ body: ([WeightPart]) throws -> Result
  ) throws -> Result {
    guard let weight = weights[name] else {
      throw WeightError.missing(path: path, weight: name, nearby: Array(weightNames.prefix(5)))
    }
    return try withParts(of: weight.tensors[...], after: [], body)
  }

  private func withParts<Result>(
    of tensors: ArraySlice<GGUFTensor>, after parts: [WeightPart],
    _ body: ([WeightPart]) throws -> Result
  ) throws -> Result {
    guard let tensor = tensors.first else { return try body(parts) }
    return try file.withPart(of: tensor) {
      try withParts(of: tensors.dropFirst(), after: parts + [$0], body)
    }
  }
}
