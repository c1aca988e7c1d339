import Checkpoints
import Evaluation
import Experiments
import Foundation
import Layers
import Terminal
import Testing

/// Runs in one process that are scored on the way; `CommandsTests` stops real ones.
@Suite(.serialized) struct TrainingEvaluationTests {
  private static let files = ["weights.safetensors", "optimizer.safetensors"]
  private let folder: TinyWorkspace
  private let scored: Recipe

  init() throws {
    folder = try TinyWorkspace()
    let benchmarks = "\(folder.folder.path)/benchmarks"
    try FileManager.default.createDirectory(
      atPath: benchmarks, withIntermediateDirectories: true)
    let questions = (0..<12).map { index in
      #"{"question": "the door \#(index) is", "choices": {"text": ["red", "green", "blue"], "#
        + #""label": ["A", "B", "C"]}, "answerKey": "\#(["A", "B", "C"][index % 3])"}"#
    }
    for name in ["arc_easy", "arc_challenge"] {
      try Data(questions.joined(separator: "\n").utf8).write(
        to: URL(filePath: "\(benchmarks)/\(name).jsonl"))
    }
    let text = "\(folder.folder.path)/held-out.jsonl"
    try Data(
      (0..<5).map { "{\"text\": \"a red house sleeps under the door \($0)\"}\n" }.joined().utf8
    ).write(to: URL(filePath: text))
    scored = folder.recipe.derived("tiny") {
      $0.evaluation = RecipeEvaluation(
        tasks: ["arc-easy"], heldOutText: .file(text), everySteps: 7, directory: benchmarks)
    }
  }

  private func history(_ run: String) throws -> RunHistory {
    try RunHistory(name: run, metricsPath: folder.run(run).metricsPath)
  }

  private func state(_ run: String, step: String) throws -> NSDictionary {
    let data = try #require(folder.bytes("\(run)/\(step)/state.json"))
    return try #require(try JSONSerialization.jsonObject(with: data) as? NSDictionary)
  }

  private func expectEqual(_ first: String, _ second: String, steps: [String]) throws {
    for step in steps {
      for file in Self.files {
        let bytes = folder.bytes("\(first)/\(step)/\(file)")
        #expect(bytes != nil)
        #expect(bytes == folder.bytes("\(second)/\(step)/\(file)"), "\(file) of \(step)")
      }
      #expect(try state(first, step: step) == state(second, step: step))
    }
    let losses = try [first, second].map { try history($0).records.map(\.loss) }
    #expect(losses[0] == losses[1])
  }

  /// As the scores of a run are compared: without the time that they took.
  private func scores(_ run: String) throws -> [String] {
    try history(run).scores.map {
      "\($0.step) \($0.tokens) \($0.task) \($0.metric) \($0.value ?? .nan) \($0.standardError ?? -1)"
    }
  }

  @Test(arguments: [Precision.float32, .bfloat16])
  func trainingHasTheSameBitsWithAndWithout(precision: Precision) throws {
    var (plain, scored) = (folder.recipe, scored)
    plain.execution.precision = precision
    scored.execution.precision = precision
    try folder.start("plain", plain)
    try folder.start("scored", scored)
    try expectEqual(
      "plain", "scored", steps: ["step-00000010", "step-00000015", "step-00000020"])
    #expect(try history("plain").scores.isEmpty)
    let scores = try history("scored").scores
    #expect(Set(scores.map(\.step)) == [7, 14, 20])
    #expect(
      scores.prefix(5).map { "\($0.task) \($0.metric) \($0.documentCount)" } == [
        "arc_easy acc 12", "arc_easy acc_norm 12", "held_out_text word_perplexity 5",
        "held_out_text byte_perplexity 5", "held_out_text bits_per_byte 5",
      ])
    #expect(scores.allSatisfy { $0.value != nil && ($0.evaluationSeconds ?? 0) > 0 })
    #expect(scores[0].tokens == 7 * 64)
    // The text is the corpus's kind, so that training shows.
    let bits = try #require(
      try history("scored").scoreCurves.first { $0.metric == "bits_per_byte" })
    #expect(try #require(bits.last.value) < #require(bits.records[0].value))
  }

  /// The last scores are those that the last checkpoint has when it is evaluated by itself.
  @Test func theScoresAreTheCheckpoints() throws {
    try folder.start("run", scored)
    let checkpoint = try RunCheckpoint(
      path: "\(folder.workspace.checkpoints)/run/step-00000020")
    let options = EvaluationOptions(
      tasks: ["arc_easy"], data: TaskData(directory: scored.evaluation?.directory),
      tokensPerBatch: 32)
    let result = try #require(
      try EvaluationRun(
        EvaluationSubject(checkpoint, recipes: RecipeCatalog([scored])), options: options,
        in: folder.workspace
      ).evaluate().first)
    let last = try history("run").scores.filter { $0.step == 20 && $0.task == "arc_easy" }
    #expect(last.map(\.value) == result.metrics.map(\.value))
    #expect(last.map(\.standardError) == result.metrics.map(\.standardError))
  }

  /// A crash after step 15: the steps and the scores after it are made again.
  @Test func aResumedRunHasTheSameScores() throws {
    try folder.start("whole", scored)
    try folder.start("cut", scored)
    try FileManager.default.removeItem(
      atPath: "\(folder.workspace.checkpoints)/cut/step-00000020")
    try folder.resume("cut", scored)
    try expectEqual("whole", "cut", steps: ["step-00000020"])
    #expect(try scores("cut") == scores("whole"))
    #expect(try folder.metrics("cut").count == folder.metrics("whole").count)
  }

  /// What scores nothing but the weights may change while a run is stopped.
  @Test func anotherEvaluationForbidsNoResume() throws {
    try folder.start("whole", scored)
    for (name, change) in [
      ("none", { $0.evaluation = nil }),
      ("more", { $0.evaluation?.everySteps = 1 }),
      ("less", { $0.evaluation?.tasks = [] }),
    ] as [(String, (inout Recipe) -> Void)] {
      try folder.start(name, scored)
      try FileManager.default.removeItem(
        atPath: "\(folder.workspace.checkpoints)/\(name)/step-00000020")
      try folder.resume(name, scored.derived("tiny", change))
      try expectEqual("whole", name, steps: ["step-00000020"])
    }
    #expect(try Set(history("none").scores.map(\.step)) == [7, 14])
    #expect(try Set(history("more").scores.map(\.step)) == [7, 14, 15, 16, 17, 18, 19, 20])
    #expect(
      try Set(history("less").scores.filter { $0.step == 20 }.map(\.task)) == ["held_out_text"])
  }

  /// A run that was stopped in its last evaluation has its steps, and is not done.
  @Test func aResumeMakesUpForMissingScores() throws {
    try folder.start("whole", scored)
    try folder.start("cut", scored)
    let path = try folder.run("cut").metricsPath
    let lines = try folder.metrics("cut")
    // Of step 20 the first task's scores alone are there, and half a line.
    let kept = lines.prefix(lines.count - 3) + [String(lines[lines.count - 3].prefix(30))]
    try Data(kept.joined(separator: "\n").utf8).write(to: URL(filePath: path))
    let before = folder.bytes("cut/step-00000020/manifest.json")
    try folder.resume("cut", scored)
    #expect(try scores("cut") == scores("whole"))
    #expect(folder.bytes("cut/step-00000020/manifest.json") == before)
    let error = #expect(throws: ExperimentError.self) { try folder.resume("cut", scored) }
    #expect("\(try #require(error))".contains("has its 20 steps"))
  }

  /// What cannot be scored is told before anything is trained, and leaves nothing behind.
  @Test func unusableDataStopsARunBeforeItBegins() throws {
    for (change, message) in [
      ({ $0.tasks = ["arc-easie"] }, "did you mean arc_easy"),
      ({ $0.tasks = ["piqa"] }, "piqa: no data found"),
      ({ $0.heldOutText = .file("missing.txt") }, "missing.txt"),
    ] as [((inout RecipeEvaluation) -> Void, String)] {
      var recipe = scored
      var evaluation = try #require(recipe.evaluation)
      change(&evaluation)
      recipe.evaluation = evaluation
      let error = #expect(throws: EvaluationError.self) { try folder.start("run", recipe) }
      let text = "\(try #require(error))"
      #expect(text.contains(message), "\(text)")
      #expect(try !folder.run("run").exists)
    }
  }

  /// Times of steps are of steps alone.
  @Test func trainingsSpeedIsNotThatOfScoring() throws {
    var recipe = scored
    // Scoring the text after every step takes many times what the step takes.
    let text = "\(folder.folder.path)/long.txt"
    try Data((0..<4_000).map { "the door \($0) sleeps. " }.joined().utf8).write(
      to: URL(filePath: text))
    recipe.evaluation?.heldOutText = .file(text)
    recipe.evaluation?.everySteps = 1
    try folder.start("run", recipe, overrides: RecipeOverrides(steps: 4))
    let history = try history("run")
    #expect(history.evaluationCount == 4)
    #expect(history.evaluationSeconds > 3 * history.totalSeconds)
    for record in history.records {
      #expect(abs(record.tokensPerSecond * record.seconds - 64) < 1e-6)
    }
  }
}
