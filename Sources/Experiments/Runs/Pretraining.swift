import Checkpoints
import Corpora
import Foundation
import Kernels
import Layers
import Logging
import Models
import Terminal
import Tokenization
import Training

/// A run of a recipe: from a new model, or from where an earlier process stopped.
public struct Pretraining: Sendable {
  /// How a run came to its end.
  public enum Outcome: Sendable, Equatable {
    /// All steps are taken.
    case finished(checkpoint: String)
    /// A signal asked to stop; the checkpoint holds all steps taken.
    case interrupted(signal: Int32, checkpoint: String)
    /// A corpus that is read only once came to its end.
    case corpusExhausted(checkpoint: String)
  }

  private let recipe: Recipe
  private let record: RunRecord
  private let run: RunDirectory
  private let workspace: Workspace
  private let readers: Int
  private let acceptsChanges: Bool

  /// Threads that read ahead unless told otherwise: one tokenizes a thousand times faster than a core
  /// trains, a second bridges the pauses of a server.
  public static let defaultReaders = 2

  /// A new run of `recipe`, which has its overrides not yet applied.
  ///
  /// - Throws: `ExperimentError`.
  public static func start(
    _ recipe: Recipe, overrides: RecipeOverrides, run: RunDirectory, threads: Int,
    readers: Int = defaultReaders, in workspace: Workspace
  ) throws -> Outcome {
    let resolved = overrides.applied(to: recipe)
    try resolved.validate()
    _ = try resolved.evaluationSelection(in: workspace)
    guard !run.exists else { throw ExperimentError.runExists(name: run.name) }
    let record = RunRecord(recipe: recipe.name, overrides: overrides, threads: threads)
    let pretraining = Pretraining(
      recipe: resolved, record: record, run: run, workspace: workspace, readers: readers,
      acceptsChanges: false)
    return try pretraining.execute(isNew: true)
  }

  /// An existing run, from its newest whole checkpoint, or from its beginning if it has none.
  ///
  /// - Throws: `ExperimentError`.
  public static func resume(
    _ run: RunDirectory, recipes: RecipeCatalog, acceptsChanges: Bool,
    skipsMalformed: Bool = false, readers: Int = defaultReaders, in workspace: Workspace
  ) throws -> Outcome {
    var record = try run.record()
    if skipsMalformed { record.overrides.malformedLines = .skip }
    let recipe = record.overrides.applied(to: try recipes.recipe(named: record.recipe))
    try recipe.validate()
    let pretraining = Pretraining(
      recipe: recipe, record: record, run: run, workspace: workspace, readers: readers,
      acceptsChanges: acceptsChanges)
    return try pretraining.execute(isNew: false)
  }

  private func execute(isNew: Bool) throws -> Outcome {
    let lock = try run.lock()
    defer { withExtendedLifetime(lock) {} }
    ThreadPool.configure(threadCount: record.threads)
    // The record comes first: a process that is killed while it prepares data can be resumed too.
    if isNew { try run.create(record) }
    do {
      return try execute(recipe.model, PreparedData(recipe, in: workspace) { Self.say($0) })
    } catch {
      if isNew { run.removeRecordUnlessTrained() }
      throw error
    }
  }

  private func execute<C: ModelConfiguration>(
    _ configuration: C, _ data: PreparedData
  ) throws -> Outcome {
    let saved = try savedCheckpoint(data)
    let evaluation = try TrainingEvaluation(recipe, data, in: workspace)
    // What a stop cut short of the newest step's scores is made up for, even where no step is left.
    let scores = saved.map { RunLog.scores(at: $0.state.step, in: run.metricsPath) } ?? []
    if let saved, saved.state.step >= recipe.steps {
      guard let evaluation, evaluation.isPending(after: scores) else {
        throw ExperimentError.runIsComplete(name: run.name, steps: recipe.steps)
      }
    }
    let stream = try openStream(data, cursor: saved?.state.cursor)
    let step = saved?.state.step ?? 0
    let progress = ProgressLine(completed: step, total: recipe.steps)
    let log = try RunLog(run, keepingSteps: step, progress: progress)
    let state = RunState(
      recipe: record.recipe, overrides: record.overrides, threads: record.threads,
      kernels: engine?.identity, tokenizer: data.tokenizer.fingerprint, step: 0, tokens: 0,
      updateCount: 0,
      consecutiveSkips: 0, skippedSteps: 0, cursor: nil)
    // The loop is the trainer's only owner: a second one here would hold the first step's weights
    // and moments, three times the model, to the end of the run.
    var loop = try TrainingLoop(
      trainer: makeTrainer(configuration, from: saved), stream: stream, recipe: recipe, run: run,
      state: state, tokenizerBytes: data.tokenizerBytes, log: log, progress: progress,
      evaluation: evaluation, scores: scores, saved: saved?.path)
    announce(log.logger, evaluation, resumedAt: saved?.state.step)
    return try loop.finish()
  }

  /// What makes the products of this run in this process.
  private var engine: ProductEngine? { try? .inUse(for: recipe.execution.precision) }

  /// The corpus at `cursor`, or from its beginning where changes of it are accepted.
  private func openStream(
    _ data: PreparedData, cursor: Cursor?
  ) throws(CorpusError) -> BatchStream {
    do throws(CorpusError) {
      return try data.stream(recipe, readers: readers, cursor: cursor)
    } catch {
      switch error {
      case .corpusChanged, .readingChanged:
        guard acceptsChanges else { throw error }
        Self.say("\(error)\nchanges are accepted: the corpus is read from its beginning")
        return try data.stream(recipe, readers: readers, cursor: nil)
      default: throw error
      }
    }
  }

  private func makeTrainer<C: ModelConfiguration>(
    _ configuration: C, from saved: RunCheckpoint?
  ) throws -> Trainer<C.Model> {
    if let saved { return try saved.trainer(configuration, settings: recipe.trainingSettings) }
    var initializer = recipe.initializer
    return Trainer(configuration.makeModel(&initializer), settings: recipe.trainingSettings)
  }

  private func announce(
    _ logger: Logger, _ evaluation: TrainingEvaluation?, resumedAt step: Int?
  ) {
    let plan = RecipePlan(recipe)
    let start = step.map { "resuming at step \(Format.grouped($0)) of" } ?? "training for"
    logger.info(
      """
      \(run.name): \(start) \(Format.grouped(recipe.steps)) steps of \
      \(Format.grouped(plan.tokensPerStep)) tokens, \(Format.grouped(plan.parameters)) \
      parameters, about \(Format.bytes(plan.predictedPeakBytes))
      """)
    logger.info(
      """
      \(record.threads) threads, \(recipe.execution.precision.rawValue) products by \
      \(engine.map { "\($0.name) (\($0.kernels))" } ?? "no engine")\
      \(MachineReport.forcedKernelWarning.map { "; \($0)" } ?? "")
      """)
    if let settings = recipe.evaluation, let evaluation {
      logger.info("scored on \(settings): \(evaluation.summary)")
    }
    if recipe.execution.precision == .bfloat16, BFloat16Product.engine.isSlow {
      logger.warning(
        """
        this processor has no bfloat16 instructions and this machine no oneDNN (Debian's \
        libdnnl2): --precision fp32 is faster here
        """)
    }
  }

  /// The newest whole checkpoint, checked against the recipe and the tokenizer.
  private func savedCheckpoint(_ data: PreparedData) throws -> RunCheckpoint? {
    let (whole, broken) = try run.checkpoints.newestWhole()
    for item in broken { Self.say("passing over a broken checkpoint: \(item.reason)") }
    guard let whole else {
      // To start over here would in time replace what may still be mended.
      guard broken.isEmpty else {
        throw ExperimentError.allCheckpointsBroken(
          run: run.name, path: run.checkpoints.path, broken: broken.map { "\($0.reason)" })
      }
      return nil
    }
    let saved = try RunCheckpoint(path: whole.path)
    // What happens at a record that cannot be read changes nothing of what was read.
    // Scores change nothing of training.
    let (recorded, current) = (try saved.recipeRecord(), try recipe.json())
    let difference = try RecipeDifference(
      recorded: recorded, current: current, except: ["reading.malformed_lines", "evaluation"])
    let scoring = try RecipeDifference(recorded: recorded, current: current)
      .changes(of: "evaluation")
    if !scoring.isEmpty { Self.say("from here on scores are others:\n\(scoring)") }
    if !difference.isEmpty {
      if let change = difference.changes.first(where: { $0.key == "storage" }),
        let recorded = change.recorded, let current = change.current
      {
        throw ExperimentError.storageChanged(
          run: run.name, recorded: recorded, current: current)
      }
      guard acceptsChanges else {
        throw ExperimentError.recipeChanged(run: run.name, difference)
      }
      Self.say("going on with a changed recipe:\n\(difference)")
    }
    guard saved.state.tokenizer == data.tokenizer.fingerprint else {
      throw ExperimentError.tokenizerChanged(
        run: run.name, recorded: saved.state.tokenizer, found: data.tokenizer.fingerprint)
    }
    if saved.state.hasUnreadableCursor {
      guard acceptsChanges else { throw ExperimentError.olderCursor(path: saved.path) }
      Self.say("\(saved.path): its place is lost: the corpus is read from its beginning")
    }
    if let kernels = saved.state.kernels, let engine, kernels != engine.identity {
      Self.say(
        "the run's products were made by \(kernels), this process's by \(engine.identity): "
          + "its bits will differ from an uninterrupted run's")
    }
    // Newer but broken, they must neither be found again nor count among those that are kept.
    for item in broken { try run.checkpoints.setAside(item.checkpoint) }
    return saved
  }

  private static func say(_ message: String) {
    ProgressLine.writeToStandardError(message + "\n")
  }
}
