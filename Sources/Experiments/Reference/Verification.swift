import Checkpoints
import Corpora
import Foundation
import Generation
import Kernels
import Layers
import Models
import Tensors
import Training

/// How far this build is from a reference run, and how far it may be.
public struct Verification: Sendable, Hashable, Encodable {
  /// Of the logits of one batch.
  public var logitsMaxAbsError = 0.0
  /// Of the losses of that batch.
  public var lossMaxAbsError = 0.0
  /// The worst tensor's ‖ours − theirs‖ / ‖theirs‖.
  public var gradientsMaxRelativeError = 0.0
  /// Over all steps.
  public var learningRateMaxRelativeError = 0.0
  /// Over all steps.
  public var trainingLossMaxRelativeError = 0.0
  /// Over all steps.
  public var gradientNormMaxRelativeError = 0.0
  /// The worst tensor's after all steps.
  public var weightsMaxRelativeError = 0.0
  /// Whether greedy generation with a cache gives the reference's tokens.
  public var greedyMatches = false

  /// One number, its bound, and the distance of the reference in float64 from itself in float32.
  public struct Check: Sendable {
    public let name: String
    public let value: Double
    public let bound: Double
    public let referenceDistance: Double

    public var passes: Bool { value <= bound }
  }

  /// The numbers with their bounds.
  public var checks: [Check] {
    [
      Check(name: "logits", value: logitsMaxAbsError, bound: 1e-4, referenceDistance: 8e-6),
      Check(name: "loss", value: lossMaxAbsError, bound: 2e-5, referenceDistance: 1e-6),
      Check(
        name: "gradients", value: gradientsMaxRelativeError, bound: 5e-5, referenceDistance: 3e-6),
      Check(
        name: "learning rate", value: learningRateMaxRelativeError, bound: 1e-9,
        referenceDistance: 0),
      Check(
        name: "training loss", value: trainingLossMaxRelativeError, bound: 5e-5,
        referenceDistance: 1e-6),
      Check(
        name: "gradient norm", value: gradientNormMaxRelativeError, bound: 2e-4,
        referenceDistance: 9e-6),
      Check(
        name: "trained weights", value: weightsMaxRelativeError, bound: 2e-4,
        referenceDistance: 5e-6),
    ]
  }

  /// Whether every number is within its bound; one that is not a number is not.
  public var passes: Bool { greedyMatches && checks.allSatisfy(\.passes) }

  /// One JSON object with the numbers.
  public func json() throws -> Data { try JSONRecord.encode(self) }

  /// Builds the reference's configuration, loads its weights and repeats what it did.
  ///
  /// - Throws: `ExperimentError`, `CheckpointError`.
  public init(of reference: ReferenceRun) throws {
    var initializer = ParameterInitializer.zeros()
    var model = reference.model.makeModel(&initializer)
    try TensorFile.load(&model, from: reference.file("initial"))
    try compareForward(model, reference)
    greedyMatches = try Self.greedyMatches(model, reference)
    try compareTraining(model, reference)
  }

  private mutating func compareForward(_ model: OpenELM, _ reference: ReferenceRun) throws {
    let file = try reference.file("forward")
    let inputs = try TokenTensor(named: "input_ids", in: file, below: model.vocabularySize)
    let targets = reference.marked(
      try TokenTensor(named: "targets", in: file, below: model.vocabularySize).values)
    let shape = inputs.shape
    guard shape.count == 2, shape[0] > 0, targets.count == inputs.values.count,
      shape[1] <= 2 * model.contextLength
    else {
      throw ExperimentError.unreadableReference(
        path: file.path, reason: "inputs of shape \(shape) and \(targets.count) targets")
    }
    let batch = shape[0]
    let logits = model.logits(of: inputs.values, batch: batch)
    let theirLogits = try TensorFile.tensor(named: "logits", in: file)
    guard theirLogits.shape.elementCount == logits.shape.elementCount else {
      throw ExperimentError.unreadableReference(
        path: file.path, reason: "logits of shape \(theirLogits.shape)")
    }
    logitsMaxAbsError = distance(logits, theirLogits).largest
    var gradients: [Tensor?] = []
    var (crossEntropy, zLoss) = (0.0, 0.0)
    _ = valueWithGradient(at: model, accumulatingInto: &gradients) { model in
      let loss = model.loss(
        of: inputs.values, targets: targets, batch: batch,
        zWeight: Float(reference.settings.zLossWeight))
      (crossEntropy, zLoss) = (loss.crossEntropy, loss.zLoss)
      return loss.total
    }
    func scalar(_ name: String) throws -> Double {
      Double(try TensorFile.tensor(named: name, in: file).scalar)
    }
    let theirs = (try scalar("ce_loss"), try scalar("z_loss_valid_only"))
    lossMaxAbsError = [
      crossEntropy - theirs.0, zLoss - theirs.1,
      crossEntropy + zLoss - theirs.0 - theirs.1,
    ].map(abs).reduce(0, Self.worse)
    let expected = try reference.file("gradients")
    for (parameter, gradient) in zip(model.parameters, gradients) {
      let theirs = try TensorFile.tensor(
        named: parameter.name, shape: parameter.tensor.shape, in: expected)
      let ours = gradient ?? Tensor(repeating: 0, shape: theirs.shape)
      gradientsMaxRelativeError = Self.worse(
        gradientsMaxRelativeError, distance(ours, theirs).relative)
    }
  }

  private mutating func compareTraining(_ model: OpenELM, _ reference: ReferenceRun) throws {
    let batches = try TokenTensor(
      named: "batches", in: reference.file("batches"), below: model.vocabularySize)
    guard batches.shape.count == 3, batches.shape[0] >= reference.log.count,
      batches.shape[1] > 0, (2...2 * model.contextLength).contains(batches.shape[2])
    else {
      throw ExperimentError.unreadableReference(
        path: reference.path,
        reason: "batches of shape \(batches.shape) for \(reference.log.count) logged steps")
    }
    var trainer = Trainer(model, settings: reference.settings)
    for (step, theirs) in reference.log.enumerated() {
      let ours = trainer.takeStep(on: [batches.batch(step, reference)])
      learningRateMaxRelativeError = Self.worse(
        learningRateMaxRelativeError, relative(ours.learningRate, theirs.lr))
      trainingLossMaxRelativeError = Self.worse(
        trainingLossMaxRelativeError, relative(ours.loss, theirs.loss))
      gradientNormMaxRelativeError = Self.worse(
        gradientNormMaxRelativeError, relative(ours.gradientNorm, theirs.gradNorm))
    }
    let expected = try reference.file("trained")
    for parameter in trainer.model.parameters {
      let theirs = try TensorFile.tensor(
        named: parameter.name, shape: parameter.tensor.shape, in: expected)
      weightsMaxRelativeError = Self.worse(
        weightsMaxRelativeError, distance(parameter.tensor, theirs).relative)
    }
  }

  /// Whether the engine that writes text gives the reference's tokens, in float32.
  private static func greedyMatches(
    _ model: OpenELM, _ reference: ReferenceRun
  ) throws -> Bool {
    let (prompt, continuation) = (reference.greedy.prompt, reference.greedy.continuation)
    let decoder = try OpenELMDecoder(
      model.configuration, weights: ParameterWeights(model), format: .float32)
    let sampler = try Sampler(SamplingOptions(), limit: model.vocabularySize)
    let session = decoder.makeSession(
      capacities: [prompt.count + continuation.count], rowsAtOnce: 1)
    session.read(prompt, sequence: 0)
    for (index, expected) in continuation.enumerated() {
      let token = try session.withScores(row: 0) {
        try sampler.choose(from: $0, position: prompt.count + index)
      }
      guard token == expected else { return false }
      session.step([DecodingRow(sequence: 0, token: token)])
    }
    return true
  }

  /// The larger of two errors, where not a number is the largest of all.
  private static func worse(_ a: Double, _ b: Double) -> Double {
    a.isNaN || b.isNaN ? .nan : max(a, b)
  }
}

/// Tokens of a reference run's file.
private struct TokenTensor {
  let shape: [Int]
  let values: [Int32]

  /// - Throws: `CheckpointError.tensorMismatch` for another type, or a token outside 0..<`limit`.
  init(
    named name: String, in file: SafetensorsFile, below limit: Int
  ) throws(CheckpointError) {
    let entry = try file.entry(named: name)
    guard entry.type == .int32 else {
      throw .tensorMismatch(
        path: file.path, tensor: name, expected: "the type I32", found: entry.type.rawValue)
    }
    let bytes = try file.bytes(of: name)
    shape = entry.shape
    values = (0..<bytes.count / 4).map {
      Int32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Int32.self))
    }
    if let stray = values.first(where: { $0 < 0 || $0 >= limit }) {
      throw .tensorMismatch(
        path: file.path, tensor: name, expected: "tokens below \(limit)", found: "\(stray)")
    }
  }

  /// Step `step` of [steps, rows, length + 1] tokens.
  func batch(_ step: Int, _ reference: ReferenceRun) -> Batch {
    let (rows, width) = (shape[1], shape[2])
    var (inputs, targets) = ([Int32](), [Int32]())
    for row in 0..<rows {
      let start = (step * rows + row) * width
      inputs += values[start..<start + width - 1]
      targets += values[start + 1..<start + width]
    }
    return Batch(inputs: inputs, targets: reference.marked(targets), batchSize: rows)
  }
}

private func relative(_ ours: Double, _ theirs: Double) -> Double {
  abs(ours - theirs) / max(abs(theirs), .leastNormalMagnitude)
}

/// The largest |ours − theirs|, and ‖ours − theirs‖ / ‖theirs‖, in float64.
private func distance(_ ours: Tensor, _ theirs: Tensor) -> (largest: Double, relative: Double) {
  var (largest, difference, size) = (0.0, 0.0, 0.0)
  for (a, b) in zip(ours.scalars, theirs.scalars) {
    let gap = Double(a) - Double(b)
    // A comparison with what is not a number must not look like agreement.
    if !(abs(gap) <= largest) { largest = abs(gap) }
    difference += gap * gap
    size += Double(b) * Double(b)
  }
  return (largest, (difference / max(size, .leastNormalMagnitude)).squareRoot())
}
