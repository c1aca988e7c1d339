import Evaluation
import Foundation
import TestSupport
import Testing

@Suite struct EvaluationResultsFileTests {
  private func read(_ text: String, path: String = "given.json") throws -> EvaluationResultsFile {
    try EvaluationResultsFile(bytes: Array(text.utf8), path: path)
  }

  @Test func whatIsWrittenIsRead() throws {
    let results =
      SampleResults.arcAndNovels + SampleResults.group(shots: 0) + SampleResults.group(shots: 5)
      + [SampleResults.generation]
    let file = try SampleResults.file(results, step: 12, tokens: 4_096, parameterCount: 99)
    #expect(file.model.name == "books")
    #expect(file.model.step == 12)
    #expect(file.model.tokens == 4_096)
    #expect(file.model.parameterCount == 99)
    #expect(file.results.count == results.count)
    for (found, expected) in zip(file.results, results) {
      #expect(found.task == expected.task)
      #expect(found.alias == expected.alias)
      #expect(found.shots == expected.shots)
      #expect(found.documentCount == expected.documentCount)
      #expect(found.chance == expected.chance)
      #expect(found.members == expected.members)
      #expect(found.version == expected.version)
      #expect(found.metrics.map(\.name) == expected.metrics.map(\.name))
      #expect(found.metrics.map(\.filter) == expected.metrics.map(\.filter))
      #expect(found.metrics.map(\.value) == expected.metrics.map(\.value))
      #expect(found.metrics.map(\.standardError) == expected.metrics.map(\.standardError))
      #expect(found.metrics.map(\.higherIsBetter) == expected.metrics.map(\.higherIsBetter))
    }
  }

  /// As lm-evaluation-harness 0.4.13 writes it: tasks before groups, groups' versions as texts.
  @Test func theHarnesssOwnFilesAreRead() throws {
    let file = try read(
      """
      {"results": {"mmlu_anatomy": {"name": "mmlu_anatomy", "alias": " - anatomy", "sample_len": 40,
        "acc,none": 0.25, "acc_stderr,none": NaN},
       "mmlu": {"alias": "mmlu", "acc,none": 0.25, "acc_stderr,none": "N/A", "sample_len": 40,
        "sample_count": {"acc,none": 40}}},
       "groups": {}, "group_subtasks": {"mmlu": ["mmlu_anatomy"]}, "configs": {},
       "versions": {"mmlu": "2", "mmlu_anatomy": 1.0}, "n-shot": {"mmlu_anatomy": 5, "mmlu": 5},
       "config": {"model": "hf", "model_args": "pretrained=owner/model,dtype=float32"},
       "date": 1.5, "model_name": "owner/model"}
      """)
    #expect(file.model.name == "owner/model")
    #expect(file.results.map(\.task) == ["mmlu", "mmlu_anatomy"])
    #expect(file.results[0].metrics.map(\.name) == ["acc"])
    #expect(file.results[0].metrics[0].standardError == nil)
    #expect(file.results[1].alias == "anatomy")
    #expect(file.results[1].shots == 5)
    #expect(file.results[1].metrics[0].standardError?.isNaN == true)
  }

  @Test(arguments: [
    ("checkpoints/books/step-00000012", "books"), ("checkpoints/books/average", "books average"),
    ("weights", "weights"), ("some/weights/", "weights"),
  ])
  func aFileWithoutANameHasItsCheckpoints(path: String, name: String) throws {
    let file = try read(
      #"{"results": {}, "config": {"checkpoint": "\#(path)", "step": 12}}"#)
    #expect(file.model.name == name)
    #expect(file.model.step == 12)
    #expect(try read(#"{"results": {}}"#, path: "some/where.json").model.name == "where")
  }

  @Test(arguments: [
    ("", "byte 0"), ("[]", "results"), ("{\"results\": 3}", "results"),
    ("{\"results\": {\"arc\": 3}}", "results.arc"),
    ("{\"results\": {\"arc\": {\"acc,none\": null}}}", "results.arc.acc,none"),
    (
      "{\"results\": {\"arc\": {\"acc,none\": 1, \"acc_stderr,none\": []}}}",
      "results.arc.acc_stderr,none"
    ),
    ("{\"results\": {\"arc\": {\"sample_len\": -1}}}", "results.arc.sample_len"),
    ("{\"results\": {\"arc\": {\"sample_len\": 1.5}}}", "results.arc.sample_len"),
    ("{\"results\": {\"m\": {}}, \"group_subtasks\": {\"m\": 3}}", "group_subtasks.m"),
    ("{\"results\": {\"m\": {}}, \"group_subtasks\": {\"m\": [3]}}", "group_subtasks.m"),
    ("{\"results\": {}, \"config\": {\"step\": \"x\"}}", "config.step"),
    ("{\"results\": {}, \"config\": {\"step\": 1e300}}", "config.step"),
    ("{\"results\": {}} x", "byte 16"),
  ])
  func faultsNameFileAndKey(text: String, place: String) {
    let error = #expect(throws: EvaluationError.self) { try read(text) }
    let message = error.map { "\($0)" } ?? ""
    #expect(message.hasPrefix("given.json: "), "\(message)")
    #expect(message.contains(place), "\(message)")
  }

  @Test func groupsThatHoldThemselvesDoNotHang() throws {
    let file = try read(
      """
      {"results": {"a": {"acc,none": 0.5}, "b": {"acc,none": 0.5}},
       "group_subtasks": {"a": ["b"], "b": ["a", "b", "missing"]}}
      """)
    #expect(file.results.map(\.task).sorted() == ["a", "b"])
    #expect(ScoreReport([file]).rendered(for: .init()).contains("0.5000"))
    #expect(ReportPage(ScoreReport([file])).html.contains("0.5000"))
  }

  @Test func missingFilesAndFoldersAreTold() throws {
    let folder = try TemporaryFolder()
    for path in [folder("none.json"), folder.path] {
      let error = #expect(throws: EvaluationError.self) { try EvaluationResultsFile(path: path) }
      #expect(error.map { "\($0)".contains(path) } == true)
    }
  }
}
