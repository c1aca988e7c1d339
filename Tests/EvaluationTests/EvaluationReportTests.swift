import Evaluation
import Files
import Foundation
import TestSupport
import Testing

@Suite struct EvaluationReportTests {
  private let results = SampleResults.arcAndNovels

  private func decoded(_ data: Data) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  private func entry(_ report: [String: Any], _ key: String, _ task: String) throws -> Any {
    try #require((report[key] as? [String: Any])?[task])
  }

  @Test func keysAreTheHarnesss() throws {
    let report = try decoded(
      EvaluationReport(results: results, configuration: ["model": "samara", "limit": nil]).json())
    #expect(
      report.keys.sorted() == [
        "config", "configs", "group_subtasks", "higher_is_better", "n-samples", "n-shot",
        "results", "versions",
      ])
    let figures = try #require(try entry(report, "results", "arc_easy") as? [String: Any])
    #expect(
      figures.keys.sorted() == [
        "acc,none", "acc_norm,none", "acc_norm_stderr,none", "acc_stderr,none", "alias", "name",
        "sample_len",
      ])
    #expect(figures["acc,none"] as? Double == 0.431)
    #expect(figures["acc_stderr,none"] as? Double == 0.0102)
    #expect(figures["acc_norm_stderr,none"] as? String == "N/A")
    #expect(figures["sample_len"] as? Int == 2_376)
    #expect(try entry(report, "n-shot", "arc_easy") as? Int == 0)
    #expect(try entry(report, "versions", "arc_easy") as? Double == 1)
    let configuration = try #require(try entry(report, "configs", "arc_easy") as? [String: Any])
    #expect(configuration["dataset_path"] as? String == "allenai/ai2_arc")
    #expect(configuration["dataset_name"] as? String == "ARC-Easy")
    #expect(configuration["test_split"] as? String == "test")
    #expect(configuration["output_type"] as? String == "multiple_choice")
    let novels = try #require(try entry(report, "results", "novels") as? [String: Any])
    let bits = try #require(novels["bits_per_byte,none"] as? Double)
    #expect(abs(bits - 2) < 1e-12)
    #expect((report["config"] as? [String: Any])?["model"] as? String == "samara")
  }

  @Test func writesWholeFilesAndLeavesNothingBeside() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/made/results.json"
    let report = EvaluationReport(results: results)
    try report.write(to: path)
    let first = try Data(contentsOf: URL(fileURLWithPath: path))
    try report.write(to: path)
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == first)
    #expect(first.last == UInt8(ascii: "\n"))
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/made")
        == ["results.json"])
    try folder.write("", to: "file")
    for bad in ["\(folder.path)/file/results.json", "\(folder.path)/made"] {
      let error = #expect(throws: FileError.self) { try report.write(to: bad) }
      // The file, or the folder above it that cannot be made.
      #expect(error.map { bad.hasPrefix($0.path) && $0.path.hasPrefix(folder.path) } == true)
    }
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        == ["file", "made"])
  }

  @Test func figuresThatAreNotFiniteAreAsPythonWritesThem() throws {
    let text = String(
      decoding: EvaluationReport(results: [SampleResults.novels(bitsPerByte: .infinity)]).json(),
      as: UTF8.self)
    #expect(text.contains("\"bits_per_byte,none\": Infinity,"))
  }

  @Test func aTaskTwiceHasAKeyForEachNumberOfExamples() throws {
    var fewShot = results[0]
    fewShot.shots = 25
    let report = try decoded(EvaluationReport(results: [results[0], fewShot]).json())
    for key in ["results", "configs", "versions", "n-shot", "n-samples", "higher_is_better"] {
      let keys = try #require(report[key] as? [String: Any]).keys.sorted()
      #expect(keys == ["arc_easy_0shot", "arc_easy_25shot"], "\(key)")
    }
    #expect(try entry(report, "n-shot", "arc_easy_25shot") as? Int == 25)
    let figures = try #require(
      try entry(report, "results", "arc_easy_25shot") as? [String: Any])
    #expect(figures["alias"] as? String == "arc_easy")
    #expect(figures["name"] as? String == "arc_easy_25shot")
  }

  @Test func groupsStandByThemselvesToo() throws {
    let zero = SampleResults.group(shots: 0)
    var five = SampleResults.group(shots: 5)
    let alone = try decoded(EvaluationReport(results: zero).json())
    #expect(
      try entry(alone, "group_subtasks", "mmlu") as? [String] == ["mmlu_anatomy", "mmlu_virology"])
    #expect(Array(try #require(alone["groups"] as? [String: Any]).keys) == ["mmlu"])
    #expect(try #require(alone["configs"] as? [String: Any])["mmlu"] == nil)
    #expect(try #require(alone["n-samples"] as? [String: Any])["mmlu"] == nil)
    #expect(try entry(alone, "versions", "mmlu") as? String == "2")
    let group = try #require(try entry(alone, "groups", "mmlu") as? [String: Any])
    #expect((group["sample_count"] as? [String: Int]) == ["acc,none": 200])
    // At two numbers of examples each group names the members that it is the mean of.
    five.removeLast()
    let both = try decoded(EvaluationReport(results: zero + five).json())
    #expect(
      try entry(both, "group_subtasks", "mmlu_5shot") as? [String]
        == ["mmlu_anatomy_5shot", "mmlu_virology"])
  }

  @Test func whatIsGivenStandsInThePlaceOfDefaults() throws {
    let model = EvaluatedModel(
      name: "books/one", checkpoint: "checkpoints/books/step-00000012", step: 12, tokens: 4_096,
      parameterCount: 1_000, precision: "bf16")
    let report = try decoded(
      EvaluationReport(
        results: results, model: model, configuration: ["limit": 40, "documents": "0..<40"]
      ).json())
    let configuration = try #require(report["config"] as? [String: Any])
    #expect(configuration["limit"] as? Int == 40)
    #expect(configuration["documents"] as? String == "0..<40")
    #expect(configuration["fewshot_seed"] as? Int == 1_234)
    #expect(configuration["bootstrap_iters"] as? Int == 100_000)
    #expect(configuration["model_num_parameters"] as? Int == 1_000)
    let arguments = try #require(configuration["model_args"] as? [String: Any])
    #expect(arguments["pretrained"] as? String == "checkpoints/books/step-00000012")
    #expect(arguments["step"] as? Int == 12)
    #expect(arguments["tokens"] as? Int == 4_096)
    #expect(report["model_name_sanitized"] as? String == "books__one")
  }
}
