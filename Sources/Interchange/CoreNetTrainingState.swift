import Layers
import Models
import PyTorchFiles
import Tokenization

/// CoreNet's full training checkpoint (`training_checkpoint_last.pt`): weights, AdamW's moments, and how far
/// training has come.
///
/// Source: `get_training_state` in `corenet/utils/checkpoint_utils.py` of https://github.com/apple/corenet.
public struct CoreNetTrainingState: Sendable {
  /// What the optimizer was set to, where the file tells.
  public struct OptimizerSettings: Sendable, Equatable {
    public var learningRate: Double?
    public var beta1: Double?
    public var beta2: Double?
    public var epsilon: Double?
    public var weightDecay: Double?

    public init(
      learningRate: Double? = nil, beta1: Double? = nil, beta2: Double? = nil,
      epsilon: Double? = nil, weightDecay: Double? = nil
    ) {
      self.learningRate = learningRate
      self.beta1 = beta1
      self.beta2 = beta2
      self.epsilon = epsilon
      self.weightDecay = weightDecay
    }

    init(_ group: PickleDictionary?) {
      learningRate = group?["lr"]?.number
      let betas = group?["betas"]?.elements?.map(\.number) ?? []
      if betas.count == 2 { (beta1, beta2) = (betas[0], betas[1]) }
      epsilon = group?["eps"]?.number
      weightDecay = group?["weight_decay"]?.number
    }
  }

  /// What this project puts beside CoreNet's own, so that nothing is lost on the way there and back.
  public struct CarriedRun: Sendable, Equatable {
    /// The checkpoint's `state.json`.
    public var state: String
    /// Its `recipe.json`.
    public var recipe: String
    /// Its tokenizer's file.
    public var tokenizer: [UInt8]

    public init(state: String, recipe: String, tokenizer: [UInt8]) {
      self.state = state
      self.recipe = recipe
      self.tokenizer = tokenizer
    }
  }

  public var configuration: OpenELMConfiguration
  public var weights: any WeightSource
  /// Running means of gradients, under the parameters' names.
  public var firstMoments: any WeightSource
  /// Running means of squared gradients, likewise.
  public var secondMoments: any WeightSource
  /// Iterations done; CoreNet itself, when it resumes, counts one that it does not do.
  public var iteration: Int
  public var epoch: Int
  /// Updates that AdamW has made.
  public var updateCount: Int
  public var optimizer: OptimizerSettings
  public var run: CarriedRun?
  /// What was passed over or assumed, each a sentence.
  public var notes: [String] = []

  public init(
    configuration: OpenELMConfiguration, weights: any WeightSource,
    firstMoments: any WeightSource, secondMoments: any WeightSource, iteration: Int, epoch: Int,
    updateCount: Int, optimizer: OptimizerSettings, run: CarriedRun? = nil
  ) {
    self.configuration = configuration
    self.weights = weights
    self.firstMoments = firstMoments
    self.secondMoments = secondMoments
    self.iteration = iteration
    self.epoch = epoch
    self.updateCount = updateCount
    self.optimizer = optimizer
    self.run = run
  }

  static let runKey = "samara"

  /// Reads a training checkpoint; all tensors stay in their file.
  ///
  /// - Parameter headWidth: As in ``CoreNetFile/read(path:headWidth:contextLength:)``.
  /// - Throws: ``InterchangeError``, `PyTorchFileError`, `WeightError`.
  public static func read(
    path: String, headWidth: Int? = nil,
    contextLength: Int = CoreNetFile.publishedContextLength
  ) throws -> CoreNetTrainingState {
    let model = try CoreNetState(path: path)
    guard let training = model.training else {
      throw InterchangeError.setting(
        path: path, key: CoreNetState.modelKey, expected: "a training checkpoint",
        found: "weights alone; give training_checkpoint_last.pt, or convert without --training")
    }
    func counter(_ key: String) throws -> Int {
      guard let count = training[key]?.integer, (0...(1 << 60)).contains(count) else {
        throw InterchangeError.setting(
          path: path, key: key, expected: "a number of 0 or more",
          found: training[key]?.integer.map { "\($0)" } ?? training[key]?.kind ?? "none")
      }
      return count
    }
    let iteration = try counter("iterations")
    let optimizer = try CoreNetOptimizerState(training, model)
    var state = CoreNetTrainingState(
      configuration: try CoreNetShapes(model.weights, headWidth: headWidth)
        .configuration(contextLength: contextLength),
      weights: model.weights, firstMoments: optimizer.firstMoments,
      secondMoments: optimizer.secondMoments, iteration: iteration, epoch: try counter("epoch"),
      updateCount: optimizer.updateCount ?? iteration, optimizer: optimizer.settings,
      run: try carriedRun(training[runKey], in: model.file))
    if optimizer.updateCount == nil {
      state.notes.append(
        "the optimizer does not tell its updates: taken to be the \(iteration) iterations")
    }
    if training["ema_state_dict"] != nil {
      state.notes.append("the moving average of the weights (ema_state_dict) is left out")
    }
    return state
  }

  /// What a training checkpoint tells of a model beside its weights: the step, and all that a run of this
  /// project's own has put there.
  static func describe(_ contents: inout ModelContents, _ state: CoreNetState) throws {
    guard let training = state.training else { return }
    var record = TrainingRecord()
    record.step = training["iterations"]?.integer
    if let run = try carriedRun(training[runKey], in: state.file) {
      let configuration = try SamaraCheckpoint.configuration(
        Array(run.recipe.utf8), path: contents.path)
      if configuration.layers == contents.configuration.layers {
        contents.configuration = configuration
      }
      record.recipeRecord = run.recipe
      if !run.tokenizer.isEmpty {
        contents.tokenizer = StoredTokenizer(
          kind: TokenizerFile(bytes: run.tokenizer), bytes: run.tokenizer)
      }
    }
    contents.training = record
  }

  private static func carriedRun(
    _ value: PickleValue?, in file: PyTorchFile
  ) throws -> CarriedRun? {
    guard let value else { return nil }
    guard let run = value.dictionary, let state = run["state"]?.string,
      let recipe = run["recipe"]?.string, let tokenizer = run["tokenizer"]?.tensor,
      tokenizer.elementType == .uint8
    else {
      throw InterchangeError.setting(
        path: file.path, key: runKey, expected: "state, recipe and tokenizer", found: value.kind)
    }
    return CarriedRun(
      state: state, recipe: recipe,
      tokenizer: try file.withBytes(of: tokenizer) { Array($0) })
  }
}
