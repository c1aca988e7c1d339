import Evaluation
import Experiments
import Foundation
import Recipes
import Testing

@Suite struct RecipeEvaluationTests {
  private let evaluation = RecipeEvaluation(
    tasks: ["arc-easy"], heldOutText: .file("novel.txt"), everySteps: 4, directory: "benchmarks",
    documentLimit: 9)

  @Test func isDueAtTheIntervalAndTheEnd() {
    #expect((0...10).filter { evaluation.isDue(at: $0, of: 10) } == [4, 8, 10])
    #expect(evaluation.count(of: 10) == 3)
    #expect(evaluation.count(of: 8) == 2)
    let nothing = RecipeEvaluation(everySteps: 1)
    #expect(!nothing.isDue(at: 1, of: 1) && nothing.count(of: 9) == 0)
  }

  @Test func theRecordHasIt() throws {
    var recipe = try RecipeCatalog.standard.recipe(named: "openelm-12m")
    // Records from before there was a choice stay as they were.
    #expect(!String(decoding: try recipe.json(), as: UTF8.self).contains("\"evaluation\""))
    let before = try recipe.json()
    recipe.evaluation = evaluation
    let difference = try RecipeDifference(recorded: before, current: recipe.json())
    #expect(
      difference.changes.map { "\($0.key)=\($0.current ?? "")" } == [
        "evaluation.directory=benchmarks", "evaluation.document_limit=9",
        "evaluation.every_steps=4", "evaluation.held_out_text=novel.txt",
        "evaluation.tasks=1 values", "evaluation.tasks.0=arc-easy",
      ])
    #expect(difference.changes(of: "evaluation") == difference)
    #expect(difference.changes(of: "eval").isEmpty)
    #expect(
      try RecipeDifference(recorded: before, current: recipe.json(), except: ["evaluation"])
        .isEmpty)
  }

  @Test func theCommandLineChangesIt() throws {
    let seedling = try RecipeCatalog.standard.recipe(named: "seedling")
    func applied(_ overrides: EvaluationOverrides, to recipe: Recipe) -> RecipeEvaluation? {
      RecipeOverrides(evaluation: overrides).applied(to: recipe).evaluation
    }
    #expect(applied(EvaluationOverrides(everySteps: 0), to: seedling) == nil)
    var expected = try #require(seedling.evaluation)
    (expected.everySteps, expected.documentLimit) = (7, 3)
    #expect(applied(EvaluationOverrides(everySteps: 7, documentLimit: 3), to: seedling) == expected)
    let bare = try RecipeCatalog.standard.recipe(named: "openelm-12m")
    #expect(bare.evaluation == nil)
    #expect(
      applied(EvaluationOverrides(tasks: ["piqa"], heldOutText: .stories, directory: "d"), to: bare)
        == RecipeEvaluation(
          tasks: ["piqa"], heldOutText: .stories, everySteps: bare.checkpoints.everySteps,
          directory: "d"))
    // A run keeps what it was asked for.
    let overrides = RecipeOverrides(
      evaluation: EvaluationOverrides(tasks: ["piqa"], heldOutText: .file("./stories")))
    let kept = try JSONDecoder().decode(
      RecipeOverrides.self, from: try JSONEncoder().encode(overrides))
    #expect(kept == overrides)
    #expect(HeldOutTextSource("stories") == .stories)
  }

  @Test func settingsThatScoreNothing() throws {
    let seedling = try RecipeCatalog.standard.recipe(named: "seedling")
    for change in [
      { $0.everySteps = 0 }, { $0.everySteps = -1 }, { $0.documentLimit = 0 }, { $0.shots = -1 },
    ] as [(inout RecipeEvaluation) -> Void] {
      var recipe = seedling
      var evaluation = try #require(recipe.evaluation)
      change(&evaluation)
      recipe.evaluation = evaluation
      #expect(throws: ExperimentError.self) { try recipe.validate() }
    }
    var recipe = seedling
    recipe.evaluation?.tasks = ["stores"]
    let error = #expect(throws: EvaluationError.self) {
      try recipe.evaluationSelection(in: Workspace())
    }
    #expect("\(try #require(error))".contains("did you mean stories"))
  }

  /// Forward passes alone, a third of training's operations each, over the tokens of the documents.
  @Test func theCostIsCounted() throws {
    var recipe = try RecipeCatalog.standard.recipe(named: "seedling")
    recipe.steps = 1_000
    recipe.evaluation = RecipeEvaluation(
      tasks: ["stories"], heldOutText: .stories, everySteps: 300, documentLimit: 50)
    let plan = RecipePlan(recipe)
    #expect(plan.evaluations == 4)
    let share = try #require(plan.evaluationShare)
    #expect(abs(share - 4.0 * 2 * 50 * 100 / (3 * 1_024 * 1_000)) < 1e-12)
    recipe.evaluation = nil
    #expect(RecipePlan(recipe).evaluations == 0)
    #expect(RecipePlan(recipe).evaluationShare == nil)
    // The default's is a few percent.
    let own = RecipePlan(try RecipeCatalog.standard.recipe(named: "seedling")).evaluationShare
    #expect((0.002...0.05).contains(try #require(own)))
  }
}
