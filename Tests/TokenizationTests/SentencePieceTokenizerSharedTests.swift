import Foundation
import TestSupport
import Testing
import Tokenization

/// Reference values that are not part of the package.
private enum SharedFiles {
  static let llamaModel = "data/tokenizers/llama2/tokenizer.model"
  static let cases = "fixtures/tokenizer-cases.jsonl"
  static let vectors = "data/tokenizers/vectors/ggml-vocab-llama-spm.gguf"
  /// Phi 3 has Llama 2's pieces and adds control pieces, which none of these texts can give.
  static let phiVectors = "data/tokenizers/vectors/ggml-vocab-phi-3.gguf"
}

private struct Case: Decodable {
  var text: String
  var llama2: [Int32]
  var llama2Normalized: [Int32]
  var decoded: String

  enum CodingKeys: String, CodingKey {
    case text, llama2
    case llama2Normalized = "llama2_nfc"
    case decoded = "llama2_decoded"
  }
}

/// Ids of the sentencepiece library and of llama.cpp for Llama 2's tokenizer.
@Suite(
  .enabled(
    if: SharedData.has(SharedFiles.llamaModel) && SharedData.has(SharedFiles.cases)
      && SharedData.has(SharedFiles.vectors + ".inp")
      && SharedData.has(SharedFiles.phiVectors + ".inp"),
    "Llama 2's tokenizer and its reference ids are not here"))
struct SentencePieceTokenizerSharedTests {
  private func tokenizer() throws -> SentencePieceTokenizer {
    try SentencePieceTokenizer(contentsOf: SharedData.path(SharedFiles.llamaModel))
  }

  private func cases() throws -> [Case] {
    try String(contentsOfFile: SharedData.path(SharedFiles.cases), encoding: .utf8)
      .split(separator: "\n")
      .map { try JSONDecoder().decode(Case.self, from: Data($0.utf8)) }
  }

  @Test func settings() throws {
    let tokenizer = try tokenizer()
    #expect(tokenizer.vocabularySize == 32_000)
    #expect(tokenizer.startToken == 1)
    #expect(tokenizer.endToken == 2)
    #expect(tokenizer.paddingToken == nil)
    #expect(tokenizer.unknownToken == 0)
    #expect(tokenizer.piece(13) == "<0x0A>")
    #expect(tokenizer.piece(263) == "\u{2581}a")
  }

  @Test func casesEncode() throws {
    let tokenizer = try tokenizer()
    let cases = try cases()
    #expect(cases.count > 300)
    // Twice, because the second time words come from the cache.
    for _ in 0..<2 {
      for item in cases {
        #expect(
          tokenizer.encode(item.text) == item.llama2, "\(item.text.prefix(80).debugDescription)")
      }
    }
  }

  @Test func casesEncodeAfterNormalization() throws {
    let tokenizer = try tokenizer()
    for item in try cases() {
      let bytes = Normalization.nfc.applied(to: Array(item.text.utf8))
      #expect(
        tokenizer.encode(bytes) == item.llama2Normalized,
        "\(item.text.prefix(80).debugDescription)")
    }
  }

  @Test func casesDecode() throws {
    let tokenizer = try tokenizer()
    for item in try cases() {
      #expect(Array(tokenizer.decode(item.llama2).utf8) == Array(item.decoded.utf8))
      #expect(tokenizer.decodeBytes(item.llama2) == Array(item.decoded.utf8))
    }
  }

  @Test(arguments: [SharedFiles.vectors, SharedFiles.phiVectors])
  func vectorsOfAnotherImplementation(vectors: String) throws {
    let tokenizer = try tokenizer()
    let texts = try String(
      contentsOfFile: SharedData.path(vectors + ".inp"), encoding: .utf8)
    let lines = try String(
      contentsOfFile: SharedData.path(vectors + ".out"), encoding: .utf8
    ).components(separatedBy: "\n")
    let inputs = texts.components(separatedBy: "\n__ggml_vocab_test__\n")
    #expect(inputs.count > 40)
    for (text, line) in zip(inputs, lines) {
      let ids = line.split(separator: " ").compactMap { Int32($0) }
      #expect(tokenizer.encode(text) == ids, "\(text.debugDescription)")
    }
  }

  @Test func modelIsWrittenAsRead() throws {
    let model = try SentencePieceModel(contentsOf: SharedData.path(SharedFiles.llamaModel))
    #expect(model.pieces.count == 32_000)
    #expect(try SentencePieceModel(bytes: model.serialized()) == model)
  }
}
