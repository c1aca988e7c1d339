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

  /// Random values that are a function of `seed`.
  public init(seed: UInt64) { method = .random(seed: seed) }

  private init(_ method: Method) { self.method = method }

  /// Zeros everywhere, for parameters that are about to be loaded.
  public static var zeros: ParameterInitializer { ParameterInitializer(.zeros) }

  /// A parameter of samples of the normal distribution.
  public mutating func normal(standardDeviation: Double, shape: Shape) -> Tensor {
    defer { stream += 1 }
    switch method {
    case .random(let seed):
      return Tensor(normal: standardDeviation, shape: shape, seed: seed, stream: stream)
    case .zeros: return Tensor(repeating: 0, shape: shape)
    }
  }

  /// A parameter of ones.
  public mutating func ones(shape: Shape) -> Tensor {
    defer { stream += 1 }
    return Tensor(repeating: 1, shape: shape)
  }
}
