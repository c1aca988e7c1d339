import ArgumentParser
import Experiments
import Foundation
import Terminal

struct LogsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "logs",
    abstract: "Show all runs, one run's curve and table, or two runs side by side.",
    discussion: """
      EXAMPLES
        samara logs
        samara logs seedling
        samara logs seedling another
      """)

  @Argument(help: "None, one or two runs.")
  var runs: [String] = []

  func validate() throws {
    guard runs.count <= 2 else {
      throw ValidationError("\(runs.count) runs are given; at most 2 can stand side by side")
    }
  }

  func run() async throws {
    let workspace = Workspace()
    let folder = RunsFolder(path: workspace.logs)
    guard FileManager.default.fileExists(atPath: folder.path) else {
      guard let run = runs.first else { throw ExperimentError.noRuns(folder: folder.path) }
      throw ExperimentError.unknownRun(name: run, known: [])
    }
    let terminal = TerminalCapabilities(of: .output)
    let text =
      switch runs.count {
      case 0:
        try RunViews.table(
          of: folder, plannedStepCount: { Self.plannedSteps($0, in: workspace) },
          isTraining: { try? RunDirectory($0, in: workspace).isLocked }, for: terminal)
      case 1: try RunViews.detail(of: runs[0], in: folder, for: terminal)
      default: try RunViews.comparison(of: runs[0], with: runs[1], in: folder, for: terminal)
      }
    print(text, terminator: "")
  }

  /// The steps that a run was asked for, if its recipe is known here.
  private static func plannedSteps(_ name: String, in workspace: Workspace) -> Int? {
    guard let run = try? RunDirectory(name, in: workspace), let record = try? run.record(),
      let recipe = try? Program.recipes.recipe(named: record.recipe)
    else { return nil }
    return record.overrides.applied(to: recipe).steps
  }
}
