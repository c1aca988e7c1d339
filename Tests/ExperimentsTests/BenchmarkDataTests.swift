import Evaluation
import Experiments
import Foundation
import Synchronization
import TestSupport
import Testing

/// Documents read through the hub, as an evaluation reads them.
@Suite(.enabled(if: HubServer.isPossible, "python3 runs the test server"))
struct BenchmarkDataTests {
  let server: HubServer
  let folder: TemporaryFolder

  init() throws {
    server = try HubServer()
    folder = try TemporaryFolder()
  }

  private final class Notes: Sendable {
    private let lines = Mutex<[String]>([])
    var all: [String] { lines.withLock { $0 } }
    func append(_ line: String) { lines.withLock { $0.append(line) } }
  }

  private func data(notes: Notes = Notes()) -> TaskData {
    let client = server.client()
    let files = HubTaskFiles(
      directory: folder.path, fileExtensions: ["parquet", "jsonl"], client: { client })
    var data = TaskData(directory: folder.path) { notes.append($0) }
    data.fetch = { try files.fetch($0, task: $1) }
    return data
  }

  private func publish(_ goals: String..., at path: String) throws {
    let lines = goals.map { #"{"goal": "\#($0)", "sol1": "a", "sol2": "b", "label": 0}"# + "\n" }
    try server.folder.write(lines.joined(), to: path)
  }

  private func goals(_ documents: [TaskDocument]) throws -> [String] {
    try documents.map { try $0.string("goal") }
  }

  @Test func aSplitIsFetchedOnceAndThenReadWithoutAHub() throws {
    try publish("a", "b", at: "baber/piqa/main/validation.jsonl")
    try publish("x", at: "baber/piqa/main/train.jsonl")
    #expect(try goals(PIQA().documents(from: data())) == ["a", "b"])
    let count = server.requests.count
    #expect(try goals(PIQA().documents(from: data())) == ["a", "b"])
    #expect(server.requests.count == count)
    server.stop()
    #expect(try goals(PIQA().documents(from: data())) == ["a", "b"])
    // The folder is one that --data reads.
    let plain = try BenchmarkData.taskData(at: folder.path, in: Workspace())
    #expect(plain.fetch == nil)
    #expect(try goals(PIQA().documents(from: plain)) == ["a", "b"])
    #expect(throws: ExperimentError.self) { try SciQ().documents(from: data()) }
  }

  /// The hub's own validation split stands in for a test split only if the hub has none, and then
  /// without asking again.
  @Test func validationStandsInForATestSplitThatTheHubLacks() throws {
    try publish("v", at: "allenai/sciq/main/validation.jsonl")
    let notes = Notes()
    #expect(try goals(SciQ().documents(from: data(notes: notes))) == ["v"])
    #expect(
      notes.all
        == ["sciq: no test split of allenai/sciq on the hub, reading the validation split"])
    server.stop()
    #expect(try goals(SciQ().documents(from: data())) == ["v"])
  }

  /// With validation at hand and a hub that cannot be asked, nothing else than the test split is read.
  @Test func aHubThatIsNotReachedIsNoAbsence() throws {
    try folder.write(#"{"goal": "v"}"# + "\n", to: "allenai/sciq/validation.jsonl")
    server.stop()
    #expect(throws: ExperimentError.self) { try SciQ().documents(from: data()) }
    let plain = TaskData(directory: folder.path)
    #expect(try goals(SciQ().documents(from: plain)) == ["v"])
  }

  @Test func aTestSplitThatIsNowhereIsAnError() throws {
    try publish("x", at: "allenai/sciq/main/train.jsonl")
    let error = #expect(throws: EvaluationError.self) { try SciQ().documents(from: data()) }
    guard case .notOnHub("sciq", "allenai/sciq", let lookedFor, let found) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(lookedFor.contains("data/test*.parquet") && found.contains("it has no split test"))
  }

  /// What is at hand comes before what would have to be fetched; then they come in order.
  @Test func theFirstOfSeveralDataSets() throws {
    let datasets = ["one/a", "two/b"].map { TaskDataset.hub($0, split: "test") }
    func first() throws -> [String] {
      try goals(data().documents(ofFirst: datasets, task: "t"))
    }
    try publish("b", at: "two/b/main/test.jsonl")
    #expect(try first() == ["b"])
    try publish("a", at: "one/a/main/test.jsonl")
    #expect(try first() == ["b"])
    try FileManager.default.removeItem(atPath: folder("two"))
    #expect(try first() == ["a"])
    let nowhere = [TaskDataset.hub("no/one", split: "test"), .hub("no/two", split: "test")]
    let error = #expect(throws: EvaluationError.self) {
      try data().documents(ofFirst: nowhere, task: "t")
    }
    guard case .notOnHub("t", "no/one", _, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func examplesAreFetchedForThoseThatNeedThem() throws {
    struct Shown: EvaluationTask {
      let name = "shown"
      let version = 1.0
      let metrics: [EvaluationMetric] = []
      let dataset = TaskDataset.hub("baber/piqa", split: "validation")
      var examples: ExampleSource { .first(of: .hub("baber/piqa", split: "train")) }
      func question(from document: TaskDocument) throws -> TaskQuestion {
        try PIQA().question(from: document)
      }
    }
    try publish("a", "b", at: "baber/piqa/main/validation.jsonl")
    try publish("x", at: "baber/piqa/main/train.jsonl")
    let catalog = EvaluationCatalog([Shown()])
    func items(shots: Int?) throws -> [BenchmarkFetch.Item] {
      var items: [BenchmarkFetch.Item] = []
      try BenchmarkFetch(["shown"], shots: shots, catalog: catalog).run(data()) {
        items.append($0)
      }
      return items
    }
    let validation = folder("baber/piqa/validation-00000-of-00001.jsonl")
    let train = folder("baber/piqa/train-00000-of-00001.jsonl")
    #expect(
      try items(shots: nil) == [.init(task: "shown", documentCount: 2, paths: [validation])])
    #expect(!FileManager.default.fileExists(atPath: train))
    #expect(
      try items(shots: 1) == [.init(task: "shown", documentCount: 2, paths: [validation, train])])
    #expect(throws: ExperimentError.self) { try BenchmarkFetch([]) }
    #expect(throws: EvaluationError.self) { try BenchmarkFetch(["shwon"], catalog: catalog) }
  }

  @Test func placesAreFoldersOrTheHub() throws {
    let workspace = Workspace(data: folder.path)
    for place in ["hf://", "HF://", "hf://datasets/"] {
      let data = try BenchmarkData.taskData(at: place, in: workspace)
      #expect(data.fetch != nil && data.directory == folder("benchmarks"))
    }
    #expect(try BenchmarkData.taskData(at: nil, in: workspace).directory == nil)
    for place in ["hf://datasets/a/b", "https://u:secret@host/x", "s3://bucket/x"] {
      let error = #expect(throws: ExperimentError.self) {
        try BenchmarkData.taskData(at: place, in: workspace)
      }
      let text = error.map { "\($0)" } ?? ""
      #expect(text.contains("hf:// alone") && !text.contains("secret"), "\(text)")
    }
  }
}
