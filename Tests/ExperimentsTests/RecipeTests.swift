import Experiments
import Foundation
import Recipes
import Testing

@Suite struct RecipeTests {
  private static let snapshots = URL(filePath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Fixtures/recipes")

  /// No default drifts unseen: each recipe's record is held against a written one.
  ///
  /// After a change that is meant, run the tests with SAMARA_WRITE_SNAPSHOTS=1 and read the
  /// difference.
  @Test(arguments: RecipeCatalog.standard.recipes.map(\.name))
  func theRecordIsAsWritten(name: String) throws {
    let record = try RecipeCatalog.standard.recipe(named: name).json()
    let path = Self.snapshots.appendingPathComponent("\(name).json")
    if ProcessInfo.processInfo.environment["SAMARA_WRITE_SNAPSHOTS"] != nil {
      try FileManager.default.createDirectory(
        at: Self.snapshots, withIntermediateDirectories: true)
      try record.write(to: path)
    }
    let written = try Data(contentsOf: path)
    let difference = try RecipeDifference(recorded: written, current: record)
    #expect(difference.isEmpty, "\(difference)")
    #expect(written == record)
  }

  @Test(arguments: RecipeCatalog.standard.recipes.map(\.name))
  func everyRecipeMakesARun(name: String) throws {
    try RecipeCatalog.standard.recipe(named: name).validate()
  }

  @Test func thePlanOfThePublishedSize() throws {
    let plan = RecipePlan(try RecipeCatalog.standard.recipe(named: "openelm-270m"))
    #expect(plan.parameters == 271_527_168)
    #expect(plan.tokensPerStep == 4_194_304)
    #expect(plan.tokens == 350_000 * 4_194_304)
    // Six for each weight but the norms', and attention's products beside them.
    #expect(plan.flopsPerToken > 6 * 271_000_000)
    #expect(plan.flopsPerToken < 7 * 271_527_168)
  }

  /// Records from before there was a choice of attention's scope stay as they were.
  @Test func attentionIsRecordedWhereItIsKeptInsideDocuments() throws {
    let base = try RecipeCatalog.standard.recipe(named: "openelm-12m")
    #expect(!String(decoding: try base.json(), as: UTF8.self).contains("\"attention\""))
    let packed = base.derived("packed") {
      $0.reading.packing = .bestFit(windowPieces: 2_000)
      $0.reading.attention = .document
    }
    let record = String(decoding: try packed.json(), as: UTF8.self)
    #expect(record.contains("\"attention\" : \"document\""))
    #expect(record.contains("\"packing\" : \"bestFit:2000\""))
  }

  @Test func anUnknownRecipeNamesTheNearest() throws {
    let error = #expect(throws: ExperimentError.self) {
      try RecipeCatalog.standard.recipe(named: "openelm-27m")
    }
    #expect("\(try #require(error))".contains("did you mean"))
    #expect("\(try #require(error))".contains("openelm-270m"))
  }

  @Test func overridesChangeWhatTheyName() throws {
    let base = try RecipeCatalog.standard.recipe(named: "openelm-12m")
    let recipe = RecipeOverrides(
      steps: 7, checkpointEvery: 3, corpus: ["a.jsonl"], tokenizer: "t.model", seed: 9,
      sequencesPerStep: 1
    ).applied(to: base)
    let difference = try RecipeDifference(recorded: base.json(), current: recipe.json())
    #expect(
      difference.changes.map(\.key) == [
        "batching.sequences_per_pass", "batching.sequences_per_step", "checkpoints.every_steps",
        "corpus.paths",
        "corpus.paths.0", "seed", "steps", "tokenizer.path",
      ])
  }

  @Test func numbersThatMakeNoRun() throws {
    let base = try RecipeCatalog.standard.recipe(named: "seedling")
    let broken: [(inout Recipe) -> Void] = [
      { $0.steps = 0 }, { $0.batching.sequencesPerStep = 33 }, { $0.checkpoints.keep = 0 },
      { $0.checkpoints.everySteps = 0 }, { $0.batching.sequenceLength = 4_096 },
      { $0.batching.sequenceLength = 0 }, { $0.batching.sequencesPerPass = 0 },
    ]
    for change in broken {
      #expect(throws: ExperimentError.self) { try base.derived("broken", change).validate() }
    }
  }
}
