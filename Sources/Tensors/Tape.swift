import Kernels

/// What a pullback adds to the gradient of one input.
public enum Contribution {
  /// Nothing flows to this input.
  case none
  /// A gradient of the input's shape.
  case tensor(Tensor)
  /// A computation that writes into the gradient itself: over it, or onto what is already there.
  ///
  /// Matrix products add in place at no cost, so a weight that is used often needs no second buffer.
  case inPlace((_ gradient: Buffer, _ accumulating: Bool) -> Void)
}

/// The operations of one gradient scope, in the order they ran.
///
/// Entries hold closures that hold tensors that hold nodes; nodes hold the tape weakly, so nothing
/// here keeps itself alive.
final class Tape {
  typealias Pullback = (Tensor) -> [Contribution]

  private struct Entry {
    let inputs: [Int?]
    let output: Int
    let pullback: Pullback
  }

  private var entries: [Entry] = []
  private var shapes: [Shape] = []

  /// Puts a tensor on the tape as a place where gradients end.
  func leaf(_ tensor: Tensor) -> Tensor { tracked(tensor) }

  func record(_ value: Tensor, inputs: [Int?], pullback: @escaping Pullback) -> Tensor {
    let result = tracked(value)
    entries.append(Entry(inputs: inputs, output: shapes.count - 1, pullback: pullback))
    return result
  }

  private func tracked(_ tensor: Tensor) -> Tensor {
    var result = tensor
    result.node = TapeNode(tape: self, index: shapes.count)
    shapes.append(tensor.shape)
    return result
  }

  /// Walks the entries from the last to the first and lets go of each as it passes.
  ///
  /// `gradients` holds what leaves have gathered so far (by node index) and is added to.
  func backward(from output: Tensor, seed: Float, into gradients: inout [Int: Tensor]) {
    guard let node = output.node, node.tape === self else {
      entries.removeAll()
      return
    }
    gradients[node.index] = Tensor(repeating: seed, shape: output.shape)
    while let entry = entries.popLast() {
      guard let dy = gradients.removeValue(forKey: entry.output) else { continue }
      let contributions = entry.pullback(dy)
      precondition(
        contributions.count == entry.inputs.count,
        "a pullback gave \(contributions.count) gradients for \(entry.inputs.count) inputs")
      for (input, contribution) in zip(entry.inputs, contributions) {
        if let input { add(contribution, to: input, in: &gradients) }
      }
    }
  }

  private func add(_ contribution: Contribution, to index: Int, in gradients: inout [Int: Tensor]) {
    var sum = gradients.removeValue(forKey: index)
    switch contribution {
    case .none: break
    case .tensor(let tensor):
      precondition(
        tensor.shape == shapes[index],
        "a gradient of shape \(tensor.shape) for a tensor of shape \(shapes[index])")
      if sum != nil {
        sum?.accumulate(tensor)
      } else {
        sum = tensor.detached
      }
    case .inPlace(let write):
      if sum != nil {
        sum?.withMutableBuffer { write($0, true) }
      } else {
        let buffer = Buffer(uninitializedCount: shapes[index].elementCount)
        write(buffer, false)
        sum = Tensor(buffer, shape: shapes[index])
      }
    }
    gradients[index] = sum
  }
}

/// A tensor's place on a tape.
final class TapeNode: @unchecked Sendable {
  weak var tape: Tape?
  let index: Int

  init(tape: Tape, index: Int) {
    self.tape = tape
    self.index = index
  }
}

extension Tensor {
  fileprivate mutating func withMutableBuffer(_ body: (Buffer) -> Void) { body(mutableBuffer()) }

  /// Adds `other` to this tensor in place.
  public mutating func accumulate(_ other: Tensor, scaledBy factor: Float = 1) {
    precondition(shape == other.shape, "shapes \(shape) and \(other.shape) differ")
    Elementwise.accumulate(other.buffer, scaledBy: factor, into: mutableBuffer())
  }
}

/// Returns `value`, put on the tape of its inputs if any of them is on one.
///
/// Only this function knows of tapes: an op computes its value, and says in `pullback` how a
/// gradient of the value becomes gradients of the inputs, in their order. The closure should
/// capture the least it can; what it captures lives until backward has passed.
public func recorded(
  _ value: Tensor, from inputs: Tensor..., pullback: @escaping (_ dy: Tensor) -> [Contribution]
) -> Tensor {
  var tape: Tape?
  for input in inputs {
    guard let found = input.node?.tape else { continue }
    precondition(tape == nil || tape === found, "inputs of one op belong to two gradient scopes")
    tape = found
  }
  guard let tape else { return value }
  let indices = inputs.map { $0.node?.tape == nil ? nil : $0.node?.index }
  return tape.record(value, inputs: indices, pullback: pullback)
}

/// Computes `body` of the given tensors and the gradient of its result with respect to each.
///
/// - Parameters:
///   - leaves: What to differentiate by.
///   - gradients: Sums that the gradients are added to, in the order of `leaves`; `nil` stands for
///     zero. They are updated in place.
///   - seed: The gradient of the result itself.
///   - body: Gets the leaves, on a tape; returns a tensor, usually a scalar.
public func valueWithGradient<Failure: Error>(
  at leaves: [Tensor], accumulatingInto gradients: inout [Tensor?], seed: Float = 1,
  _ body: ([Tensor]) throws(Failure) -> Tensor
) throws(Failure) -> Tensor {
  precondition(
    gradients.isEmpty || gradients.count == leaves.count,
    "\(gradients.count) gradients for \(leaves.count) tensors")
  let tape = Tape()
  let tracked = leaves.map { tape.leaf($0.detached) }
  let value = try body(tracked)
  var sums: [Int: Tensor] = [:]
  for (index, gradient) in gradients.enumerated() { sums[index] = gradient }
  gradients.removeAll(keepingCapacity: true)
  tape.backward(from: value, seed: seed, into: &sums)
  gradients = leaves.indices.map { sums.removeValue(forKey: $0) }
  return value.detached
}
