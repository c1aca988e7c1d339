import Kernels
import Layers

/// What weights, gradients and the optimizer's moments are kept in between the steps of training.
public enum TrainingStorage: String, Sendable, Hashable, Codable, CaseIterable {
  /// Float32 throughout: 16 bytes a parameter, gradient included.
  case full
  /// Projections and their gradients in bfloat16, weights rounded at random (arXiv:2010.06192), and
  /// all moments in eight bits (arXiv:2110.02861): about 6 bytes a parameter, gradient included.
  ///
  /// Token tables and scales stay float32, with float32 gradients: a table's gradient is a sum over
  /// all tokens, and scales are few.
  case compact

  /// The type of projections and of their gradients.
  public var projectionType: ElementType {
    switch self {
    case .full: .float32
    case .compact: .bfloat16
    }
  }

  /// Bytes of so many elements.
  private static func bytes(_ elements: Int, _ type: ElementType) -> Int {
    elements * type.byteCount
  }

  /// Bytes of the weights, or of the gradients, of a model.
  ///
  /// - Parameters:
  ///   - projections: The elements of projections.
  ///   - others: All other parameters' elements.
  public func weightBytes(projections: Int, others: Int) -> Int {
    Self.bytes(projections, projectionType) + Self.bytes(others, .float32)
  }

  /// Bytes of both moments of so many parameters.
  public func momentBytes(_ parameters: Int) -> Int {
    switch self {
    case .full: 2 * Self.bytes(parameters, .float32)
    case .compact:
      2
        * (Self.bytes(parameters, .uint8)
          + Self.bytes(MomentCodes.scaleCount(for: parameters), .float32))
    }
  }
}
