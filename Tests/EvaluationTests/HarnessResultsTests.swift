import Evaluation
import Foundation
import TestSupport
import Testing

/// Our files in the harness's hands, and its own in ours.
@Suite struct HarnessResultsTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// A Python that has lm-evaluation-harness: `SAMARA_HARNESS_PYTHON`, or `python3`.
  private static let python: String? = {
    let name = ProcessInfo.processInfo.environment["SAMARA_HARNESS_PYTHON"] ?? "python3"
    return (try? run([name, "-c", "import lm_eval, datasets"]))?.status == 0 ? name : nil
  }()

  private static func run(_ arguments: [String]) throws -> (status: Int32, log: String) {
    let folder = try TemporaryFolder()
    let path = try folder.write("", to: "log")
    let handle = FileHandle(forWritingAtPath: path)
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = arguments
    process.standardOutput = handle
    process.standardError = handle
    try process.run()
    process.waitUntilExit()
    return (process.terminationStatus, try String(contentsOfFile: path, encoding: .utf8))
  }

  private static let reason: Comment =
    "no python3 with lm_eval and datasets; SAMARA_HARNESS_PYTHON may name one"

  private func check(_ arguments: [String]) throws -> (status: Int32, log: String) {
    try Self.run(
      [
        Self.python ?? "python3",
        Self.root.appendingPathComponent("Tests/Interop/check_results.py").path,
      ] + arguments)
  }

  @Test(.enabled(if: python != nil, reason), .timeLimit(.minutes(10)))
  func theHarnessReadsOursAndWeReadTheHarnesss() throws {
    let folder = try TemporaryFolder()
    let sampled = SampleResults.sampled()
    let results =
      sampled + SampleResults.group(shots: 0) + SampleResults.group(shots: 5)
      + SampleResults.arcAndNovels
    try EvaluationReport(
      results: results, model: EvaluatedModel(name: "books", step: 12, tokens: 4_096)
    ).write(to: folder("results.json"))
    try SampleLog.write(sampled, to: folder("samples.jsonl"))
    let (status, log) = try check([
      "--results", folder("results.json"), "--samples", folder("samples.jsonl"),
      "--write-harness", folder.path,
    ])
    #expect(status == 0, "\(log)")
    let theirs = try EvaluationResultsFile(path: folder("harness.json"))
    #expect(theirs.model.name == "dummy")
    #expect(
      theirs.results.map(\.task) == [
        "own_group", "own_choice", "own_completion", "own_text", "own_generation",
      ])
    #expect(theirs.results[1].metrics.map(\.name) == ["acc", "acc_norm"])
    #expect(theirs.results[0].version == 2)
    #expect(theirs.results.allSatisfy { $0.documentCount == 4 })
    #expect(ScoreReport([theirs]).rendered(for: .init(width: 100)).contains("own_group"))
  }

  @Test(.enabled(if: python != nil, reason), .timeLimit(.minutes(10)))
  func datasetsLoadsTheSamplesOfATask() throws {
    let folder = try TemporaryFolder()
    let results = [SampleResults.sampled()[0]]
    try EvaluationReport(results: results).write(to: folder("results.json"))
    try SampleLog.write(results, to: folder("samples.jsonl"))
    let (status, log) = try check([
      "--results", folder("results.json"), "--samples", folder("samples.jsonl"),
    ])
    #expect(status == 0, "\(log)")
  }

  /// The check itself can fail.
  @Test(.enabled(if: python != nil, reason), .timeLimit(.minutes(10)))
  func theHarnessFindsAnotherSchema() throws {
    let folder = try TemporaryFolder()
    let text = String(
      decoding: EvaluationReport(results: SampleResults.group(shots: 0)).json(), as: UTF8.self)
    try folder.write(
      text.replacingOccurrences(of: "sample_len", with: "samples").replacingOccurrences(
        of: "num_fewshot", with: "shots"), to: "results.json")
    let (status, log) = try check(["--results", folder("results.json")])
    #expect(status == 1)
    #expect(log.contains("first keys") && log.contains("num_fewshot"), "\(log)")
  }
}
