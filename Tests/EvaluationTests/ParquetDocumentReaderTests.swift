import Evaluation
import Foundation
import TestSupport
import Testing

/// Documents of Parquet files (`Fixtures/make_fixtures.py`).
@Suite struct ParquetDocumentReaderTests {
  private static let hub = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Fixtures/hub").path

  private static func error(_ body: () throws -> Void) -> String {
    evaluationError(body)?.description ?? "none"
  }

  @Test func rowsBecomeDocuments() throws {
    let data = TaskData(directory: Self.hub)
    let documents = try data.documents(
      of: .hub("elm/instructions", split: "train"), task: "instructions")
    #expect(documents.count == 3)
    #expect(
      documents[0].fields == [
        "prompt": "p",
        "kwargs": [
          ["count": 3, "share": 0.25, "words": nil, "exact": nil],
          ["count": nil, "share": nil, "words": ["elm", nil], "exact": true], nil,
        ],
      ])
    #expect(documents[1].fields == ["prompt": nil, "kwargs": []])
    #expect(documents[2].fields == ["prompt": "", "kwargs": nil])
  }

  @Test func questionsAreAskedFromPublishedFiles() throws {
    let data = TaskData(directory: Self.hub)
    let documents = try ARC.easy.documents(from: data)
    #expect(
      try documents.map { try $0.string("id") } == ["elm-0", "elm-1", "elm-2", "elm-3"])
    #expect(
      try ARC.easy.question(from: documents[2]).requests.map(\.continuation)
        == [" In May.", " In December.", " Never."])
    for limit in 1...5 {
      let some = try data.documents(of: ARC.easy.dataset, task: "arc_easy", limit: limit)
      #expect(some.count == min(limit, 4))
    }
    #expect(try PIQA().documents(from: data).count == 2)
    var document = documents[3]
    #expect(document.location.description.hasSuffix("test-00001-of-00002.parquet, row 2"))
    document.fields["answerKey"] = "E"
    #expect(
      Self.error { _ = try ARC.easy.question(from: document) }
        .contains("test-00001-of-00002.parquet, row 2: field \"answerKey\": expected one of"))
  }

  @Test func valuesThatADocumentCannotHaveAreNamed() throws {
    func read(_ name: String, limit: Int? = nil) throws -> Int {
      try TaskData(directory: nil).documents(
        of: .file("\(Self.hub)/\(name).parquet"), task: "mine", limit: limit
      ).count
    }
    #expect(
      Self.error { _ = try read("bytes") }
        == "mine: \(Self.hub)/bytes.parquet, row 2: field \"image.bytes\": expected text, a number, a "
        + "truth value, a list or a structure, found 3 bytes that the file does not call text")
    // Rows that are not asked for are not looked at.
    #expect(try read("bytes", limit: 1) == 1)
    #expect(
      Self.error { _ = try read("decimal") }
        .contains("row 1: field \"prices[0]\": expected text, a number"))
    #expect(
      Self.error { _ = try read("large") }
        .contains("found the whole number 18446744073709551615"))
  }

  @Test func brokenFilesAreNamedOnce() throws {
    let folder = try TemporaryFolder()
    func message() -> String {
      Self.error {
        _ = try PIQA().documents(from: TaskData(directory: folder.path))
      }
    }
    let path = try folder.write("no Parquet", to: "piqa.parquet")
    #expect(message().hasPrefix("piqa: cannot read \(path): not a whole Parquet file"))
    let whole = try bytes(
      at: "\(Self.hub)/baber/piqa/data/validation-00000-of-00001.parquet")
    try folder.write(Array(whole.dropLast(9)), to: "piqa.parquet")
    #expect(message().hasPrefix("piqa: cannot read \(path): not a whole Parquet file"))
    var damaged = whole
    damaged[30] ^= 0xFF
    try folder.write(damaged, to: "piqa.parquet")
    #expect(message().hasPrefix("piqa: cannot read \(path): row group 0, column \"goal\""))
    try folder.write(whole, to: "piqa.parquet")
    #expect(message() == "none")
  }

  @Test func layoutsOfTheHubAndTheirShards() throws {
    let folder = try TemporaryFolder()
    let data = TaskData(directory: folder.path)
    let piqa = try bytes(at: "\(Self.hub)/baber/piqa/data/validation-00000-of-00001.parquet")
    func count(_ configuration: String?, split: String = "validation") throws -> Int {
      try data.documents(
        of: .hub("a/b", configuration: configuration, split: split), task: "mine"
      ).count
    }
    try folder.write(piqa, to: "a/b/data/validation-00000-of-00002-0123456789abcdef.parquet")
    #expect(
      evaluationError { _ = try count(nil) }
        == .missingData(
          task: "mine",
          lookedAt: ["\(folder.path)/a/b/data/validation-00001-of-00002.parquet"]))
    try folder.write(piqa, to: "a/b/data/validation-00001-of-00002-0123456789abcdef.parquet")
    #expect(try count(nil) == 4)
    #expect(try count("default") == 4)
    #expect(try count(nil, split: "test") == 4)
    // One of several configurations has a folder of its own.
    #expect(evaluationError { _ = try count("other") } != nil)
    try folder.write(piqa, to: "a/b/other/validation-00000-of-00001.parquet")
    #expect(try count("other") == 2)
    // Splits whose names go on are other splits.
    try folder.write(piqa, to: "a/b/other/validation_matched-00000-of-00001.parquet")
    try folder.write(piqa, to: "a/b/other/validationx.parquet")
    #expect(try count("other") == 2)
    // Two sets of shards are one too many.
    try folder.write(piqa, to: "a/b/other/validation-00000-of-00002.parquet")
    try folder.write(piqa, to: "a/b/other/validation-00001-of-00002.parquet")
    #expect(
      Self.error { _ = try count("other") }
        .contains("shards of validation of 00001 and of 00002 files, expected one set"))
    // JSON lines come before Parquet.
    try folder.write("{}\n", to: "a/b/other/validation.jsonl")
    #expect(try count("other") == 1)
  }

  @Test(
    "every task's data are found as they are published",
    .enabled(if: SharedData.has("data/benchmarks"), "no benchmarks"),
    arguments: HarnessFixture.tasks)
  func publishedBenchmarks(name: String) throws {
    var task = try EvaluationCatalog.standard.task(named: name)
    if var sciQ = task as? SciQ {
      sciQ.dataset = .hub("allenai/sciq", split: "validation")
      task = sciQ
    }
    let data = TaskData(directory: SharedData.path("data/benchmarks"))
    let documents = try task.documents(from: data)
    #expect(documents.count > 500)
    for document in documents { _ = try task.question(from: document) }
  }
}
