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
  private var places: [Place] = []

  /// What the gradient of a tensor on the tape looks like.
  private struct Place {
    let shape: Shape
    let elementType: ElementType
  }

  /// Puts a tensor on the tape as a place where gradients end.
  func leaf(_ tensor: Tensor) -> Tensor { tracked(tensor) }

  func record(_ value: Tensor, inputs: [Int?], pullback: @escaping Pullback) -> Tensor {
    let result = tracked(value)
    entries.append(Entry(inputs: inputs, output: places.count - 1, pullback: pullback))
    return result
  }

  private func tracked(_ tensor: Tensor) -> Tensor {
    var result = tensor
    result.node = TapeNode(tape: self, index: places.count)
    places.append(Place(shape: tensor.shape, elementType: tensor.elementType))
    return result
  }

  /// Walks the entries from the last to the first and lets go of each as it passes.
  ///
  /// `seed` is the gradient of the output; `gradients` holds what leaves have gathered so far (by
  /// node index) and is added to.
  func backward(from output: Tensor, seed: Tensor, into gradients: inout [Int: Tensor]) {
    guard let node = output.node, node.tape === self else {
      entries.removeAll()
      return
    }
    gradients[node.index] = seed
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
      let place = places[index]
      precondition(
        tensor.shape == place.shape && tensor.elementType == place.elementType,
        "a gradient of shape \(tensor.shape) and type \(tensor.elementType) for a tensor of shape "
          + "\(place.shape) and type \(place.elementType)")
      if sum != nil {
        sum?.accumulate(tensor)
      } else {
        sum = tensor.detached
      }
    case .inPlace(let write):
      if sum != nil {
        sum?.withMutableBuffer { write($0, true) }
      } else {
        let place = places[index]
        let buffer = Buffer(uninitializedCount: place.shape.elementCount, of: place.elementType)
        write(buffer, false)
        sum = Tensor(buffer, shape: place.shape)
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
  recorded(value, from: inputs, pullback: pullback)
}

/// The same for a number of inputs that is not known in the code.
public func recorded(
  _ value: Tensor, from inputs: [Tensor], pullback: @escaping (_ dy: Tensor) -> [Contribution]
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
///   - seed: The gradient of the result itself; ones if there is none.
///   - body: Gets the leaves, on a tape; returns a tensor, usually a scalar.
public func valueWithGradient<Failure: Error>(
  at leaves: [Tensor], accumulatingInto gradients: inout [Tensor?], seed: Tensor? = nil,
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
  let seed = seed ?? Tensor(repeating: 1, shape: value.shape, elementType: value.elementType)
  tape.backward(from: value, seed: seed, into: &sums)
  gradients = leaves.indices.map { sums.removeValue(forKey: $0) }
  return value.detached
}
