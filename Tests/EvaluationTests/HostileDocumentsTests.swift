import Evaluation
import Foundation
import Testing
import Tokenization

/// Documents that no benchmark should hold: scored by the harness's rules or refused with an error that
/// names task, file and line, but never a crash.
@Suite struct HostileDocumentsTests {
  private static let texts = [
    "", " ", "\n", "a", "ab", "b", "xa", "bc", "a ", "a\u{A0}", "a \n\t", " a", "\u{0}", "a\u{0}",
    "\u{0}b",
    "e\u{301}", "\u{301}", "\u{E9}", "<s>", "</s> ", "<unk>", "\u{1C}\u{85}\u{2028}", "\u{3000}a",
    "\u{200B}", "\u{FEFF}", "\u{1F468}\u{200D}\u{1F469}", "\r\n", "x\r", "\n\n", "\u{180E}",
    String(repeating: "ab ", count: 60),
  ]

  /// What the harness does (`_encode_pair`), as plainly as it can be said.
  private func pair(
    _ context: String, _ continuation: String, _ tokenizer: some Tokenizer, contextLength: Int
  ) -> TokenizedRequest {
    var kept = Array(context.unicodeScalars)
    var moved: [Unicode.Scalar] = []
    // Python's str.isspace: Unicode's White_Space and the information separators.
    while let last = kept.last, last.properties.isWhitespace || (0x1C...0x1F).contains(last.value) {
      moved.insert(kept.removeLast(), at: 0)
    }
    func text(_ scalars: [Unicode.Scalar]) -> String {
      String(String.UnicodeScalarView(scalars))
    }
    let whole = tokenizer.encode(text(kept + moved + Array(continuation.unicodeScalars)))
    let before = tokenizer.encode(text(kept))
    let after = Array(whole.dropFirst(before.count))
    return TokenizedRequest(
      context: Array(([1] + before).suffix(max(0, contextLength + 1 - after.count))),
      continuation: after)
  }

  @Test(arguments: [8, 1_000])
  func anyTwoTexts(contextLength: Int) throws {
    func check(_ tokenizer: some Tokenizer) throws {
      let location = DocumentLocation(task: "test", path: "test.jsonl", line: 7)
      var encoder = RequestEncoder(tokenizer: tokenizer, contextLength: contextLength)
      for context in Self.texts {
        for continuation in Self.texts {
          let expected = pair(context, continuation, tokenizer, contextLength: contextLength)
          let completion = Completion(context: context, continuation: continuation)
          let count = expected.continuation.count
          if (1...contextLength).contains(count) {
            #expect(try encoder.encode(completion, choice: 0, at: location) == expected)
          } else {
            #expect(
              evaluationError { _ = try encoder.encode(completion, choice: 3, at: location) }
                == (count == 0
                  ? .emptyContinuation(location, choice: 3)
                  : .continuationTooLong(
                    location, choice: 3, tokens: count, contextLength: contextLength)))
          }
        }
      }
    }
    try check(ByteTokenizer())
    try check(MergingTokenizer())
  }

  private static let replacements: [DocumentValue?] = [
    nil, .null, -7, 99, 1.5, "", "\u{0}", " ", "_", [], [[]], [""], ["a", 1], [:],
    ["text": [], "label": []],
    ["choices": ["a"], "labels": ["x"]], .bool(true),
  ]

  /// Every field of every task's documents taken away or replaced by something else.
  @Test(
    "fields that are missing or of another kind",
    arguments: PromptCase.all.filter { $0.shots == 0 })
  func fields(example: PromptCase) throws {
    let task = try EvaluationCatalog.standard.task(named: example.task)
    let documents = try #require(example.splits["test"] ?? example.splits["validation"])
    guard case .object(let original) = try #require(documents.first) else {
      Issue.record("a document is no object")
      return
    }
    let location = DocumentLocation(task: task.name, path: "data.jsonl", line: 3)
    var refused: Set<String> = []
    for field in original.keys {
      for replacement in Self.replacements {
        var fields = original
        fields[field] = replacement
        var scorer = FunctionScorer { _ in RequestScore(logLikelihood: -1, isGreedy: false) }
        do {
          _ = try Evaluator(tokenizer: ByteTokenizer()).evaluate(
            task, on: [TaskDocument(fields: fields, location: location)], with: &scorer)
        } catch let error as EvaluationError {
          #expect(error.description.hasPrefix("\(task.name): data.jsonl, line 3"))
          #expect(error.description.contains("expected"))
          refused.insert(field)
        }
      }
    }
    // Of what the task reads at least the question and its answers.
    #expect(refused.count >= 1)
  }

  @Test func goldOutOfRangeNamesItsField() throws {
    let location = DocumentLocation(task: "piqa", path: "p.jsonl", line: 2)
    for gold in [-1, 2, Int.max, Int.min] {
      let document = TaskDocument(
        fields: ["goal": "g", "sol1": "a", "sol2": "b", "label": .integer(gold)],
        location: location)
      #expect(
        evaluationError { _ = try PIQA().question(from: document) }
          == .goldOutOfRange(location, field: "label", gold: gold, choiceCount: 2))
    }
  }
}
