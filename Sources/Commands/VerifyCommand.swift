import ArgumentParser
import Experiments
import Foundation
import Terminal

struct VerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Hold this build against a stored run of the reference implementation.",
    discussion: """
      DIR holds reference.json, initial.safetensors, forward.safetensors, gradients.safetensors, \
      batches.safetensors and trained.safetensors. The configuration in it is built, whatever it \
      is; logits, losses, gradients, a greedy continuation and a whole training run are compared. \
      The exit code is 1 if a difference exceeds its bound.

      EXAMPLE
        samara verify Tests/ExperimentsTests/Fixtures/openelm-mini --json
      """)

  @Argument(help: "The folder of the reference run.")
  var directory: String

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() async throws {
    let verification = try Verification(of: ReferenceRun(path: directory))
    if json {
      print(String(decoding: try verification.json(), as: UTF8.self), terminator: "")
    } else {
      print(Self.table(verification))
    }
    if !verification.passes { throw ExitCode(1) }
  }

  private static func table(_ verification: Verification) -> String {
    var table = TextTable(columns: [
      .init("what", alignment: .leading), .init("error"), .init("bound"),
      .init("reference in float64"), .init("", alignment: .leading),
    ])
    for check in verification.checks {
      table.append([
        check.name, String(format: "%.1e", check.value), String(format: "%.0e", check.bound),
        String(format: "%.0e", check.referenceDistance), check.passes ? "ok" : "FAILS",
      ])
    }
    table.append([
      "greedy tokens", verification.greedyMatches ? "equal" : "differ", "equal", "equal",
      verification.greedyMatches ? "ok" : "FAILS",
    ])
    return table.rendered(for: TerminalCapabilities(of: .output))
  }
}
