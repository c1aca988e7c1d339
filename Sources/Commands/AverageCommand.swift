import ArgumentParser
import Experiments
import Foundation
import Terminal

struct AverageCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "average",
    abstract: "Average the weights of a run's last checkpoints, in float64.",
    discussion: """
      The result is a checkpoint of its own, checkpoints/RUN/average, which `samara evaluate` and \
      `samara generate` take like any other.

      EXAMPLE
        samara average seedling --last 5
      """)

  @Argument(help: "The run's name.")
  var run: String

  @Option(parsing: .unconditional, help: "How many of the newest checkpoints.")
  var last = 5

  func validate() throws {
    guard last >= 1 else { throw ValidationError("--last is \(last), expected 1 or more") }
  }

  func run() async throws {
    let result = try Averaging.average(
      RunDirectory(run, in: Workspace()), last: last, in: Workspace())
    for reason in result.broken {
      ProgressLine.writeToStandardError("passing over a broken checkpoint: \(reason)\n")
    }
    let steps = result.steps.map(Format.grouped).joined(separator: ", ")
    if result.steps.count < last {
      ProgressLine.writeToStandardError(
        "the run has \(result.steps.count) whole checkpoints, not \(last)\n")
    }
    ProgressLine.writeToStandardError("averaged steps \(steps)\n")
    print(result.path)
  }
}
