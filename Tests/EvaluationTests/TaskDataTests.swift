import Evaluation
import Foundation
import Synchronization
import TestSupport
import Testing

@Suite struct TaskDataTests {
  private let line = #"{"goal": "g", "sol1": "a", "sol2": "b", "label": 0}"#

  /// A data set without a test split is read from its validation split, and that is said.
  @Test func validationStandsInForAMissingTestSplit() throws {
    let folder = try TemporaryFolder()
    let directory = "\(folder.path)/allenai/sciq"
    try FileManager.default.createDirectory(
      atPath: directory, withIntermediateDirectories: true)
    let notes = Notes()
    let data = TaskData(directory: folder.path) { notes.append($0) }
    func write(_ split: String) throws {
      try Data("{\"split\": \"\(split)\"}\n".utf8).write(
        to: URL(filePath: "\(directory)/\(split).jsonl"))
    }
    try write("validation")
    #expect(
      try SciQ().documents(from: data).map { try $0.string("split") }
        == ["validation"])
    #expect(notes.all.count == 1)
    try write("test")
    #expect(
      try SciQ().documents(from: data).map { try $0.string("split") } == ["test"])
    #expect(notes.all.count == 1)
  }

  private final class Notes: Sendable {
    private let lines = Mutex<[String]>([])
    var all: [String] { lines.withLock { $0 } }
    func append(_ line: String) { lines.withLock { $0.append(line) } }
  }

  @Test func missingDataSaysEveryPlaceLookedAt() {
    let data = TaskData(directory: "/nowhere")
    #expect(
      evaluationError { _ = try ARC.easy.documents(from: data) }
        == .missingData(
          task: "arc_easy",
          lookedAt: [
            "/nowhere/allenai/ai2_arc/ARC-Easy/test*.{jsonl,parquet}",
            "/nowhere/arc_easy.{jsonl,parquet}",
            "/nowhere/allenai/ai2_arc/ARC-Easy/validation*.{jsonl,parquet}",
          ]))
    #expect(
      evaluationError { _ = try PIQA().documents(from: data) }
        == .missingData(
          task: "piqa",
          lookedAt: [
            "/nowhere/baber/piqa/validation*.{jsonl,parquet}",
            "/nowhere/baber/piqa/data/validation*.{jsonl,parquet}",
            "/nowhere/baber/piqa/default/validation*.{jsonl,parquet}",
            "/nowhere/piqa.{jsonl,parquet}",
          ]))
    let stories = StoryQuestions(name: "stories", file: "/nowhere/s.jsonl")
    #expect(
      evaluationError { _ = try stories.documents(from: TaskData(directory: nil)) }
        == .missingData(task: "stories", lookedAt: ["/nowhere/s.jsonl"]))
    #expect(
      evaluationError { _ = try PIQA().documents(from: TaskData(directory: nil)) }
        != nil)
  }

  @Test func hubLayoutComesBeforeTheTasksFileAndShardsInOrder() throws {
    let folder = try TemporaryFolder()
    let data = TaskData(directory: folder.path)
    func goals(limit: Int? = nil) throws -> [String] {
      try data.documents(of: PIQA().dataset, task: "piqa", limit: limit).map {
        try $0.string("goal")
      }
    }
    func line(_ goal: String) -> String {
      self.line.replacingOccurrences(of: "\"g\"", with: "\"\(goal)\"") + "\n"
    }
    try folder.write("\u{FEFF}" + line("flat") + "\r\n\n" + line("last"), to: "piqa.jsonl")
    #expect(try goals() == ["flat", "last"])
    let hub = "baber/piqa"
    try folder.write(line("c"), to: "\(hub)/validation-00001-of-00002.jsonl")
    try folder.write(line("a") + line("b"), to: "\(hub)/validation-00000-of-00002.jsonl")
    try folder.write(line("x"), to: "\(hub)/train.jsonl")
    #expect(try goals() == ["a", "b", "c"])
    #expect(try goals(limit: 2) == ["a", "b"])
    #expect(try goals(limit: 3) == ["a", "b", "c"])
    // A whole split beside its shards is not read twice.
    try folder.write(line("whole"), to: "\(hub)/validation.jsonl")
    #expect(try goals() == ["whole"])
  }

  @Test func errorsNameFileAndLine() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/piqa.jsonl"
    func error(_ text: String) throws -> String {
      try folder.write(text, to: "piqa.jsonl")
      return evaluationError {
        let documents = try PIQA().documents(from: TaskData(directory: folder.path))
        for document in documents { _ = try PIQA().question(from: document) }
      }?.description ?? "none"
    }
    #expect(
      try error(line + "\n\n{oops")
        == "piqa: \(path), line 3: expected one JSON object a line, found \"{oops\"")
    #expect(
      try error("[1, 2]")
        == "piqa: \(path), line 1: expected one JSON object a line, found a list of 2")
    #expect(
      try error(#"{"goal": 3, "sol1": "a", "sol2": "b", "label": 0}"#)
        == "piqa: \(path), line 1: field \"goal\": expected a string, found the integer 3")
    #expect(
      try error(#"{"goal": "g", "sol1": "a", "label": 0}"#)
        == "piqa: \(path), line 1: field \"sol2\" is missing; expected a string, "
        + "found only goal, label, sol1")
    #expect(
      try error(#"{"goal": "g", "sol1": "a", "sol2": "b", "label": 2}"#)
        == "piqa: \(path), line 1: field \"label\": expected the number of a choice, 0 to 1, "
        + "found 2")
    for label in ["true", "0.5", "null", "[]", "{}", "1e99", "99999999999999999999"] {
      let found = try error(#"{"goal": "g", "sol1": "a", "sol2": "b", "label": \#(label)}"#)
      #expect(found.contains("expected an integer, found"), "\(label): \(found)")
    }
    #expect(try error("\n \n").contains("no documents"))
    #expect(try error("").contains("no documents"))
    #expect(try error(String(repeating: "[", count: 100_000)).contains("line 1"))
  }

  @Test func aReaderOfOnesOwnAddsAFormat() throws {
    struct LinesReader: DocumentFileReader {
      let fileExtension = "txt"
      func documents(in path: String, task: String, limit: Int?) throws -> [TaskDocument] {
        let text = try String(contentsOfFile: path, encoding: .utf8)
        return text.split(separator: "\n").prefix(limit ?? .max).enumerated().map {
          TaskDocument(
            fields: ["text": .string(String($1))],
            location: DocumentLocation(task: task, path: path, line: $0 + 1))
        }
      }
    }
    let folder = try TemporaryFolder()
    try folder.write("a\nb\n", to: "piqa.txt")
    let data = TaskData(
      directory: folder.path, readers: [JSONLinesDocumentReader(), LinesReader()])
    let documents = try PIQA().documents(from: data)
    #expect(try documents.map { try $0.string("text") } == ["a", "b"])
  }
}
