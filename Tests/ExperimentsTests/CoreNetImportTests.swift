import Checkpoints
import Experiments
import Foundation
import Interchange
import Models
import PyTorchFiles
import TestSupport
import Testing
import Tokenization
import Training

/// Runs out to CoreNet's training checkpoints and back, and CoreNet's own into runs.
@Suite(.serialized) struct CoreNetImportTests {
  private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "InterchangeTests/Fixtures").path

  /// The model of the fixtures that PyTorch made.
  private static func recipe(_ folder: TinyWorkspace) -> Recipe {
    var recipe = folder.recipe
    recipe.model = OpenELMConfiguration(
      layerCount: 2, modelWidth: 16, headWidth: 4, queriesPerKeyValueHead: 2,
      attentionScale: .init(0.5...1.0), feedForwardScale: .init(0.5...1.0), feedForwardDivisor: 8,
      vocabularySize: 48, contextLength: 32)
    return recipe
  }

  @discardableResult
  private static func imported(
    _ path: String, as name: String, _ recipe: Recipe, _ folder: TinyWorkspace,
    notes: inout [String]
  ) throws -> Checkpoint {
    var told: [String] = []
    defer { notes = told }
    return try CoreNetImport.run(
      path, as: folder.run(name), recipe: recipe, overrides: RecipeOverrides(), threads: 2,
      in: folder.workspace
    ) { told.append($0) }
  }

  /// Train 20 = train 10, export, import, resume 10, bit for bit.
  @Test func aRunThatGoesThroughCoreNetsFormatResumesToTheBit() throws {
    let folder = try TinyWorkspace()
    try folder.start("whole")
    let checkpoint = try RunCheckpoint(
      path: "\(folder.workspace.checkpoints)/whole/step-00000010")
    let path = folder.folder("training_checkpoint_last.pt")
    try CoreNetExport.write(checkpoint, to: path)
    var notes: [String] = []
    let imported = try Self.imported(path, as: "copy", folder.recipe, folder, notes: &notes)
    #expect(imported.step == 10)
    try imported.verify()
    #expect(notes.contains { $0.contains("goes on where the run stood") }, "\(notes)")
    for file in ["weights.safetensors", "optimizer.safetensors", "recipe.json", "tokenizer.model"] {
      #expect(
        folder.bytes("copy/step-00000010/\(file)") == folder.bytes("whole/step-00000010/\(file)"),
        "\(file)")
    }
    try folder.resume("copy")
    for file in ["weights.safetensors", "optimizer.safetensors"] {
      let bytes = folder.bytes("copy/step-00000020/\(file)")
      #expect(bytes != nil && bytes == folder.bytes("whole/step-00000020/\(file)"), "\(file)")
    }
    #expect(throws: ExperimentError.self) {
      try Self.imported(path, as: "copy", folder.recipe, folder, notes: &notes)
    }
  }

  @Test func theExportIsCoreNetsOwnKind() throws {
    let folder = try TinyWorkspace()
    try folder.start("whole")
    let checkpoint = try RunCheckpoint(
      path: "\(folder.workspace.checkpoints)/whole/step-00000020")
    let path = folder.folder("last.pt")
    try CoreNetExport.write(checkpoint, to: path)
    // As a model it brings what the run has put there.
    let contents = try ModelReader.contents(at: path)
    let own = try ModelReader.contents(at: checkpoint.path)
    #expect(contents.configuration == own.configuration)
    #expect(contents.tokenizer == own.tokenizer && own.tokenizer != nil)
    #expect(contents.training?.step == own.training?.step)
    let root = try #require(try PyTorchFile(path: path).root.dictionary)
    #expect(root["iterations"]?.integer == 20)
    let groups = try #require(root["optim_state_dict"]?.dictionary?["param_groups"]?.elements)
    let rate = folder.recipe.schedule.learningRate(at: 19, of: 20)
    #expect(groups.map { $0.dictionary?["lr"]?.number } == [rate, rate])
    #expect(groups.map { $0.dictionary?["weight_decay"]?.number } == [0.1, 0])
    let state = try CoreNetTrainingState.read(path: path, contextLength: 32)
    #expect(state.updateCount == 20)
    #expect(state.configuration.layers == (folder.recipe.model as? OpenELMConfiguration)?.layers)
  }

  /// A file of PyTorch's own becomes a run whose corpus begins anew.
  @Test(arguments: ["adamw.pt", "fused.pt"]) func pyTorchsStateBecomesARun(_ name: String) throws {
    let folder = try TinyWorkspace()
    var recipe = Self.recipe(folder)
    let tokenizer = "\(folder.folder.path)/tiny.model"
    try tinyTokenizer(to: tokenizer)
    recipe.tokenizer = .tokenizerFile(tokenizer)
    var notes: [String] = []
    let checkpoint = try Self.imported(
      "\(Self.fixtures)/\(name)", as: "run", recipe, folder, notes: &notes)
    #expect(checkpoint.step == 4)
    #expect(notes.contains { $0.contains("read from its beginning") }, "\(notes)")
    let state = try RunCheckpoint(path: checkpoint.path).state
    #expect(state.updateCount == 4 && state.cursor == nil && state.step == 4)
    #expect(state.tokens == 4 * recipe.batching.tokensPerStep)
    try folder.resume("run", recipe)
    #expect(folder.bytes("run/step-00000020/weights.safetensors") != nil)
    #expect(try folder.metrics("run").count == 16)
  }

  @Test func aPaddedVocabularyIsCutToTheRecipes() throws {
    let folder = try TinyWorkspace()
    try folder.start("whole")
    let path = folder.folder("last.pt")
    try CoreNetExport.write(
      RunCheckpoint(path: "\(folder.workspace.checkpoints)/whole/step-00000010"), to: path)
    var smaller = folder.recipe.derived("smaller") { recipe in
      guard var model = recipe.model as? OpenELMConfiguration else { return }
      model.vocabularySize = 310
      recipe.model = model
    }
    smaller.checkpoints = folder.recipe.checkpoints
    var notes: [String] = []
    let checkpoint = try Self.imported(path, as: "cut", smaller, folder, notes: &notes)
    #expect(notes.contains { $0.contains("320 rows are cut to the recipe's 310") }, "\(notes)")
    // The run that the file carries is of another recipe.
    #expect(notes.contains { $0.contains("of the recipe tiny, not smaller") }, "\(notes)")
    let file = try SafetensorsFile(path: "\(checkpoint.path)/optimizer.safetensors")
    #expect(try file.entry(named: "first_moment.token_embeddings.weight").shape == [310, 16])
    try folder.resume("cut", smaller)
  }

  @Test func whatDoesNotFitIsRefusedAndNothingIsLeft() throws {
    let folder = try TinyWorkspace()
    let path = "\(Self.fixtures)/adamw.pt"
    var notes: [String] = []
    // Another model, compact storage, weights alone.
    var compact = Self.recipe(folder)
    compact.storage = .compact
    compact.execution.precision = .bfloat16
    for recipe in [folder.recipe, compact] {
      #expect(throws: (any Error).self) {
        try Self.imported(path, as: "bad", recipe, folder, notes: &notes)
      }
    }
    #expect(throws: InterchangeError.self) {
      try Self.imported(
        "\(Self.fixtures)/continued.pt", as: "bad", folder.recipe, folder, notes: &notes)
    }
    #expect(try !folder.run("bad").exists)
  }
}

/// A tokenizer of fewer pieces than the fixtures' vocabulary.
private func tinyTokenizer(to path: String) throws {
  var trainer = BytePairTrainer(vocabularySize: 20)
  trainer.usesByteFallback = false
  try trainer.train([Array("red green blue door house runs sleeps under the a.".utf8)])
    .write(to: path)
}
