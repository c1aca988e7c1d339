import ArgumentParser
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
      EvaluateCommand.self, GenerateCommand.self, LogsCommand.self, TokenizeCommand.self,
      TokenizerCommand.self, DataCommand.self, VerifyCommand.self, BenchCommand.self,
      DoctorCommand.self,
    ])

  public init() {}
}

/// The recipes of the running program, set once before its command line is parsed.
enum Program {
  nonisolated(unsafe) static var recipes = RecipeCatalog.standard
}

extension Recipe {
  /// Runs the whole command line with these recipes beside the project's own.
  ///
  /// A package of one's own needs no more than this:
  ///
  /// ```swift
  /// @main enum Main { static func main() async { await Recipe.main([.mine]) } }
  /// ```
  public static func main(_ recipes: [Recipe]) async {
    Program.recipes = RecipeCatalog(recipes + RecipeCatalog.standard.recipes)
    await SamaraCommand.main()
  }
}
