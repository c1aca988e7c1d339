import Evaluation
import Foundation
import TestSupport
import Testing
import Tokenization

/// Made-up documents of every task, hostile ones among them, with what lm-evaluation-harness 0.4.13 asks
/// about them and makes of given log-likelihoods (`Tests/Interop/make_prompt_cases.py`).
struct PromptCase: Decodable, CustomTestStringConvertible {
  struct Request: Decodable {
    var context: String
    var continuation: String
    var contextTokens: Int
    var continuationTokens: [Int32]

    init(from decoder: any Decoder) throws {
      var fields = try decoder.unkeyedContainer()
      context = try fields.decode(String.self)
      continuation = try fields.decode(String.self)
      contextTokens = try fields.decode(Int.self)
      continuationTokens = try fields.decode([Int32].self)
    }
  }

  var task: String
  var shots: Int
  var folder: String
  var splits: [String: [DocumentValue]]
  var requests: [[Request]]
  var metrics: [String]
  var values: [[Double]]
  var figures: [String: Double?]

  var testDescription: String { "\(task), \(shots) examples" }

  static let all: [PromptCase] = {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Fixtures/prompts.jsonl")
    let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    return text.split(separator: "\n").compactMap {
      try? JSONDecoder().decode(PromptCase.self, from: Data($0.utf8))
    }
  }()

  /// The splits as files in the hub's layout.
  func write() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for (split, documents) in splits {
      let lines = try documents.map { document in
        String(decoding: try JSONEncoder().encode(document), as: UTF8.self) + "\n"
      }
      try folder.write(lines.joined(), to: "\(self.folder)/\(split).jsonl")
    }
    return folder
  }

  func prepared(in folder: TemporaryFolder) throws -> PreparedTask {
    try PreparedTask(
      EvaluationCatalog.standard.task(named: task), data: TaskData(directory: folder.path),
      shots: shots)
  }
}

@Suite struct PromptTests {
  /// The script's model: the sum of the bytes asked about.
  private static let scorer = FunctionScorer { request in
    let tokens = request.context.dropFirst() + request.continuation
    let sum = tokens.reduce(0) { $0 + Int($1) - 4 }
    return RequestScore(logLikelihood: -Double(sum % 997) / 10, isGreedy: sum % 3 == 0)
  }

  @Test func everyTaskHasCases() {
    #expect(PromptCase.all.count == 30)
    #expect(Set(PromptCase.all.map(\.task)).count == 16)
  }

  @Test("documents and examples give the harness's requests", arguments: PromptCase.all)
  func requests(expected: PromptCase) throws {
    let folder = try expected.write()
    let prepared = try expected.prepared(in: folder)
    try #require(prepared.questions.count == expected.requests.count)
    for (question, theirs) in zip(prepared.questions, expected.requests) {
      try #require(question.completions.count == theirs.count)
      for (ours, theirs) in zip(question.completions, theirs) {
        #expect(Array(ours.context.unicodeScalars) == Array(theirs.context.unicodeScalars))
        #expect(Array(ours.continuation.unicodeScalars) == Array(theirs.continuation.unicodeScalars))
      }
    }
  }

  @Test("log-likelihoods give the harness's metrics and figures", arguments: PromptCase.all)
  func figures(expected: PromptCase) throws {
    let folder = try expected.write()
    var scorer = Self.scorer
    let result = try Evaluator(tokenizer: ByteTokenizer()).evaluate(
      try expected.prepared(in: folder), with: &scorer)
    #expect(result.metrics.map(\.name).sorted() == expected.metrics.sorted())
    for (column, name) in expected.metrics.enumerated() {
      let index = try #require(result.metrics.firstIndex { $0.name == name })
      for (sample, theirs) in zip(result.samples, expected.values) {
        #expect(abs(sample.values[index].number - theirs[column]) < 1e-12)
      }
      let metric = result.metrics[index]
      #expect(isClose(metric.value, expected.figures[name] ?? nil))
      #expect(isClose(metric.standardError, expected.figures["\(name)_stderr"] ?? nil))
    }
  }

  private static let llama = "data/tokenizers/llama2/tokenizer.model"

  @Test(
    "requests have the harness's token ids",
    .enabled(if: SharedData.has(llama), "needs Llama 2's tokenizer"), arguments: PromptCase.all)
  func tokens(expected: PromptCase) throws {
    let folder = try expected.write()
    let prepared = try expected.prepared(in: folder)
    let tokenizer = try SentencePieceTokenizer(contentsOf: SharedData.path(Self.llama))
    var encoder = RequestEncoder(tokenizer: tokenizer, contextLength: 100_000)
    for (index, question) in prepared.questions.enumerated() {
      let ours = try encoder.encode(question, at: prepared.documents[index].location)
      for (ours, theirs) in zip(ours, expected.requests[index]) {
        #expect(ours.context.first == 1)
        #expect(ours.context.count == theirs.contextTokens)
        #expect(ours.continuation == theirs.continuationTokens)
      }
    }
  }

  /// The same formula: only the order of additions may differ.
  private func isClose(_ ours: Double?, _ theirs: Double?) -> Bool {
    guard let ours, let theirs else { return ours == nil && theirs == nil }
    return abs(ours - theirs) <= 1e-9 * max(1, abs(theirs))
  }
}
