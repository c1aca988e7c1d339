import ArgumentParser
import Experiments
import Foundation

struct BenchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract:
      "Measure training, products, writing, evaluation, tokenizers, reading, or beside a peer.",
    discussion: """
      Training reads nothing: tokens are random, initial values are drawn. Figures are medians over \
      timed steps or passes; a quiet machine gives the same ones again.

      EXAMPLES
        samara bench train --recipe openelm-270m
        samara bench matmul --recipe openelm-270m
        samara bench compare --recipe openelm-270m --peer-python .peer/bin/python
        samara bench generate --recipe openelm-270m --type q8_0
        samara bench evaluate --tokenizer tokenizer.model --data benchmarks --limit 50
        samara bench tokenize --tokenizer tokenizer.model --corpus novels.jsonl.zst
        samara bench read --corpus novels.jsonl.zst --tokenizer tokenizer.model
      """,
    subcommands: [
      BenchTrainCommand.self, BenchMatmulCommand.self, BenchCompareCommand.self,
      BenchGenerateCommand.self, BenchEvaluateCommand.self, BenchTokenizeCommand.self,
      BenchReadCommand.self,
    ])
}

/// What every benchmark lets one choose of a recipe.
struct BenchmarkedRecipe: ParsableArguments {
  @Option(help: "The recipe whose model is trained; `samara recipes` lists them.")
  var recipe = "openelm-270m"

  @Option(parsing: .unconditional, help: "Sequences of a step; the recipe's sequences a pass.")
  var batch: Int?

  @Option(parsing: .unconditional, help: "Tokens of a sequence; the recipe's if left out.")
  var sequence: Int?

  func validate() throws {
    for (name, value) in [("--batch", batch), ("--sequence", sequence)] {
      if let value, value < 1 {
        throw ValidationError("\(name) is \(value), expected 1 or more")
      }
    }
  }

  /// - Throws: `ExperimentError.unknownRecipe`.
  func resolved() throws -> Recipe { try Program.recipes.recipe(named: recipe) }
}

/// The threads that a benchmark runs on.
struct BenchmarkThreads: ParsableArguments {
  @Option(parsing: .unconditional, help: "Threads; as many as there are cores if left out.")
  var threads: Int?

  func validate() throws {
    if let threads, threads < 1 {
      throw ValidationError("--threads is \(threads), expected 1 or more")
    }
  }

  var count: Int { threads ?? ProcessInfo.processInfo.activeProcessorCount }
}
