import Evaluation
import Foundation
import TestSupport
import Testing

@Suite struct BitsPerByteTests {
  @Test func uniformModelNeedsTheLogarithmOfItsVocabulary() throws {
    // One token a byte at probability 1/16 is four bits a byte, however the text is cut.
    var scorer = FunctionScorer(contextLength: 5) { request in
      RequestScore(
        logLikelihood: Double(request.continuation.count) * -log(16), isGreedy: false)
    }
    let measurement = try BitsPerByte(tokenizer: ByteTokenizer(), tokensPerBatch: 12).measure(
      [Array("hello world".utf8), [], Array("é\u{0}".utf8), [0xFF]], with: &scorer)
    #expect(measurement.byteCount == 15)
    #expect(measurement.tokenCount == 15)
    #expect(measurement.documentCount == 4)
    #expect(abs(measurement.bitsPerByte - 4) < 1e-12)
    #expect(abs(measurement.bytePerplexity - 16) < 1e-9)
    let windows = scorer.batches.flatMap { $0 }
    #expect(windows.filter { $0.context == [1] }.count == 3)
  }

  @Test func startTokenIsNeverPredicted() throws {
    for startsItself in [false, true] {
      var scorer = FunctionScorer { request in
        RequestScore(logLikelihood: -Double(request.continuation.count), isGreedy: false)
      }
      let measurement = try BitsPerByte(tokenizer: ByteTokenizer(startsItself: startsItself))
        .measure([Array("ab".utf8)], with: &scorer)
      #expect(measurement.tokenCount == 2)
      #expect(scorer.batches == [[TokenizedRequest(context: [1], continuation: [101, 102])]])
    }
  }

  @Test func unusableTextAndModelsAreErrors() {
    var scorer = FunctionScorer { _ in RequestScore(logLikelihood: .nan, isGreedy: false) }
    let measure = BitsPerByte(name: "novels", tokenizer: ByteTokenizer())
    #expect(
      evaluationError { _ = try measure.measure([[]], with: &scorer) } == .noBytes(task: "novels"))
    #expect(
      evaluationError { _ = try measure.measure([[65], [66]], with: &scorer) }
        == .unscorableDocument(task: "novels", document: 0))
    scorer.vocabularySize = 259
    #expect(
      evaluationError { _ = try measure.measure([[65]], with: &scorer) }
        == .vocabularyMismatch(tokenizer: 260, model: 259))
  }

  @Test func documentsAreLinesOfJSONOrAWholeText() throws {
    let folder = try TemporaryFolder()
    let measure = BitsPerByte(tokenizer: ByteTokenizer())
    let text = try folder.write("one\ntwo\n", to: "held-out.txt")
    #expect(try measure.documents(inFile: text) == [Array("one\ntwo\n".utf8)])
    let lines = try folder.write(
      "{\"text\": \"one\\n\"}\n\n{\"text\": \"\\u00e9\"}", to: "held-out.jsonl")
    #expect(
      try measure.documents(inFile: lines) == [Array("one\n".utf8), Array("\u{E9}".utf8)])
    #expect(evaluationError { _ = try measure.documents(inFile: lines, textField: "body") } != nil)
  }
}
