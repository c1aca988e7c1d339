import ArgumentParser
import Experiments
import Foundation
import Terminal

struct RecipesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recipes",
    abstract: "List the recipes, or show one with its cost.",
    discussion: """
      EXAMPLES
        samara recipes
        samara recipes show openelm-270m
        samara recipes show openelm-270m --json
      """,
    subcommands: [List.self, Show.self], defaultSubcommand: List.self)

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "One line a recipe: size, tokens, memory.")

    func run() async throws {
      var table = TextTable(columns: [
        .init("recipe", alignment: .leading, minimumWidth: 12), .init("parameters"),
        .init("tokens"), .init("FLOP/token"), .init("memory"),
        .init("what", alignment: .leading, minimumWidth: 20),
      ])
      for recipe in Program.recipes.recipes {
        let plan = RecipePlan(recipe)
        table.append([
          recipe.name, Format.abbreviated(Double(plan.parameters)),
          Format.abbreviated(Double(plan.tokens)), Format.abbreviated(plan.flopsPerToken),
          Format.bytes(plan.predictedPeakBytes), recipe.summary,
        ])
      }
      print(table.rendered(for: TerminalCapabilities(of: .output)), terminator: "")
    }
  }

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "The resolved recipe and the plan.")

    @Argument(help: "The recipe's name.")
    var recipe: String

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() async throws {
      let recipe = try Program.recipes.recipe(named: recipe)
      print(json ? try RecipeView.json(recipe) : RecipeView.text(recipe))
    }
  }
}
