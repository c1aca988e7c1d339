import Kernels
import Tensors

/// Where the initial values of parameters come from.
///
/// Each parameter draws from a stream of its own, numbered in the order of creation, so its value is
/// a function of the seed and its place in the model.
public struct ParameterInitializer: Sendable {
  private enum Method {
    case random(seed: UInt64)
    case zeros
  }

  private let method: Method
  private var stream: UInt64 = 0
  /// The type of projections' weights.
  public let projectionType: ElementType

  /// Random values that are a function of `seed`.
  public init(seed: UInt64, projectionType: ElementType = .float32) {
    self.init(.random(seed: seed), projectionType)
  }

  private init(_ method: Method, _ projectionType: ElementType) {
    self.method = method
    self.projectionType = projectionType
  }

  /// Zeros everywhere, for parameters that are about to be loaded.
  public static func zeros(projectionType: ElementType = .float32) -> ParameterInitializer {
    ParameterInitializer(.zeros, projectionType)
  }

  /// A parameter of samples of the normal distribution, drawn in float32 and rounded to the nearest
  /// where its type is narrower.
  public mutating func normal(
    standardDeviation: Double, shape: Shape, elementType: ElementType = .float32
  ) -> Tensor {
    defer { stream += 1 }
    switch method {
    case .random(let seed):
      return Tensor(normal: standardDeviation, shape: shape, seed: seed, stream: stream)
        .converted(to: elementType)
    case .zeros: return Tensor(repeating: 0, shape: shape, elementType: elementType)
    }
  }

  /// A parameter of ones.
  public mutating func ones(shape: Shape) -> Tensor {
    defer { stream += 1 }
    return Tensor(repeating: 1, shape: shape)
  }
}
