import Evaluation
import Files
import Foundation
import TestSupport
import Testing

@Suite struct EvaluationReportTests {
  private let results: [EvaluationResult] = [
    EvaluationResult(
      task: "arc_easy", version: 1,
      dataset: .hub("allenai/ai2_arc", configuration: "ARC-Easy", split: "test"),
      documentCount: 2_376, chance: 0.25,
      metrics: [
        .init(name: "acc", value: 0.431, standardError: 0.0102, higherIsBetter: true),
        .init(name: "acc_norm", value: 0.4, standardError: nil, higherIsBetter: true),
      ]),
    Self.novels(bitsPerByte: 2),
  ]

  private static func novels(bitsPerByte: Double) -> EvaluationResult {
    EvaluationResult(
      task: "novels", version: 1, dataset: nil, documentCount: 3, chance: nil,
      outputType: "loglikelihood_rolling",
      metrics: [
        .init(
          name: "bits_per_byte", value: bitsPerByte, standardError: nil, higherIsBetter: false,
          aggregation: .bitsPerByte),
        .init(
          name: "byte_perplexity", value: exp2(bitsPerByte), standardError: nil,
          higherIsBetter: false, aggregation: .weightedPerplexity),
      ])
  }

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
        "acc,none", "acc_norm,none", "acc_norm_stderr,none", "acc_stderr,none", "alias",
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

  @Test func infiniteFiguresAreStillJSON() throws {
    let report = try decoded(
      EvaluationReport(results: [Self.novels(bitsPerByte: .infinity)]).json())
    let figures = try #require(try entry(report, "results", "novels") as? [String: Any])
    #expect(figures["bits_per_byte,none"] as? String == "Infinity")
  }

  @Test func tableOfOneModel() {
    #expect(
      EvaluationTable(results).rendered() == """
        task      metric           documents  chance            value
        arc_easy  acc                   2376  0.2500  0.4310 ± 0.0102
                  acc_norm              2376  0.2500           0.4000
        novels    bits_per_byte            3       -           2.0000
                  byte_perplexity          3       -           4.0000

        """)
  }

  @Test func tableOfTwoModels() {
    var untrained = results[0]
    untrained.documentCount = 40
    untrained.metrics.removeLast()
    let table = EvaluationTable(columns: [
      .init(title: "untrained", results: [untrained]),
      .init(title: "trained", results: [results[0]]),
    ])
    #expect(
      table.rendered() == """
        task      metric    documents  chance        untrained          trained
        arc_easy  acc         40/2376  0.2500  0.4310 ± 0.0102  0.4310 ± 0.0102
                  acc_norm    40/2376  0.2500                -           0.4000

        """)
  }
}
