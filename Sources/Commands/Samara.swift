import ArgumentParser
import Evaluation
import Experiments
import Foundation
import Recipes

/// The command line: one verb a file.
public struct SamaraCommand: AsyncParsableCommand {
  public static let configuration = CommandConfiguration(
    commandName: "samara",
    abstract: "Pretrain, resume, average and evaluate OpenELM language models.",
    discussion: """
      A first run, from nothing:
        samara pretrain seedling
        samara logs seedling
        samara evaluate seedling --tasks stories
      """,
    version: "0.1.0",
    subcommands: [
      RecipesCommand.self, PretrainCommand.self, ResumeCommand.self, AverageCommand.self,
      EvaluateCommand.self, TasksCommand.self, ReportCommand.self, GenerateCommand.self,
      ChatCommand.self, ConvertCommand.self, InspectCommand.self, LogsCommand.self,
      TokenizeCommand.self,
      TokenizerCommand.self, DataCommand.self, VerifyCommand.self, BenchCommand.self,
      DoctorCommand.self,
    ])

  public init() {}
}

/// The recipes and tasks of the running program, set once before its command line is parsed.
enum Program {
  nonisolated(unsafe) static var recipes = RecipeCatalog.standard
  nonisolated(unsafe) static var tasks = EvaluationCatalog.standard

  /// Leaves without taking libraries down: a thread that waits for a server may still be in one.
  static func leave(_ status: Int32) -> Never {
    fflush(nil)
    _exit(status)
  }
}

extension Recipe {
  /// Runs the whole command line with these recipes beside the project's own.
  ///
  /// A package of one's own needs no more than this:
  ///
  /// ```swift
  /// @main enum Main { static func main() async { await Recipe.main([.mine]) } }
  /// ```
  ///
  /// - Parameter tasks: Evaluation tasks of one's own, found by name beside the project's.
  public static func main(_ recipes: [Recipe], tasks: [any EvaluationTask] = []) async {
    Program.tasks.tasks += tasks
    Program.recipes = RecipeCatalog(recipes + RecipeCatalog.standard.recipes)
    Program.leave(await SamaraCommand.status())
  }
}

extension SamaraCommand {
  /// Does what the command line asks for, and returns the status to leave with.
  fileprivate static func status() async -> Int32 {
    do {
      var command = try parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
      return 0
    } catch {
      let code = exitCode(for: error)
      let message = fullMessage(for: error)
      if !message.isEmpty {
        let output: FileHandle = code.isSuccess ? .standardOutput : .standardError
        try? output.write(contentsOf: Data((message + "\n").utf8))
      }
      return code.rawValue
    }
  }
}
