import Corpora
import Layers
import Training

/// What the command line changes of a recipe, kept with the run so that a resume asks for the same.
public struct RecipeOverrides: Sendable, Equatable, Codable {
  public var steps: Int?
  public var checkpointEvery: Int?
  public var corpus: [String]?
  public var textField: String?
  public var malformedLines: MalformedLinePolicy?
  public var shuffleWindow: Int?
  public var packing: Packing?
  public var attention: AttentionScope?
  public var screening: DocumentScreening?
  public var repetition: RepetitionFilter?
  public var evaluations: EvaluationTexts?
  public var tokenizer: String?
  public var seed: UInt64?
  public var sequencesPerStep: Int?
  public var precision: Precision?
  public var recomputation: Recomputation?
  public var storage: TrainingStorage?
  public var evaluation: EvaluationOverrides?

  public init(
    steps: Int? = nil, checkpointEvery: Int? = nil, corpus: [String]? = nil,
    textField: String? = nil, malformedLines: MalformedLinePolicy? = nil,
    shuffleWindow: Int? = nil, packing: Packing? = nil,
    attention: AttentionScope? = nil, screening: DocumentScreening? = nil,
    repetition: RepetitionFilter? = nil,
    evaluations: EvaluationTexts? = nil,
    tokenizer: String? = nil, seed: UInt64? = nil, sequencesPerStep: Int? = nil,
    precision: Precision? = nil, recomputation: Recomputation? = nil,
    storage: TrainingStorage? = nil, evaluation: EvaluationOverrides? = nil
  ) {
    self.steps = steps
    self.checkpointEvery = checkpointEvery
    self.corpus = corpus
    self.textField = textField
    self.malformedLines = malformedLines
    self.shuffleWindow = shuffleWindow
    self.packing = packing
    self.attention = attention
    self.screening = screening
    self.repetition = repetition
    self.evaluations = evaluations
    self.tokenizer = tokenizer
    self.seed = seed
    self.sequencesPerStep = sequencesPerStep
    self.precision = precision
    self.recomputation = recomputation
    self.storage = storage
    self.evaluation = evaluation
  }

  /// The recipe with these changes.
  ///
  /// Where a step is made smaller, so is a pass, if it would not fit.
  public func applied(to recipe: Recipe) -> Recipe {
    var result = recipe
    if let steps { result.steps = steps }
    if let checkpointEvery { result.checkpoints.everySteps = checkpointEvery }
    if let corpus, !corpus.isEmpty { result.corpus = CorpusFiles(paths: corpus) }
    if let textField { result.reading.textField = textField }
    if let malformedLines { result.reading.malformedLines = malformedLines }
    if let shuffleWindow {
      result.reading.shuffling = shuffleWindow > 1 ? .shuffled(window: shuffleWindow) : .none
    }
    if let packing { result.reading.packing = packing }
    if let attention { result.reading.attention = attention }
    if let screening { result.reading.screening = screening }
    if let repetition { result.reading.filter.repetition = repetition }
    if let evaluations { result.reading.evaluations = evaluations }
    if let tokenizer { result.tokenizer = TokenizerFileSource(path: tokenizer) }
    if let seed { result.seed = seed }
    if let precision { result.execution.precision = precision }
    if let recomputation { result.execution.recomputation = recomputation }
    if let storage { result.storage = storage }
    if let evaluation {
      result.evaluation = evaluation.applied(
        to: result.evaluation, defaultInterval: result.checkpoints.everySteps)
    }
    if let sequencesPerStep {
      result.batching.sequencesPerStep = sequencesPerStep
      result.batching.sequencesPerPass = min(result.batching.sequencesPerPass, sequencesPerStep)
    }
    return result
  }
}

extension Recipe {
  /// Checks what no type can: numbers that make no run.
  ///
  /// - Throws: `ExperimentError.invalidSetting`.
  public func validate() throws(ExperimentError) {
    func check(
      _ name: String, _ value: Int, _ condition: Bool, _ expected: String
    ) throws(ExperimentError) {
      if !condition {
        throw .invalidSetting(recipe: self.name, name: name, found: value, expected: expected)
      }
    }
    let (length, perStep, perPass) = (
      batching.sequenceLength, batching.sequencesPerStep, batching.sequencesPerPass
    )
    if let fault = model.fault { throw .invalidModel(recipe: name, fault: fault) }
    // Tokens and operations are counted in 64 bits.
    let limit = 1 << 30
    try check("steps", steps, (1...limit).contains(steps), "1 to \(limit)")
    try check("sequence length", length, (1...(1 << 24)).contains(length), "1 to \(1 << 24)")
    try check(
      "sequences per step", perStep, (1...(1 << 24)).contains(perStep), "1 to \(1 << 24)")
    try check("sequences per pass", perPass, perPass > 0, "at least 1")
    try check(
      "sequences per step", perStep, perStep % perPass == 0,
      "a multiple of the \(perPass) sequences per pass")
    try check(
      "checkpoint interval", checkpoints.everySteps, checkpoints.everySteps > 0, "at least 1")
    try check("checkpoints kept", checkpoints.keep, checkpoints.keep > 0, "at least 1")
    if let evaluation {
      let (interval, limit) = (evaluation.everySteps, evaluation.documentLimit ?? 1)
      try check("evaluation interval", interval, interval > 0, "at least 1")
      try check("documents evaluated", limit, limit > 0, "at least 1")
      let shots = evaluation.shots ?? 0
      try check("examples before a question", shots, (0...1_000).contains(shots), "0 to 1000")
    }
    try check(
      "sequence length", length, length <= model.contextLength,
      "at most the model's context of \(model.contextLength)")
    // A product of float32 inputs has a float32 gradient, which a bfloat16 weight has no place for.
    guard storage.projectionType == .float32 || execution.precision == .bfloat16 else {
      throw .storageNeedsPrecision(
        recipe: name, storage: storage, precision: execution.precision)
    }
  }
}
