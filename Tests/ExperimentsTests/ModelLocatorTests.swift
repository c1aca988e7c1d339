import Checkpoints
import Evaluation
import Experiments
import Foundation
import Interchange
import Layers
import Models
import TestSupport
import Testing

/// Models by a word: runs, checkpoints, and other formats.
@Suite(.serialized) struct ModelLocatorTests {
  private let folder: TinyWorkspace
  private let recipes: RecipeCatalog

  init() throws {
    folder = try TinyWorkspace()
    recipes = RecipeCatalog([folder.recipe])
    try folder.start("run")
  }

  private func contents(
    _ word: String, tokenizerPath: String? = nil, vocabularySize: Int? = nil
  ) throws -> ModelContents {
    try ModelLocator.contents(
      named: word, recipes: recipes, in: folder.workspace, tokenizerPath: tokenizerPath,
      vocabularySize: vocabularySize)
  }

  private var checkpoint: String { "\(folder.workspace.checkpoints)/run/step-00000020" }

  @Test func aRunIsItsNewestCheckpoint() throws {
    for word in [
      "run", checkpoint, "\(folder.workspace.checkpoints)/run", "\(checkpoint)/weights.safetensors",
    ] {
      let found = try contents(word)
      #expect(found.path == checkpoint && found.format == .samara)
      #expect(found.configuration == folder.recipe.model as? OpenELMConfiguration)
      #expect(found.training?.step == 20 && found.training?.tokens == 20 * 64)
      #expect(found.training?.recipe == "tiny")
      #expect(found.training?.recipeRecord?.contains("\"feed_forward_divisor\" : 8") == true)
      let tokenizer = try #require(found.tokenizer).tokenizer(path: word)
      #expect(
        try tokenizer.fingerprint == RunCheckpoint(path: checkpoint).tokenizer().fingerprint)
    }
  }

  /// The record tells the sizes: the program that made the recipe is not needed.
  @Test func aCheckpointNeedsNoRecipe() throws {
    let found = try ModelLocator.contents(
      named: checkpoint, recipes: RecipeCatalog([]), in: folder.workspace)
    #expect(found.configuration == folder.recipe.model as? OpenELMConfiguration)
    #expect(
      throws: Never.self,
      performing: {
        try EvaluationSubject(
          named: checkpoint, recipes: RecipeCatalog([]), in: folder.workspace)
      })
  }

  /// Out, in again, and the same: bit for bit, whatever the folder.
  @Test(arguments: [ModelFormat.huggingFace, .mlx])
  func aConvertedRunIsTheSameModel(format: ModelFormat) throws {
    let target = "\(folder.folder.path)/out"
    let written = try ModelConversion(from: "run", to: target, format: format).run(
      recipes: recipes, in: folder.workspace)
    #expect(written.type == .float32 && written.notes.isEmpty)
    let (before, after) = (try contents("run"), try contents(target))
    #expect(after.configuration == before.configuration)
    #expect(after.tokenizer == before.tokenizer)
    for name in before.weights.weightNames {
      let expected = try before.weights.withWeight(name) { Array($0[0].bytes) }
      #expect(try after.weights.withWeight(name) { Array($0[0].bytes) } == expected)
    }
    let card = try String(contentsOfFile: "\(target)/README.md", encoding: .utf8)
    #expect(card.contains("- recipe: `tiny`") && card.contains("- tokens seen: 1,280"))
    // And it is scored like the run.
    let text = "\(folder.folder.path)/held-out.txt"
    try Data("a red house sleeps under the door".utf8).write(to: URL(filePath: text))
    let options = EvaluationOptions(
      tasks: [], data: TaskData(directory: nil), heldOutText: text)
    let scores = try ["run", target].map { word in
      try EvaluationRun(
        EvaluationSubject(named: word, recipes: recipes, in: folder.workspace),
        options: options, in: folder.workspace
      ).evaluate()[0].metrics.map(\.value)
    }
    #expect(scores[0] == scores[1] && !scores[0].isEmpty)
  }

  @Test func aTokenizerMayBeNamedAndATableCut() throws {
    let target = "\(folder.folder.path)/out"
    var conversion = ModelConversion(from: "run", to: target, format: .huggingFace)
    conversion.vocabularySize = 300
    _ = try conversion.run(recipes: recipes, in: folder.workspace)
    #expect(try contents(target).configuration.vocabularySize == 300)
    for name in ["tokenizer.model", "tokenizer.json"] {
      try? FileManager.default.removeItem(atPath: "\(target)/\(name)")
    }
    #expect(try contents(target).tokenizer == nil)
    #expect(throws: ExperimentError.self) {
      try EvaluationSubject(named: target, recipes: recipes, in: folder.workspace)
    }
    #expect(try contents(target, tokenizerPath: checkpoint).tokenizer != nil)
    // The tokenizer has 300 pieces.
    #expect(throws: InterchangeError.self) { try contents("run", vocabularySize: 299) }
    #expect(throws: InterchangeError.self) { try contents("run", vocabularySize: 321) }
  }

  @Test func whatIsNothingIsTold() throws {
    for (word, message) in [
      ("rum", "did you mean run"), ("../no-such-model", "no run is called"),
      (folder.corpus, "found a file that begins with"),
      (folder.folder.path, "expected a folder with config.json"),
    ] {
      do {
        _ = try contents(word)
        Issue.record("\(word) reads")
      } catch {
        #expect("\(error)".contains(message), "\(error)")
      }
    }
  }

  @Test func inspectionChecksACheckpoint() throws {
    let found = try ModelInspection(path: checkpoint)
    #expect(found.isVerified == true && (found.optimizerTensorCount ?? 0) > 20)
    #expect(found.warnings.contains { $0.contains("the last 20 of 320 rows") })
    // A flipped bit of the last weight.
    let path = "\(checkpoint)/weights.safetensors"
    var bytes = try Data(contentsOf: URL(filePath: path))
    bytes[bytes.count - 1] ^= 1
    try bytes.write(to: URL(filePath: path))
    let damaged = try ModelInspection(path: checkpoint)
    #expect(damaged.isVerified == false)
    #expect(damaged.warnings.contains { $0.contains("expected the CRC-32") })
  }
}
