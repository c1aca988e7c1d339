import Checkpoints
import Corpora
import Evaluation
import Files
import Foundation
import Models
import Terminal
import Training

/// The loop of a run: batches, step, log, checkpoint, scores, until the steps are taken or a signal comes.
struct TrainingLoop<Model: LanguageModel> {
  var trainer: Trainer<Model>
  let stream: BatchStream
  let recipe: Recipe
  let run: RunDirectory
  let state: RunState
  let recipeRecord: Data
  let tokenizerBytes: [UInt8]
  let log: RunLog
  let progress: ProgressLine
  /// What the weights are scored on; nothing if nil.
  private var evaluation: TrainingEvaluation?
  /// The present step's scores that the log had when this process began.
  private var scores: [ScoreRecord]
  /// The last step that this process scored, or tried to.
  private var scoredStep: Int?
  /// The place in the corpus after the last whole step.
  private var cursor: Cursor
  /// The checkpoint of the present step, if there is one.
  private var saved: String?
  /// What the progress line says of the last step.
  private var details: [String] = []
  /// The wall-clock time of this process's steps.
  private var trainingSeconds = 0.0

  init(
    trainer: Trainer<Model>, stream: BatchStream, recipe: Recipe, run: RunDirectory,
    state: RunState, tokenizerBytes: [UInt8], log: RunLog, progress: ProgressLine,
    evaluation: TrainingEvaluation?, scores: [ScoreRecord], saved: String?
  ) throws {
    self.trainer = trainer
    self.stream = stream
    self.recipe = recipe
    self.run = run
    self.state = state
    self.tokenizerBytes = tokenizerBytes
    self.log = log
    self.progress = progress
    self.evaluation = evaluation
    self.scores = scores
    self.saved = saved
    recipeRecord = try recipe.json()
    cursor = stream.cursor
  }

  /// Takes the steps that are left.
  ///
  /// An error of the corpus, or a run that diverges, leaves a checkpoint of the steps taken.
  ///
  /// - Throws: `CorpusError`, `CheckpointError`, `FileError`, `ExperimentError`.
  mutating func finish() throws -> Pretraining.Outcome {
    SignalWatch.start()
    defer { progress.finish() }
    let first = trainer.step
    do {
      return try takeSteps()
    } catch let error where error.leavesStepsWhole && trainer.step > first {
      _ = try save()
      throw error
    }
  }

  private mutating func takeSteps() throws -> Pretraining.Outcome {
    let first = trainer.step
    // What a stop cut short comes before the next step.
    if let signal = try evaluate() { return try interrupted(by: signal, hasSteps: false) }
    while trainer.step < recipe.steps {
      let start = ProgressLine.monotonicSeconds()
      let next: [Batch]?
      do {
        next = try nextBatches()
      } catch let error where error.isCancellation {
        return try interrupted(by: SignalWatch.signal ?? SIGINT, hasSteps: trainer.step > first)
      }
      guard let batches = next else {
        log.logger.notice("the corpus came to its end after \(trainer.step) steps")
        let path = try save()
        if let signal = try evaluate(isEnd: true) {
          return try interrupted(by: signal, hasSteps: true)
        }
        return .corpusExhausted(checkpoint: path)
      }
      let waited = ProgressLine.monotonicSeconds() - start
      let report = trainer.takeStep(on: batches)
      cursor = stream.cursor
      (saved, scores) = (nil, [])
      let seconds = ProgressLine.monotonicSeconds() - start
      trainingSeconds += seconds
      try write(report, batches, seconds: seconds, waited: waited)
      try checkHealth(report, batches)
      if let signal = SignalWatch.signal, trainer.step < recipe.steps {
        return try interrupted(by: signal, hasSteps: true)
      }
      if trainer.step % recipe.checkpoints.everySteps == 0, trainer.step < recipe.steps {
        _ = try save()
      }
      if trainer.step < recipe.steps, let signal = try evaluate() {
        return try interrupted(by: signal, hasSteps: true)
      }
    }
    let path = try save()
    if let signal = try evaluate() { return try interrupted(by: signal, hasSteps: true) }
    summarize()
    return .finished(checkpoint: path)
  }

  /// Keeps what there is to keep; without a step of this process the newest checkpoint is that.
  private mutating func interrupted(by signal: Int32, hasSteps: Bool) throws -> Pretraining.Outcome
  {
    let path = hasSteps ? try save() : saved ?? run.checkpoints.path
    log.logger.notice(
      "stopped after step \(trainer.step); continue with `samara resume \(run.name)`")
    return .interrupted(signal: signal, checkpoint: path)
  }

  /// Scores the weights if the recipe says so after this step, or at the end of the corpus, and the log
  /// lacks it; returns the signal that cut it short.
  ///
  /// The checkpoint of the step is written before, if there is to be one: a process that is killed
  /// meanwhile loses scores alone, which a resumed one makes up for.
  private mutating func evaluate(isEnd: Bool = false) throws -> Int32? {
    let step = trainer.step
    guard let settings = recipe.evaluation, var running = evaluation, scoredStep != step,
      isEnd || settings.isDue(at: step, of: recipe.steps), running.isPending(after: scores)
    else { return nil }
    defer {
      evaluation = running
      showProgress()
    }
    do {
      // The scorer holds the model no longer than it scores: the next step updates it in place.
      let results = try running.score(
        ModelScorer(trainer.model, precision: recipe.execution.precision), step: step,
        tokens: trainer.tokens, after: scores, log: log
      ) { [progress] state in
        progress.update(
          completed: step,
          details: ["scoring \(state.task) \(state.documentsDone)/\(state.documentCount)"])
      }
      guard let results else { return SignalWatch.signal ?? SIGINT }
      let cost = cost(of: running)
      log.logger.info(
        "step \(Format.grouped(step)): \(TrainingEvaluation.line(of: results)); \(cost)")
    } catch let error as EvaluationError {
      // Weights that cannot be scored may still be trained.
      log.logger.warning("step \(step) could not be scored: \(error)")
    }
    scoredStep = step
    return nil
  }

  /// What scoring took of this process's time so far.
  private func cost(of evaluation: TrainingEvaluation) -> String {
    let seconds = evaluation.seconds
    let share = trainingSeconds > 0 ? 100 * seconds / trainingSeconds : 0
    return "evaluation \(Format.seconds(seconds)), \(Format.decimal(share, places: 1))% of training"
  }

  /// The passes of one step; `nil` when the corpus has none left.
  private func nextBatches() throws -> [Batch]? {
    var batches: [Batch] = []
    for _ in 0..<(recipe.batching.sequencesPerStep / recipe.batching.sequencesPerPass) {
      guard let batch = try stream.next() else { break }
      batches.append(batch)
    }
    return batches.isEmpty ? nil : batches
  }

  private mutating func write(
    _ report: StepReport, _ batches: [Batch], seconds: Double, waited: Double
  ) throws {
    let rate = Double(report.targetCount) / seconds
    try log.write(
      MetricsRecord(
        step: report.step, tokens: report.tokens, loss: report.loss,
        crossEntropy: report.crossEntropy, zLoss: report.zLoss,
        learningRate: report.learningRate, gradientNorm: report.gradientNorm,
        tokensPerSecond: rate, seconds: seconds, residentBytes: ProcessMemory.residentBytes,
        skipped: report.isSkipped ? true : nil,
        documents: report.isSkipped ? Self.documents(of: batches) : nil, waitSeconds: waited))
    details = [
      "loss \(Format.decimal(report.loss, places: 3))", "\(Format.grouped(rate)) tokens/s",
    ]
    showProgress()
  }

  /// Shows the last step, with what scoring takes of the time.
  private func showProgress() {
    let costs = evaluation.map { $0.count > 0 ? [cost(of: $0)] : [] } ?? []
    progress.update(completed: trainer.step, details: details + costs)
  }

  private func checkHealth(_ report: StepReport, _ batches: [Batch]) throws {
    guard report.isSkipped else { return }
    let documents = Self.documents(of: batches)
    log.logger.warning(
      """
      step \(report.step) is skipped: loss \(report.loss), gradient norm \
      \(report.gradientNorm), over \(documents.joined(separator: ", "))
      """)
    if trainer.consecutiveSkips >= recipe.maximumConsecutiveSkips {
      throw ExperimentError.diverged(
        step: report.step, skips: trainer.consecutiveSkips, documents: documents)
    }
  }

  /// Writes a checkpoint of the present step, unless it has one, and returns its path.
  private mutating func save() throws -> String {
    if let saved { return saved }
    // The checkpoint must not outlive the log of its steps.
    try log.synchronize()
    var state = state
    state.cursor = cursor
    let checkpoint = try RunCheckpoint.write(
      trainer, state: state, recipe: recipeRecord, tokenizer: tokenizerBytes,
      to: run.checkpoints)
    try run.checkpoints.prune(keeping: recipe.checkpoints.keep)
    log.logger.info("checkpoint \(checkpoint.path)")
    saved = checkpoint.path
    return checkpoint.path
  }

  private func summarize() {
    if let evaluation, evaluation.count > 0 {
      let times = evaluation.count == 1 ? "once" : "\(evaluation.count) times"
      log.logger.info("scored \(times): \(cost(of: evaluation))")
    }
    let counts = stream.counts
    log.logger.info(
      """
      \(Format.grouped(counts.documentsRead)) documents read, \
      \(Format.grouped(counts.documentsKept)) kept, \(Format.grouped(counts.documentsScreenedOut)) \
      dropped whole; \(Format.grouped(counts.tokensRead)) tokens read, \(Format.grouped(counts.tokensUsed)) used, \(Format.grouped(counts.tokensPadded)) \
      padded, \(Format.grouped(counts.tokensDropped)) dropped; \
      \(Format.grouped(counts.malformedLinesSkipped)) malformed lines skipped; \
      \(Format.grouped(trainer.skippedSteps)) steps skipped
      """)
    summarizeSources()
  }

  /// What each source of a mixture gave.
  private func summarizeSources() {
    guard stream.sourceNames.count > 1 else { return }
    for (name, counts) in zip(stream.sourceNames, stream.cursor.counts) {
      log.logger.info(
        """
        \(name): \(Format.grouped(counts.documentsRead)) documents of \
        \(Format.bytes(counts.textBytesRead)) read, \(Format.grouped(counts.documentsKept)) kept; \
        \(Format.grouped(counts.tokensRead)) tokens read, \(Format.grouped(counts.tokensUsed)) used, \
        \(Format.grouped(counts.tokensDropped)) dropped
        """)
    }
  }

  private static func documents(of batches: [Batch]) -> [String] {
    batches.flatMap { $0.origins.map(\.description) }
  }
}

extension Error {
  /// Whether a signal ended the wait for a server.
  fileprivate var isCancellation: Bool {
    if case .transfer(.cancelled)? = self as? CorpusError { true } else { false }
  }

  /// Whether all steps taken before this error are logged, so that a checkpoint may hold them.
  ///
  /// A checkpoint that cannot be written is not worth a second attempt; a step that could not be
  /// logged would leave a gap in the log of the resumed run.
  fileprivate var leavesStepsWhole: Bool {
    if self is CheckpointError || self is FileError { return false }
    if case .writeFailed? = self as? ExperimentError { return false }
    return true
  }
}
