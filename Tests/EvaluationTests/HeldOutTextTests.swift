import Evaluation
import Foundation
import TestSupport
import Testing

@Suite struct HeldOutTextTests {
  private let nowhere = TaskData(directory: nil)

  private func figures(
    of contents: String, named name: String = "held-out.jsonl", tokensPerBatch: Int = 4_096,
    with scorer: inout FunctionScorer
  ) throws -> [String: Double] {
    let folder = try TemporaryFolder()
    let path = try folder.write(contents, to: name)
    let result = try Evaluator(tokenizer: ByteTokenizer(), tokensPerBatch: tokensPerBatch)
      .evaluate(.heldOutText(path), data: nowhere, with: &scorer)
    return Dictionary(uniqueKeysWithValues: result.metrics.map { ($0.name, $0.value) })
  }

  @Test func uniformModelNeedsTheLogarithmOfItsVocabulary() throws {
    // One token a byte at probability 1/16 is four bits a byte, however the text is cut.
    var scorer = FunctionScorer(contextLength: 5) { request in
      RequestScore(
        logLikelihood: Double(request.continuation.count) * -log(16), isGreedy: false)
    }
    let figures = try figures(
      of: """
        {"text": "hello world"}
        {"text": ""}
        {"text": "é\\u0000"}
        """, tokensPerBatch: 12, with: &scorer)
    #expect(abs(try #require(figures["bits_per_byte"]) - 4) < 1e-12)
    #expect(abs(try #require(figures["byte_perplexity"]) - 16) < 1e-9)
    // Fourteen bytes in two, one and one words, the empty document's word among them.
    #expect(
      abs(try #require(figures["word_perplexity"]) - exp(14 * log(16) / 4)) < 1e-3)
    let windows = scorer.batches.flatMap { $0 }
    #expect(windows.filter { $0.context == [1] }.count == 2)
  }

  @Test func startTokenIsNeverPredicted() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("ab", to: "text.txt")
    for startsItself in [false, true] {
      var scorer = FunctionScorer { request in
        RequestScore(logLikelihood: -Double(request.continuation.count), isGreedy: false)
      }
      _ = try Evaluator(tokenizer: ByteTokenizer(startsItself: startsItself)).evaluate(
        .heldOutText(path), data: nowhere, with: &scorer)
      #expect(scorer.batches == [[TokenizedRequest(context: [1], continuation: [101, 102])]])
    }
  }

  @Test func unusableTextAndModelsAreErrors() throws {
    var scorer = FunctionScorer { _ in RequestScore(logLikelihood: .nan, isGreedy: false) }
    let folder = try TemporaryFolder()
    func error(_ contents: Data) throws -> EvaluationError? {
      let path = "\(folder.path)/text.txt"
      try contents.write(to: URL(fileURLWithPath: path))
      return evaluationError {
        _ = try Evaluator(tokenizer: ByteTokenizer()).evaluate(
          .heldOutText(path), data: nowhere, with: &scorer)
      }
    }
    let location = DocumentLocation(
      task: "bits_per_byte", path: "\(folder.path)/text.txt", line: 1)
    #expect(try error(Data()) == .noBytes(location))
    #expect(
      try error(Data([0xFF]))
        == .malformedDocument(location, reason: "bytes that are no UTF-8"))
    #expect(try error(Data("AB".utf8)) == .notANumber(location, choice: 0))
    scorer.vocabularySize = 259
    #expect(
      try error(Data("A".utf8)) == .vocabularyMismatch(tokenizer: 260, model: 259))
  }

  @Test func documentsAreLinesOfJSONOrAWholeText() throws {
    let folder = try TemporaryFolder()
    let text = try folder.write("one\ntwo\n", to: "held-out.txt")
    let whole = try HeldOutText(file: text).documents(from: nowhere)
    #expect(try whole.map { try $0.string("text") } == ["one\ntwo\n"])
    let lines = try folder.write(
      "{\"text\": \"one\\n\"}\n\n{\"text\": \"\\u00e9\"}", to: "held-out.jsonl")
    let documents = try HeldOutText(file: lines).documents(from: nowhere)
    #expect(try documents.map { try $0.string("text") } == ["one\n", "\u{E9}"])
    #expect(
      evaluationError {
        _ = try HeldOutText(file: lines, textField: "body").documents(from: nowhere)
      } != nil)
  }
}
