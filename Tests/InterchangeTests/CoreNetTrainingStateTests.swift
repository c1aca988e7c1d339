import Corpora
import Foundation
import Interchange
import Kernels
import Layers
import Models
import PyTorchFiles
import Tensors
import TestSupport
import Testing
import Training

/// Training states that PyTorch's own AdamW wrote (`Scripts/make-corenet-fixture.py`).
@Suite struct CoreNetTrainingStateTests {
  static func fixture(_ name: String) -> String {
    URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/\(name)").path
  }

  private static func numbers(_ source: any WeightSource, _ name: String) throws -> [Float] {
    try source.withWeight(name) { parts in
      parts.flatMap { part in
        WeightCodec.encoded(part, as: .float32).withUnsafeBytes {
          Array($0.bindMemory(to: Float.self))
        }
      }
    }
  }

  @Test(arguments: ["adamw.pt", "fused.pt"]) func aStateOfPyTorchsIsRead(_ name: String) throws {
    let state = try CoreNetTrainingState.read(path: Self.fixture(name), contextLength: 32)
    #expect(state.iteration == 4 && state.epoch == 0 && state.updateCount == 4)
    #expect(state.run == nil && state.notes.isEmpty)
    #expect(state.configuration.layers.map(\.attention.queryHeads) == [2, 4])
    #expect(state.configuration.layers.map(\.feedForwardWidth) == [8, 16])
    #expect(state.optimizer.beta2 == 0.95 && state.optimizer.weightDecay == 0.1)
    for source in [state.firstMoments, state.secondMoments] {
      try state.configuration.check(source)
    }
  }

  /// The next three steps are PyTorch's own: rates, moments, corrections, decay and the order of names.
  ///
  /// Weights are of size 1, and were measured to differ by 1.2e-7, their last bit; sums of another order,
  /// as other machines make them, may move some by a few.
  @Test(arguments: ["adamw", "fused"]) func trainingGoesOnAsPyTorchs(_ name: String) throws {
    let state = try CoreNetTrainingState.read(path: Self.fixture("\(name).pt"), contextLength: 32)
    var initializer = ParameterInitializer.zeros(projectionType: .float32)
    var model = state.configuration.makeModel(&initializer)
    try model.loadWeights(from: state.weights)
    var trainer = Trainer(
      model,
      settings: TrainingSettings(
        optimizer: AdamW(), schedule: LearningRateSchedule(warmupSteps: 3, maximum: 0.01),
        zLossWeight: 1e-4, totalSteps: 20))
    for index in trainer.optimizerState.firstMoments.indices {
      try trainer.optimizerState.firstMoments[index].replaceTensors {
        try state.firstMoments.tensor($0.name, shape: $0.tensor.shape)
      }
      try trainer.optimizerState.secondMoments[index].replaceTensors {
        try state.secondMoments.tensor($0.name, shape: $0.tensor.shape)
      }
    }
    trainer.step = state.iteration
    trainer.optimizerState.updateCount = state.updateCount

    let continued = try PyTorchFile(path: Self.fixture("continued.pt"))
    let root = try #require(continued.root.dictionary)
    let tokens = try #require(root["tokens"]?.tensor)
    let rows = try continued.withBytes(of: tokens) { bytes in
      (0..<tokens.elementCount).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Int32.self) }
    }
    let expected = try #require(root[name]?.dictionary)
    let losses = try #require(expected["losses"]?.elements).map { $0.number ?? .nan }
    let (batch, length) = (tokens.shape[1], tokens.shape[2])
    for step in 0..<tokens.shape[0] {
      var (inputs, targets): ([Int32], [Int32]) = ([], [])
      for row in 0..<batch {
        let start = (step * batch + row) * length
        inputs += rows[start..<start + length - 1]
        targets += rows[start + 1..<start + length]
      }
      let report = trainer.takeStep(on: [
        Batch(inputs: inputs, targets: targets, batchSize: batch)
      ])
      #expect(abs(report.loss - losses[step]) < 5e-6, "step \(step)")
    }
    let weights = try #require(expected["weights"]?.dictionary)
    var largest: Float = 0
    for parameter in trainer.model.parameters {
      let tensor = try #require(weights[parameter.name]?.tensor)
      let theirs = try continued.withBytes(of: tensor) { bytes in
        (0..<tensor.elementCount).map {
          bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self)
        }
      }
      #expect(theirs.count == parameter.tensor.shape.elementCount)
      for (a, b) in zip(parameter.tensor.scalars, theirs) { largest = max(largest, abs(a - b)) }
    }
    #expect(largest < 1e-6, "the largest difference is \(largest)")
  }

  // MARK: - Variants

  /// A state whose moments are numbers of their parameters, written as other optimizers do.
  private static func variant(
    step: PyTorchContents?, groupStep: PyTorchContents? = nil, names: Bool = false,
    byName: Bool = false, singleGroup: Bool = false,
    change: (inout [(key: PyTorchContents.Key, value: PyTorchContents)]) -> Void = { _ in }
  ) -> PyTorchContents {
    let source = CountingWeights(CoreNetFileTests.small)
    func tensor(_ name: String, _ shape: [Int], _ value: Float) -> PyTorchContents {
      let count = shape.reduce(1, *)
      let bytes = [Float](repeating: value, count: count).withUnsafeBytes { Array($0) }
      return .tensor(.init(.float32, shape: shape, bytes: bytes))
    }
    let weights = source.shapes.map { name, shape in
      (key: PyTorchContents.Key.string(name), value: tensor(name, shape, 1))
    }
    let groups =
      singleGroup
      ? [source.shapes]
      : [source.shapes.filter { $0.shape.count > 1 }, source.shapes.filter { $0.shape.count == 1 }]
    var states: [(key: PyTorchContents.Key, value: PyTorchContents)] = []
    for (number, (name, shape)) in groups.joined().enumerated() {
      var entries: [(key: PyTorchContents.Key, value: PyTorchContents)] = [
        ("exp_avg", tensor(name, shape, Float(number))),
        ("exp_avg_sq", tensor(name, shape, Float(number) + 0.5)),
      ]
      if let step { entries.append(("step", step)) }
      states.append((byName ? .string("module.\(name)") : .integer(number), .dictionary(entries)))
    }
    change(&states)
    var start = 0
    let described = groups.map { group -> PyTorchContents in
      let identifiers: [PyTorchContents] =
        byName
        ? group.map { .string("module.\($0.name)") }
        : (start..<start + group.count).map { .integer($0) }
      start += group.count
      var entries: [(key: PyTorchContents.Key, value: PyTorchContents)] = [
        ("params", .list(identifiers))
      ]
      if let groupStep { entries.append(("step", groupStep)) }
      if names { entries.append(("param_names", .list(group.map { .string($0.name) }))) }
      return .dictionary(entries)
    }
    return .dictionary([
      ("iterations", .integer(9)), ("epoch", .integer(1)),
      ("model_state_dict", .dictionary(weights)),
      (
        "optim_state_dict",
        .dictionary([("state", .dictionary(states)), ("param_groups", .list(described))])
      ),
    ])
  }

  private static func read(_ contents: PyTorchContents) throws -> CoreNetTrainingState {
    let folder = try TemporaryFolder()
    try PyTorchWriter.write(contents, to: folder("a.pt"))
    return try CoreNetTrainingState.read(path: folder("a.pt"))
  }

  private static func fault(_ contents: PyTorchContents) -> String {
    do {
      _ = try read(contents)
      return "read"
    } catch {
      return "\(error)"
    }
  }

  @Test func everyOptimizersCountIsFound() throws {
    let bytes = withUnsafeBytes(of: Float(7).bitPattern) { Array($0) }
    let tensor = PyTorchContents.tensor(.init(.float32, shape: [], bytes: bytes))
    for step in [.integer(7), .float(7), tensor] as [PyTorchContents] {
      #expect(try Self.read(Self.variant(step: step)).updateCount == 7)
      #expect(try Self.read(Self.variant(step: nil, groupStep: step)).updateCount == 7)
    }
    let untold = try Self.read(Self.variant(step: nil))
    #expect(untold.updateCount == 9)
    #expect(untold.notes.contains { $0.contains("does not tell its updates") })
  }

  @Test func momentsFindTheirParameters() throws {
    let source = CountingWeights(CoreNetFileTests.small)
    for (byName, names, single) in [
      (false, false, false), (true, false, false), (false, true, false), (false, false, true),
    ] {
      let state = try Self.read(
        Self.variant(step: .integer(1), names: names, byName: byName, singleGroup: single))
      let order =
        single
        ? source.shapes
        : source.shapes.filter { $0.shape.count > 1 } + source.shapes.filter { $0.shape.count == 1 }
      for (number, (name, _)) in order.enumerated() {
        #expect(try Self.numbers(state.firstMoments, name)[0] == Float(number), "\(name)")
        #expect(try Self.numbers(state.secondMoments, name)[0] == Float(number) + 0.5)
      }
    }
  }

  @Test func statesThatDoNotFitAreRefused() throws {
    #expect(Self.fault(Self.variant(step: .integer(1))) == "read")
    #expect(Self.fault(Self.variant(step: .integer(-1))).contains("a number of updates"))
    #expect(Self.fault(Self.variant(step: .float(1.5))).contains("a number of updates"))
    #expect(Self.fault(Self.variant(step: .string("x"))).contains("a number of updates"))
    // States of one shape missing, exchanged with one of another shape, and of another count.
    let missing = Self.variant(step: .integer(1)) { $0.removeLast() }
    #expect(Self.fault(missing).contains("the state of"))
    let exchanged = Self.variant(step: .integer(1)) { states in
      (states[0].value, states[1].value) = (states[1].value, states[0].value)
    }
    #expect(Self.fault(exchanged).contains("the shape"))
    let uneven = Self.variant(step: .integer(1)) { states in
      guard case .dictionary(let entries, _) = states[3].value else { return }
      states[3].value = .dictionary(
        entries.map { $0.key == "step" ? ($0.key, .integer(2)) : ($0.key, $0.value) })
    }
    #expect(Self.fault(uneven).contains("1 updates, as of"))
    let empty = Self.variant(step: .integer(1)) { $0[2].value = .dictionary([]) }
    #expect(Self.fault(empty).contains("exp_avg"))
    #expect(
      Self.fault(.dictionary([("model_state_dict", .integer(1))])).contains("model_state_dict"))
    let weights = PyTorchContents.dictionary([])
    #expect(Self.fault(weights).contains("weights alone"))
    #expect(
      Self.fault(.dictionary([("model_state_dict", .dictionary([])), ("iterations", .none)]))
        .contains("iterations"))
  }

  @Test func whatIsWrittenIsReadAgain() throws {
    let folder = try TemporaryFolder()
    var state = try CoreNetTrainingState.read(
      path: Self.fixture("adamw.pt"), contextLength: 32)
    state.run = .init(state: "{}", recipe: "{\"name\": \"é\"}", tokenizer: [1, 2, 3])
    try state.write(to: folder("again.pt"))
    let again = try CoreNetTrainingState.read(path: folder("again.pt"), contextLength: 32)
    #expect(again.iteration == 4 && again.updateCount == 4 && again.run == state.run)
    #expect(again.configuration == state.configuration && again.optimizer == state.optimizer)
    for (a, b) in [
      (state.weights, again.weights), (state.firstMoments, again.firstMoments),
      (state.secondMoments, again.secondMoments),
    ] {
      for name in a.weightNames {
        #expect(try Self.numbers(a, name) == Self.numbers(b, name))
      }
    }
  }

  private static let python = PythonProgram.python("SAMARA_TORCH_PYTHON", importing: "torch")

  @Test(
    .enabled(if: python != nil, "no python3 with torch; SAMARA_TORCH_PYTHON may name one"),
    .timeLimit(.minutes(5)))
  func pyTorchResumesFromWhatIsWritten() throws {
    let folder = try TemporaryFolder()
    var state = try CoreNetTrainingState.read(
      path: Self.fixture("fused.pt"), contextLength: 32)
    state.run = .init(state: "{}", recipe: "{}", tokenizer: [1, 2, 3])
    try state.write(to: folder("last.pt"))
    let (status, log) = try PythonProgram.run(
      "check_pytorch.py", with: Self.python ?? "python3", [folder("last.pt"), "--resume"])
    #expect(status == 0, "\(log)")
  }
}
