import Kernels

/// How a model's function is computed, which changes rounding, memory and speed but never what the
/// function is.
public struct Execution: Sendable, Hashable, Encodable {
  /// What products are made of.
  public var precision: Precision
  /// What forward keeps for backward.
  public var recomputation: Recomputation

  /// Float32 throughout and everything kept, if nothing else is said.
  public init(precision: Precision = .float32, recomputation: Recomputation = .none) {
    self.precision = precision
    self.recomputation = recomputation
  }
}

/// The numbers that matrix products take in; they always add up in float32.
public enum Precision: String, Sendable, Hashable, Codable, CaseIterable {
  case float32 = "fp32"
  /// Mixed precision: activations between layers' parts and the weights' copies that products take
  /// are bfloat16; the residual stream, norms, softmax, loss, gradients of weights, master weights
  /// and moments stay float32.
  case bfloat16 = "bf16"
}

extension Precision {
  /// The type of the numbers that products take in.
  public var elementType: ElementType {
    switch self {
    case .float32: .float32
    case .bfloat16: .bfloat16
    }
  }
}

/// Which layers keep only their input in forward and compute the rest again in backward.
///
/// Bits do not change; a recomputed layer costs one more forward pass and next to no memory.
public enum Recomputation: Sendable, Hashable, Codable {
  case none
  /// The first so many layers: the ones whose activations would be kept longest.
  case layers(Int)
  case allLayers

  /// Whether the layer of this index computes again.
  public func includes(layer: Int) -> Bool {
    switch self {
    case .none: false
    case .layers(let count): layer < count
    case .allLayers: true
    }
  }

}

/// `none`, `all` or a number of layers, in words and in records.
extension Recomputation: LosslessStringConvertible {
  public init?(_ description: String) {
    switch description {
    case "none": self = .none
    case "all": self = .allLayers
    default:
      guard let count = Int(description), count >= 0 else { return nil }
      self = .layers(count)
    }
  }

  public var description: String {
    switch self {
    case .none: "none"
    case .layers(let count): String(count)
    case .allLayers: "all"
    }
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let value = Self(text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "recomputation \(text), expected none, all or a number")
    }
    self = value
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
