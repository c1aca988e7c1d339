import Kernels
import Tensors

/// The parameters of a model in memory, as a source of weights.
public struct ParameterWeights: WeightSource {
  public let path: String
  public let weightNames: [String]
  private let tensors: [String: Tensor]

  /// - Parameter path: What messages call it.
  public init(_ model: some Module, path: String = "the model in memory") {
    self.path = path
    let parameters = model.parameters
    weightNames = parameters.map(\.name)
    tensors = Dictionary(uniqueKeysWithValues: parameters.map { ($0.name, $0.tensor) })
  }

  public func shape(of name: String) -> [Int]? { tensors[name]?.shape.dimensions }

  public func format(of name: String) -> WeightFormat? { tensors[name].map { Self.format(of: $0) } }

  public func withWeight<Result>(
    _ name: String, _ body: ([WeightPart]) throws -> Result
  ) throws -> Result {
    guard let tensor = tensors[name] else {
      throw WeightError.missing(
        path: path, weight: name, nearby: Array(weightNames.prefix(5)))
    }
    return try tensor.buffer.withBytes { bytes throws in
      try body([
        WeightPart(
          format: Self.format(of: tensor), elementCount: tensor.shape.elementCount, bytes: bytes)
      ])
    }
  }

  private static func format(of tensor: Tensor) -> WeightFormat {
    tensor.elementType == .bfloat16 ? .bfloat16 : .float32
  }
}
