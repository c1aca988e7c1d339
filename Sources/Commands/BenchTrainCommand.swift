import ArgumentParser
import Experiments
import Foundation
import Layers
import Terminal
import Training

struct BenchTrainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Time a recipe's training step and show where the time goes.",
    discussion: """
      A step is one pass over random tokens and one update. The first step warms up; the figures \
      are medians over the others. Then the step's matrix products are timed alone, on the same \
      threads: efficiency is the rate of the whole step over theirs.

      EXAMPLES
        samara bench train --recipe openelm-270m
        samara bench train --recipe openelm-12m --batch 8 --steps 10
        samara bench train --recipe openelm-270m --same-batch --json
      """)

  @OptionGroup var recipe: BenchmarkedRecipe

  @Option(help: "What products are made of; the recipe's if left out.")
  var precision: Precision?

  @Option(
    parsing: .unconditional,
    help: "Layers that backward computes again: none, all, or the first so many.")
  var recompute: Recomputation?

  @Option(help: "What weights, gradients and moments are kept in; the recipe's if left out.")
  var storage: TrainingStorage?

  @Option(parsing: .unconditional, help: "Steps, the one that warms up included.")
  var steps = 4

  @OptionGroup var threads: BenchmarkThreads

  @Flag(help: "Train on the same tokens in every step, so that the loss falls.")
  var sameBatch = false

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() async throws {
    let resolved = try RecipeOverrides(
      precision: precision, recomputation: recompute, storage: storage
    )
    .applied(to: recipe.resolved())
    let benchmark = try TrainingBenchmark(
      resolved, batch: recipe.batch, sequenceLength: recipe.sequence, steps: steps,
      repeatsBatch: sameBatch, threads: threads.count)
    let figures = benchmark.run()
    if json {
      print(String(decoding: try figures.json(), as: UTF8.self), terminator: "")
    } else {
      let view = TrainingFiguresView(figures, terminal: TerminalCapabilities(of: .output))
      print(view.text, terminator: "")
    }
  }
}
