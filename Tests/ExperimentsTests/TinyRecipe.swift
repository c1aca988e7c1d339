import Corpora
import Experiments
import Foundation
import Models
import TestSupport
import Training

/// A recipe that trains in a moment, on a corpus of a test's own.
func tinyRecipe(corpus: [String], tokenizer: any TokenizerSource = .trained(vocabularySize: 300))
  -> Recipe
{
  Recipe(
    name: "tiny", summary: "for tests",
    model: OpenELMConfiguration(
      layerCount: 2, modelWidth: 16, headWidth: 8, queriesPerKeyValueHead: 2,
      attentionScale: .init(1), feedForwardScale: .init(1...2), feedForwardDivisor: 8,
      vocabularySize: 320, contextLength: 32),
    tokenizer: tokenizer, corpus: .files(corpus),
    reading: CorpusReading(normalization: .nfc, filter: .none, packing: .concatenated),
    batching: Batching(sequenceLength: 16, sequencesPerStep: 4, sequencesPerPass: 2),
    schedule: LearningRateSchedule(warmupSteps: 3, maximum: 0.01), steps: 20,
    checkpoints: CheckpointPolicy(everySteps: 5, keep: 3), seed: 11)
}

/// Folders for runs, with a corpus of `documents` short documents.
struct TinyWorkspace {
  let folder: TemporaryFolder
  let workspace: Workspace
  let corpus: String

  init(documents: Int = 200) throws {
    folder = try TemporaryFolder()
    workspace = Workspace(
      data: "\(folder.path)/data", checkpoints: "\(folder.path)/checkpoints",
      logs: "\(folder.path)/logs")
    corpus = "\(folder.path)/corpus.jsonl"
    let words = ["red", "green", "blue", "door", "house", "runs", "sleeps", "under", "the", "a"]
    let lines = (0..<documents).map { document in
      let text = (0..<20).map { words[(document * 7 + $0 * $0 * 3 + $0) % words.count] }
      return "{\"text\": \"\(text.joined(separator: " ")).\"}\n"
    }
    try Data(lines.joined().utf8).write(to: URL(filePath: corpus))
  }

  var recipe: Recipe { tinyRecipe(corpus: [corpus]) }

  func run(_ name: String) throws -> RunDirectory { try RunDirectory(name, in: workspace) }

  @discardableResult
  func start(
    _ name: String, _ recipe: Recipe? = nil, overrides: RecipeOverrides = RecipeOverrides()
  ) throws -> Pretraining.Outcome {
    try Pretraining.start(
      recipe ?? self.recipe, overrides: overrides, run: run(name), threads: 2, in: workspace)
  }

  @discardableResult
  func resume(
    _ name: String, _ recipe: Recipe? = nil, acceptsChanges: Bool = false
  ) throws -> Pretraining.Outcome {
    try Pretraining.resume(
      run(name), recipes: RecipeCatalog([recipe ?? self.recipe]), acceptsChanges: acceptsChanges,
      in: workspace)
  }

  func bytes(_ path: String) -> Data? {
    FileManager.default.contents(atPath: "\(workspace.checkpoints)/\(path)")
  }

  func metrics(_ name: String) throws -> [String] {
    try String(contentsOfFile: run(name).metricsPath, encoding: .utf8)
      .split(separator: "\n").map(String.init)
  }
}
