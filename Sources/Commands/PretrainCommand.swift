import ArgumentParser
import Experiments
import Foundation
import Layers
import Training

struct PretrainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pretrain",
    abstract: "Train a new model by a recipe.",
    discussion: """
      Checkpoints go to checkpoints/RUN, metrics and messages to logs/RUN. Stopped by Ctrl-C or by \
      a signal, the run finishes its step and writes a checkpoint; `samara resume RUN` goes on bit \
      for bit.

      EXAMPLES
        samara pretrain seedling
        samara pretrain openelm-12m --corpus books.zst --tokenizer llama.model
        samara pretrain openelm-12m --corpus books.zst --tokenizer llama.model \
          --evaluate-tasks arc-easy,piqa --evaluate-data benchmarks --evaluate-every 20
        samara pretrain openelm-270m --dry-run
      """)

  @Argument(help: "The recipe's name; `samara recipes` lists them.")
  var recipe: String

  @Option(help: "What the run is called; the recipe's name if left out.")
  var run: String?

  @Option(parsing: .unconditional, help: "Train for this many steps; the schedule spans them.")
  var steps: Int?

  @Option(parsing: .unconditional, help: "Steps between two checkpoints.")
  var checkpointEvery: Int?

  @OptionGroup var corpus: CorpusArguments

  @OptionGroup var reading: ReadingArguments

  @OptionGroup var scoring: ScoringArguments

  @Option(parsing: .unconditional, help: "Threads that read ahead; they change no result.")
  var readers = Pretraining.defaultReaders

  @Option(help: "A tokenizer file, or a folder with one.")
  var tokenizer: String?

  @Option(help: "What initial values are drawn from.")
  var seed: UInt64?

  @Option(parsing: .unconditional, help: "Sequences of one optimizer step.")
  var sequencesPerStep: Int?

  @Option(help: "What products are made of: fp32, or bf16 for mixed precision.")
  var precision: Precision?

  @Option(help: "Layers whose activations backward computes again: none, all or a number.")
  var recompute: Recomputation?

  @Option(
    help: "What training keeps: full, 16 bytes a parameter, or compact, about 6 (bf16 only).")
  var storage: TrainingStorage?

  @Option(parsing: .unconditional, help: "Threads; as many as there are cores if left out.")
  var threads: Int?

  @Flag(help: "Print the plan and stop.")
  var dryRun = false

  mutating func validate() throws {
    if let threads, threads < 1 {
      throw ValidationError("--threads is \(threads), expected 1 or more")
    }
    guard (0...64).contains(readers) else {
      throw ValidationError("--readers is \(readers), expected 0 to 64")
    }
  }

  func run() async throws {
    var overrides = RecipeOverrides(
      steps: steps, checkpointEvery: checkpointEvery, tokenizer: tokenizer, seed: seed,
      sequencesPerStep: sequencesPerStep, precision: precision,
      recomputation: recompute, storage: storage)
    corpus.apply(to: &overrides)
    reading.apply(to: &overrides)
    scoring.apply(to: &overrides)
    let base = try Program.recipes.recipe(named: recipe)
    if dryRun {
      let resolved = overrides.applied(to: base)
      try resolved.validate()
      _ = try resolved.evaluationSelection(in: corpus.workspace)
      print(RecipeView.text(resolved))
      return
    }
    let directory = try RunDirectory(run ?? recipe, in: corpus.workspace)
    let outcome = try Pretraining.start(
      base, overrides: overrides, run: directory,
      threads: threads ?? ProcessInfo.processInfo.activeProcessorCount, readers: readers,
      in: corpus.workspace)
    try outcome.report(run: directory.name)
  }
}

extension Pretraining.Outcome {
  /// Tells what to do next; a signal becomes the exit code that shells expect of it.
  func report(run: String) throws {
    switch self {
    case .finished(let checkpoint), .corpusExhausted(let checkpoint):
      print(checkpoint)
    case .interrupted(let signal, let checkpoint):
      print(checkpoint)
      throw ExitCode(128 + signal)
    }
  }
}
