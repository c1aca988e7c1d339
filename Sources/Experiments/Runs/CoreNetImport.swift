import Checkpoints
import Foundation
import Interchange
import Layers
import Models
import Terminal
import Tokenization
import Training

/// Makes a run of this project from a training checkpoint of CoreNet's, from which `samara resume` goes on.
public enum CoreNetImport {
  /// Writes `checkpoints/RUN` with one sealed checkpoint, of the step that the file has come to.
  ///
  /// The next step is taken with the rate of that step and with the file's moments. The corpus is read
  /// from its beginning, unless the file carries a run of this project's own and of the same recipe: then
  /// all goes on where that run stood. A padded vocabulary is cut to the recipe's.
  ///
  /// - Parameters:
  ///   - recipe: The recipe to go on with, its overrides not yet applied.
  ///   - headWidth: The width of a head, where the file does not tell it.
  ///   - report: Told what was found and assumed, a sentence at a time.
  /// - Returns: The checkpoint.
  /// - Throws: `ExperimentError`, `InterchangeError`, `PyTorchFileError`, `WeightError`.
  @discardableResult
  public static func run(
    _ path: String, as run: RunDirectory, recipe: Recipe, overrides: RecipeOverrides,
    threads: Int, headWidth: Int? = nil, in workspace: Workspace, report: (String) -> Void
  ) throws -> Checkpoint {
    guard !run.exists else { throw ExperimentError.runExists(name: run.name) }
    let carried = try carriedState(of: path, recipe, headWidth: headWidth)
    let record =
      carried.state.map {
        RunRecord(recipe: $0.recipe, overrides: $0.overrides, threads: $0.threads)
      } ?? RunRecord(recipe: recipe.name, overrides: overrides, threads: threads)
    let resolved = record.overrides.applied(to: recipe)
    try resolved.validate()
    for note in carried.training.notes { report(note) }
    report(cursorNote(carried.state, carried.training, recipe: recipe))
    let trainer = try trainer(from: carried.training, path: path, resolved, report: report)
    let tokenizer: [UInt8]
    if carried.state != nil, let run = carried.training.run {
      tokenizer = run.tokenizer
    } else {
      tokenizer = try PreparedData(resolved, in: workspace, report: report).tokenizerBytes
    }
    let fingerprint = try TokenizerFile.load(tokenizer, path: path).fingerprint
    let state =
      carried.state
      ?? RunState(
        recipe: recipe.name, overrides: overrides, threads: threads, kernels: nil,
        tokenizer: fingerprint, step: 0, tokens: 0, updateCount: 0, consecutiveSkips: 0,
        skippedSteps: 0, cursor: nil)
    // The run's own record, so that a recipe that has changed since is told when it is resumed.
    var recipeRecord = try resolved.json()
    if carried.state != nil, let run = carried.training.run { recipeRecord = Data(run.recipe.utf8) }
    let lock = try run.lock()
    defer { withExtendedLifetime(lock) {} }
    try run.create(record)
    do {
      let checkpoint = try RunCheckpoint.write(
        trainer, state: state, recipe: recipeRecord, tokenizer: tokenizer, to: run.checkpoints)
      if trainer.step >= resolved.steps {
        report(
          "the recipe's \(resolved.steps) steps are all taken: to train on, convert with a recipe that "
            + "has more of them")
      }
      return checkpoint
    } catch {
      run.removeRecordUnlessTrained()
      throw error
    }
  }

  /// The file, and the state of the run that it carries if that is one of the recipe.
  private static func carriedState(
    of path: String, _ recipe: Recipe, headWidth: Int?
  ) throws -> (training: CoreNetTrainingState, state: RunState?) {
    let context = (recipe.model as? OpenELMConfiguration)?.contextLength
    let training = try CoreNetTrainingState.read(
      path: path, headWidth: headWidth,
      contextLength: context ?? CoreNetFile.publishedContextLength)
    guard let run = training.run else { return (training, nil) }
    let state: RunState
    do {
      state = try JSONRecord.decode(RunState.self, from: Data(run.state.utf8))
    } catch {
      throw ExperimentError.unreadableRecord(
        path: path, reason: "the run that it carries has no state of this version (\(error))")
    }
    try state.validate(path: path)
    guard state.step == training.iteration, state.updateCount == training.updateCount else {
      throw ExperimentError.unreadableRecord(
        path: path,
        reason: "the run that it carries stands at step \(state.step) with \(state.updateCount) "
          + "updates, the checkpoint at \(training.iteration) with \(training.updateCount)")
    }
    return (training, state.recipe == recipe.name ? state : nil)
  }

  private static func cursorNote(
    _ state: RunState?, _ training: CoreNetTrainingState, recipe: Recipe
  ) -> String {
    let place = "step \(Format.grouped(training.iteration))"
    if state?.cursor != nil { return "\(place): the corpus goes on where the run stood" }
    if let run = training.run, state == nil {
      let name = (try? JSONRecord.decode(RunState.self, from: Data(run.state.utf8)))?.recipe ?? "?"
      return
        "\(place): the run that the file carries is of the recipe \(name), not \(recipe.name): "
        + "the corpus is read from its beginning"
    }
    return "\(place): the file has no place in the corpus, which is read from its beginning"
  }

  /// A trainer with the file's weights and moments.
  private static func trainer(
    from training: CoreNetTrainingState, path: String, _ recipe: Recipe,
    report: (String) -> Void
  ) throws -> Trainer<OpenELM> {
    guard let configuration = recipe.model as? OpenELMConfiguration else {
      throw ExperimentError.cannotConvert(
        path: path, reason: "recipe \(recipe.name) trains another model than an OpenELM")
    }
    guard recipe.storage == .full else {
      throw ExperimentError.cannotConvert(
        path: path,
        reason: "CoreNet's moments are float32 numbers, and recipe \(recipe.name) keeps them in "
          + "\(recipe.storage.rawValue) storage; convert with --storage full")
    }
    var training = training
    if training.configuration.vocabularySize > configuration.vocabularySize {
      let rows = configuration.vocabularySize
      report(
        "the table's \(Format.grouped(training.configuration.vocabularySize)) rows are cut to the "
          + "recipe's \(Format.grouped(rows))")
      training.weights = CutVocabulary(source: training.weights, rows: rows)
      training.firstMoments = CutVocabulary(source: training.firstMoments, rows: rows)
      training.secondMoments = CutVocabulary(source: training.secondMoments, rows: rows)
    }
    for source in [training.weights, training.firstMoments, training.secondMoments] {
      try configuration.check(source)
    }
    if let difference = optimizerDifference(training.optimizer, recipe) { report(difference) }
    var initializer = ParameterInitializer.zeros(projectionType: recipe.storage.projectionType)
    var model = configuration.makeModel(&initializer)
    try model.loadWeights(from: training.weights)
    var trainer = Trainer(model, settings: recipe.trainingSettings)
    func load(_ moments: inout [Moment], from source: any WeightSource) throws {
      for index in moments.indices {
        try moments[index].replaceTensors { zeros in
          try source.tensor(zeros.name, shape: zeros.tensor.shape)
        }
      }
    }
    try load(&trainer.optimizerState.firstMoments, from: training.firstMoments)
    try load(&trainer.optimizerState.secondMoments, from: training.secondMoments)
    trainer.optimizerState.updateCount = training.updateCount
    trainer.step = training.iteration
    trainer.tokens = training.iteration * recipe.batching.tokensPerStep
    if let run = training.run,
      let state = try? JSONRecord.decode(RunState.self, from: Data(run.state.utf8))
    {
      trainer.tokens = state.tokens
      trainer.consecutiveSkips = state.consecutiveSkips
      trainer.skippedSteps = state.skippedSteps
    }
    return trainer
  }

  /// What the recipe changes of AdamW, in words.
  private static func optimizerDifference(
    _ found: CoreNetTrainingState.OptimizerSettings, _ recipe: Recipe
  ) -> String? {
    let own = recipe.optimizer
    let changes = [
      ("beta1", found.beta1, own.beta1), ("beta2", found.beta2, own.beta2),
      ("epsilon", found.epsilon, own.epsilon), ("weight decay", found.weightDecay, own.weightDecay),
    ].compactMap { name, found, own in
      found.flatMap { $0 == own ? nil : "\(name) was \($0) and is \(own)" }
    }
    return changes.isEmpty
      ? nil : "from here on AdamW is the recipe's: \(changes.joined(separator: ", "))"
  }
}
