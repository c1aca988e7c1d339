import Tensors

/// A parameter with its checkpoint key.
public struct NamedTensor: Sendable {
  public let name: String
  public var tensor: Tensor

  public init(name: String, tensor: Tensor) {
    self.name = name
    self.tensor = tensor
  }
}

extension Module {
  /// The parameters with their checkpoint keys, in visiting order.
  public var parameters: [NamedTensor] {
    var copy = self
    var visitor = ParameterCollector()
    copy.visitParameters(&visitor)
    return visitor.parameters
  }

  /// The number of trainable numbers.
  public var parameterCount: Int { parameters.reduce(0) { $0 + $1.tensor.shape.elementCount } }

  /// Replaces the parameters, in visiting order, by tensors of the same shapes.
  public mutating func replaceParameters(by tensors: [Tensor]) {
    var visitor = ParameterReplacer(tensors: tensors)
    visitParameters(&visitor)
    precondition(
      visitor.index == tensors.count,
      "\(tensors.count) tensors for \(visitor.index) parameters")
  }

  /// Calls `body` with each parameter, its key and its place in visiting order, to be changed in
  /// place.
  public mutating func updateParameters(
    _ body: (_ name: String, _ index: Int, _ tensor: inout Tensor) -> Void
  ) {
    withoutActuallyEscaping(body) { body in
      var visitor = ParameterUpdater(body: body)
      visitParameters(&visitor)
    }
  }
}

private struct ParameterCollector: ParameterVisitor {
  var path = ParameterPath()
  var parameters: [NamedTensor] = []

  mutating func visitParameter(_ tensor: inout Tensor) {
    parameters.append(NamedTensor(name: path.description, tensor: tensor))
  }
}

private struct ParameterReplacer: ParameterVisitor {
  var path = ParameterPath()
  let tensors: [Tensor]
  var index = 0

  init(tensors: [Tensor]) { self.tensors = tensors }

  mutating func visitParameter(_ tensor: inout Tensor) {
    precondition(index < tensors.count, "no tensor for parameter \(path)")
    precondition(
      tensor.shape == tensors[index].shape,
      "parameter \(path) has shape \(tensor.shape), not \(tensors[index].shape)")
    tensor = tensors[index]
    index += 1
  }
}

private struct ParameterUpdater: ParameterVisitor {
  var path = ParameterPath()
  let body: (String, Int, inout Tensor) -> Void
  var index = 0

  init(body: @escaping (String, Int, inout Tensor) -> Void) { self.body = body }

  mutating func visitParameter(_ tensor: inout Tensor) {
    body(path.description, index, &tensor)
    index += 1
  }
}

/// Computes `body` of a model and adds the gradient by each of its parameters to `gradients`.
///
/// - Parameters:
///   - model: What to differentiate by; its parameters in visiting order are the leaves.
///   - gradients: Running sums in visiting order, updated in place; empty stands for zero. After the
///     call an entry is `nil` where the result does not depend on the parameter.
/// - Returns: The value, off the tape.
public func valueWithGradient<M: Module, Failure: Error>(
  at model: M, accumulatingInto gradients: inout [Tensor?],
  _ body: (M) throws(Failure) -> Tensor
) throws(Failure) -> Tensor {
  let leaves = model.parameters.map(\.tensor)
  return try valueWithGradient(at: leaves, accumulatingInto: &gradients) {
    (tracked) throws(Failure) in
    var copy = model
    copy.replaceParameters(by: tracked)
    return try body(copy)
  }
}
