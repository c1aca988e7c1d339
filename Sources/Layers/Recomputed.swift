import Tensors

/// `body(module, x)`, of which only x and the parameters are kept for backward, where it is computed
/// again (arXiv:1604.06174).
///
/// `body` must be a function of its arguments alone; then value and gradients have the bits they
/// would have without recomputation.
public func recomputed<M: Module>(
  _ module: M, _ x: Tensor, _ body: @escaping (M, Tensor) -> Tensor
) -> Tensor {
  let parameters = module.parameters.map(\.tensor)
  let detached = ([x] + parameters).map(\.detached)
  func value(of leaves: [Tensor]) -> Tensor {
    var copy = module
    copy.replaceParameters(by: Array(leaves.dropFirst()))
    return body(copy, leaves[0])
  }
  return recorded(value(of: detached), from: [x] + parameters) { dy in
    var gradients: [Tensor?] = []
    _ = valueWithGradient(at: detached, accumulatingInto: &gradients, seed: dy, value)
    return gradients.map { $0.map(Contribution.tensor) ?? .none }
  }
}
