import Checkpoints
import Corpora
import Experiments
import Foundation
import Layers
import Terminal
import Testing

/// Runs in one process; `CommandsTests` kills real ones.
@Suite(.serialized) struct PretrainingTests {
  private static let files = ["weights.safetensors", "optimizer.safetensors"]

  private func expectEqual(_ folder: TinyWorkspace, _ a: String, _ b: String, step: String) {
    for file in Self.files {
      let (first, second) = (
        folder.bytes("\(a)/\(step)/\(file)"), folder.bytes("\(b)/\(step)/\(file)")
      )
      #expect(first != nil)
      #expect(first == second, "\(file) of \(a) and \(b)")
    }
  }

  @Test func resumedEqualsUninterrupted() throws {
    let folder = try TinyWorkspace()
    try folder.start("whole")
    try folder.start("cut")
    // As after a crash past step 10: newer checkpoints are gone, the log has gone further.
    for step in ["step-00000015", "step-00000020"] {
      try FileManager.default.removeItem(
        atPath: "\(folder.workspace.checkpoints)/cut/\(step)")
    }
    try folder.resume("cut")
    expectEqual(folder, "whole", "cut", step: "step-00000020")
    let decoder = JSONDecoder()
    let losses = try ["whole", "cut"].map { name in
      try folder.metrics(name).map {
        try decoder.decode(MetricsRecord.self, from: Data($0.utf8))
      }
    }
    #expect(losses[1].map(\.step) == Array(1...20))
    #expect(losses[0].map(\.loss) == losses[1].map(\.loss))
  }

  /// Documents packed into rows, attention inside each, a layer computed again in mixed precision;
  /// the crash falls inside a window of pieces.
  @Test func packedDocumentsResumeToTheBit() throws {
    let folder = try TinyWorkspace()
    var recipe = folder.recipe
    recipe.reading.packing = .bestFit(windowPieces: 37)
    recipe.reading.attention = .document
    recipe.batching.sequenceLength = 32
    recipe.execution = Execution(precision: .bfloat16, recomputation: .layers(1))
    try folder.start("whole", recipe)
    try folder.start("cut", recipe)
    for step in ["step-00000015", "step-00000020"] {
      try FileManager.default.removeItem(
        atPath: "\(folder.workspace.checkpoints)/cut/\(step)")
    }
    try folder.resume("cut", recipe)
    expectEqual(folder, "whole", "cut", step: "step-00000020")
    // Over the whole row attention is another function.
    recipe.reading.attention = .row
    try folder.start("mixed", recipe)
    #expect(
      folder.bytes("mixed/step-00000020/weights.safetensors")
        != folder.bytes("whole/step-00000020/weights.safetensors"))
  }

  @Test func aRunWithoutACheckpointStartsOver() throws {
    let folder = try TinyWorkspace()
    try folder.start("whole")
    try folder.start("cut")
    for step in ["step-00000010", "step-00000015", "step-00000020"] {
      try FileManager.default.removeItem(atPath: "\(folder.workspace.checkpoints)/cut/\(step)")
    }
    try folder.resume("cut")
    expectEqual(folder, "whole", "cut", step: "step-00000020")
  }

  @Test func aBrokenCheckpointIsPassedOver() throws {
    let folder = try TinyWorkspace()
    try folder.start("whole")
    try folder.start("cut")
    let broken = "\(folder.workspace.checkpoints)/cut/step-00000020/weights.safetensors"
    var bytes = try #require(FileManager.default.contents(atPath: broken))
    bytes[bytes.count - 1] ^= 1
    try bytes.write(to: URL(filePath: broken))
    try folder.resume("cut")
    expectEqual(folder, "whole", "cut", step: "step-00000020")
  }

  /// A run all of whose checkpoints are damaged is not quietly begun anew.
  @Test func nothingIsOverwrittenWhenAllIsBroken() throws {
    let folder = try TinyWorkspace()
    try folder.start("run")
    let metrics = try folder.metrics("run")
    for step in ["10", "15", "20"] {
      let path = "\(folder.workspace.checkpoints)/run/step-000000\(step)/weights.safetensors"
      try Data([1]).write(to: URL(filePath: path))
    }
    let error = #expect(throws: ExperimentError.self) { try folder.resume("run") }
    #expect("\(try #require(error))".contains("no checkpoint of run"))
    #expect(try folder.metrics("run") == metrics)
    #expect(try folder.run("run").checkpoints.all().map(\.step) == [10, 15, 20])
  }

  @Test func aLostRecordIsRebuilt() throws {
    let folder = try TinyWorkspace()
    try folder.start("whole")
    try folder.start("cut")
    try FileManager.default.removeItem(atPath: folder.run("cut").recordPath)
    try FileManager.default.removeItem(
      atPath: "\(folder.workspace.checkpoints)/cut/step-00000020")
    #expect(throws: ExperimentError.self) { try folder.start("cut") }
    try folder.resume("cut")
    expectEqual(folder, "whole", "cut", step: "step-00000020")
  }

  @Test func anotherWayOfReadingCanBeAccepted() throws {
    let folder = try TinyWorkspace()
    try folder.start("run")
    try FileManager.default.removeItem(
      atPath: "\(folder.workspace.checkpoints)/run/step-00000020")
    var changed = folder.recipe
    changed.reading.packing = .padOrTruncate
    #expect(throws: ExperimentError.self) { try folder.resume("run", changed) }
    try folder.resume("run", changed, acceptsChanges: true)
    #expect(folder.bytes("run/step-00000020/state.json") != nil)
  }

  @Test func onlyTheNewestCheckpointsStay() throws {
    let folder = try TinyWorkspace()
    try folder.start("run")
    let names = try folder.run("run").checkpoints.all().map(\.step)
    #expect(names == [10, 15, 20])
  }

  @Test func aChangedRecipeIsRefusedAndShown() throws {
    let folder = try TinyWorkspace()
    try folder.start("run", overrides: RecipeOverrides(steps: 10))
    var changed = folder.recipe
    changed.optimizer.beta2 = 0.99
    changed.steps = 20
    // The steps were asked for on the command line, so the recipe's own do not count.
    let error = #expect(throws: ExperimentError.self) { try folder.resume("run", changed) }
    let text = "\(try #require(error))"
    #expect(text.contains("optimizer.beta2: 0.95 → 0.99"), "\(text)")
    #expect(text.contains("--accept-changes"))
    #expect(!text.contains("steps"))
  }

  @Test func acceptedChangesGoOn() throws {
    let folder = try TinyWorkspace()
    try folder.start("run")
    var longer = folder.recipe
    longer.steps = 22
    #expect(throws: ExperimentError.self) { try folder.resume("run", longer) }
    try folder.resume("run", longer, acceptsChanges: true)
    #expect(folder.bytes("run/step-00000022/state.json") != nil)
  }

  @Test func aFinishedRunSaysSo() throws {
    let folder = try TinyWorkspace()
    try folder.start("run", overrides: RecipeOverrides(steps: 2))
    let error = #expect(throws: ExperimentError.self) { try folder.resume("run") }
    #expect("\(try #require(error))".contains("has its 2 steps"))
  }

  @Test func aNameInUseIsRefused() throws {
    let folder = try TinyWorkspace()
    try folder.start("run", overrides: RecipeOverrides(steps: 1))
    let error = #expect(throws: ExperimentError.self) { try folder.start("run") }
    #expect("\(try #require(error))".contains("samara resume run"))
  }

  /// A start that fails leaves what an earlier run of that name left.
  @Test func aFailedStartRemovesNothingOfOthers() throws {
    let folder = try TinyWorkspace()
    try folder.start("run", overrides: RecipeOverrides(steps: 2))
    let metrics = try folder.metrics("run")
    _ = try Averaging.average(folder.run("run"), last: 1, in: folder.workspace)
    let checkpoints = "\(folder.workspace.checkpoints)/run"
    try FileManager.default.removeItem(atPath: "\(checkpoints)/step-00000002")
    try FileManager.default.removeItem(atPath: folder.run("run").recordPath)
    #expect(throws: (any Error).self) {
      try folder.start("run", tinyRecipe(corpus: ["\(folder.folder.path)/missing.jsonl"]))
    }
    #expect(try folder.metrics("run") == metrics)
    #expect(folder.bytes("run/average/weights.safetensors") != nil)
    #expect(try !folder.run("run").exists)
    try folder.start("run", overrides: RecipeOverrides(steps: 1))
    let previous = try folder.run("run").metricsPath.replacingOccurrences(
      of: "metrics.jsonl", with: "metrics.previous.jsonl")
    #expect(FileManager.default.fileExists(atPath: previous))
    #expect(try folder.metrics("run").count == 1)
  }

  @Test func oneProcessAtATime() throws {
    let folder = try TinyWorkspace()
    try folder.start("run", overrides: RecipeOverrides(steps: 1))
    let lock = try folder.run("run").lock()
    let error = #expect(throws: ExperimentError.self) { try folder.resume("run") }
    #expect("\(try #require(error))".contains("another process"))
    withExtendedLifetime(lock) {}
  }

  @Test(arguments: ["", ".", "..", "a/b", "../x", "a b", ".hidden", "é"])
  func namesThatLeaveTheirFolder(name: String) {
    #expect(throws: ExperimentError.self) { try RunDirectory(name, in: Workspace()) }
  }

  /// A line that is not JSON stops the run, with a checkpoint of the steps before it; once the
  /// line is mended, the run goes on as if it had never been there.
  @Test func aBrokenLineLosesNothing() throws {
    let folder = try TinyWorkspace(documents: 40)
    let tokenizer = try preparedTokenizer(folder)
    let recipe = tinyRecipe(corpus: [folder.corpus], tokenizer: .tokenizerFile(tokenizer))
    try folder.start("whole", recipe)
    let good = try #require(FileManager.default.contents(atPath: folder.corpus))
    var lines = good.split(separator: UInt8(ascii: "\n")).map { Data($0) }
    let mended = lines[20]
    // Of the same length, so that the corpus keeps its identity when it is mended.
    lines[20] = Data(repeating: UInt8(ascii: "x"), count: mended.count)
    func write() throws {
      try Data(lines.map { $0 + Data("\n".utf8) }.joined()).write(
        to: URL(filePath: folder.corpus))
    }
    try write()
    let error = #expect(throws: CorpusError.self) { try folder.start("cut", recipe) }
    #expect("\(try #require(error))".contains("corpus.jsonl:21"))
    let saved = try folder.run("cut").checkpoints.all()
    #expect(saved.count >= 1)
    lines[20] = mended
    try write()
    try folder.resume("cut", recipe)
    expectEqual(folder, "whole", "cut", step: "step-00000020")
  }

  private func preparedTokenizer(_ folder: TinyWorkspace) throws -> String {
    let source = try ListedSource(
      TextSource(addresses: [folder.corpus]), in: folder.workspace.corpusStorage)
    return try folder.recipe.tokenizer.prepare(
      in: folder.workspace, corpus: [source], reading: folder.recipe.reading
    ) { _ in }
  }

  @Test func anotherCorpusIsRefused() throws {
    let folder = try TinyWorkspace()
    let tokenizer = try preparedTokenizer(folder)
    let recipe = tinyRecipe(corpus: [folder.corpus], tokenizer: .tokenizerFile(tokenizer))
    try folder.start("run", recipe)
    try FileManager.default.removeItem(
      atPath: "\(folder.workspace.checkpoints)/run/step-00000020")
    try Data("{\"text\": \"something else\"}\n".utf8).write(to: URL(filePath: folder.corpus))
    let error = #expect(throws: CorpusError.self) { try folder.resume("run", recipe) }
    #expect("\(try #require(error))".contains("corpus is not the one"))
  }
}
