import Tensors
import Testing

/// Checks an op's gradients against directional finite differences.
///
/// The op's result is reduced to Σ result · weights with fixed random weights. For each input the
/// directional derivative along a random direction is measured by a central difference in float32
/// (step `step`) and compared with Σ gradient · direction.
func checkGradients(
  _ name: String, of inputs: [Tensor], step: Float = 1e-2, tolerance: Double = 4e-3,
  _ op: ([Tensor]) -> Tensor
) {
  let shape = op(inputs).shape
  let weights = Tensor(normal: 1, shape: shape, seed: 99, stream: 0)
  let objective = { (values: [Tensor]) -> Tensor in (op(values) * weights).sum() }
  var gradients: [Tensor?] = []
  _ = valueWithGradient(at: inputs, accumulatingInto: &gradients, objective)
  for index in inputs.indices {
    guard let gradient = gradients[index] else {
      Issue.record("\(name): no gradient for input \(index)")
      continue
    }
    let direction = Tensor(
      normal: 1, shape: inputs[index].shape, seed: 7, stream: UInt64(index))
    var (above, below) = (inputs, inputs)
    above[index] = inputs[index] + direction.scaled(by: step)
    below[index] = inputs[index] - direction.scaled(by: step)
    let measured =
      (dot(op(above), weights) - dot(op(below), weights)) / (2 * Double(step))
    let computed = dot(gradient, direction)
    let size = max(1, norm(gradient) * norm(direction) / 4)
    #expect(
      abs(measured - computed) < tolerance * size,
      "\(name), input \(index): measured \(measured), computed \(computed)")
  }
}

/// Σ a · b in float64.
func dot(_ a: Tensor, _ b: Tensor) -> Double {
  zip(a.scalars, b.scalars).reduce(0) { $0 + Double($1.0) * Double($1.1) }
}

private func norm(_ a: Tensor) -> Double { dot(a, a).squareRoot() }

/// A tensor of samples of the standard normal distribution.
func random(_ shape: Shape, _ stream: UInt64, deviation: Double = 1) -> Tensor {
  Tensor(normal: deviation, shape: shape, seed: 1, stream: stream)
}
