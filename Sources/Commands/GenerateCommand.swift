import ArgumentParser
import Experiments
import Foundation

struct GenerateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Continue a text with a run's or a checkpoint's model.",
    discussion: """
      At temperature 0, the default, the most likely token is taken; above it, tokens are drawn, \
      the same ones for the same seed.

      EXAMPLE
        samara generate seedling --prompt "It all began on a" --max-tokens 60 --temperature 0.8
      """)

  @Argument(help: "A run's name, or the path of a checkpoint.")
  var checkpoint: String

  @Option(help: "The text to continue.")
  var prompt: String

  @Option(parsing: .unconditional, help: "The most tokens to add.")
  var maxTokens = 128

  @Option(
    parsing: .unconditional,
    help: "0 for the most likely token; 1 for the model's own distribution.")
  var temperature = 0.0

  @Option(help: "What the draws are a function of.")
  var seed: UInt64 = 0

  func validate() throws {
    guard maxTokens >= 0 else {
      throw ValidationError("--max-tokens is \(maxTokens), expected 0 or more")
    }
    guard temperature >= 0, temperature.isFinite else {
      throw ValidationError("--temperature is \(temperature), expected 0 or more")
    }
  }

  func run() async throws {
    let generation = try Generation(
      CheckpointLocator.checkpoint(checkpoint, in: Workspace()), recipes: Program.recipes)
    let output = FileHandle.standardOutput
    try output.write(contentsOf: Data(prompt.utf8))
    try generation.run(
      prompt: prompt, maximumTokens: maxTokens, temperature: temperature, seed: seed
    ) { try output.write(contentsOf: Data($0.utf8)) }
    try output.write(contentsOf: Data("\n".utf8))
  }
}
