import Foundation
import TestSupport
import Testing
import Tokenization

/// Ids of tiktoken and Hugging Face's tokenizers for published tokenizers.
@Suite(
  .enabled(
    if: SharedData.has("fixtures/tokenizer-cases.jsonl")
      && SharedData.has("data/tokenizers/llama3/tokenizer.model"),
    "the published tokenizers and their reference ids are not here"))
struct BytePairTokenizerSharedTests {
  private static let files = [
    "llama3": "llama3/tokenizer.model", "gpt2": "gpt2/tokenizer.json",
    "dolma2": "olmo/dolma2.json", "llama2_hf": "llama2/tokenizer.json",
  ]

  private static func tokenizer(_ name: String) throws -> any Tokenizer {
    try TokenizerFile.load(SharedData.path("data/tokenizers/\(#require(files[name]))"))
  }

  @Test(arguments: ["llama3", "gpt2", "dolma2", "llama2_hf"])
  func casesEncodeAndDecode(_ name: String) throws {
    let tokenizer = try Self.tokenizer(name)
    let lines = try String(
      contentsOfFile: SharedData.path("fixtures/tokenizer-cases.jsonl"), encoding: .utf8
    ).split(separator: "\n")
    #expect(lines.count > 300)
    for line in lines {
      let item = try #require(
        JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      let text = try #require(item["text"] as? String)
      let ids = try #require(item[name] as? [Int]).map { Int32($0) }
      #expect(tokenizer.encode(text) == ids, "\(text.prefix(80).debugDescription)")
      // Special tokens that stand in the text give nothing back, and Llama 2's pieces do not tell a
      // space from its mark: what they decode to is in the fixture of our own.
      if name != "llama2_hf", !text.contains("<|") {
        #expect(tokenizer.decodeBytes(ids) == Array(text.utf8))
      }
    }
  }

  @Test(arguments: [("gpt2", "gpt-2"), ("llama3", "llama-bpe")])
  func vectorsOfAnotherImplementation(_ name: String, _ vectors: String) throws {
    let tokenizer = try Self.tokenizer(name)
    let path = SharedData.path("data/tokenizers/vectors/ggml-vocab-\(vectors).gguf")
    let inputs = try String(contentsOfFile: path + ".inp", encoding: .utf8)
      .components(separatedBy: "\n__ggml_vocab_test__\n")
    let lines = try String(contentsOfFile: path + ".out", encoding: .utf8)
      .components(separatedBy: "\n")
    #expect(inputs.count > 40)
    for (text, line) in zip(inputs, lines) {
      let ids = line.split(separator: " ").compactMap { Int32($0) }
      #expect(tokenizer.encode(text) == ids, "\(text.debugDescription)")
    }
  }

  @Test func settings() throws {
    let llama3 = try Self.tokenizer("llama3")
    #expect(llama3.vocabularySize == 128_256)
    #expect(llama3.startToken == 128_000)
    #expect(llama3.endToken == 128_001)
    #expect(llama3.piece(128_009) == "<|eot_id|>")
    #expect(llama3.piece(128_255) == "<|reserved_special_token_250|>")
    #expect(llama3.decode([128_000, 9_906]) == "<|begin_of_text|>Hello")
    let gpt2 = try Self.tokenizer("gpt2")
    #expect(gpt2.vocabularySize == 50_257)
    #expect(gpt2.endToken == 50_256)
    #expect(gpt2.encode("a<|endoftext|>") == [64, 50_256])
    let dolma2 = try Self.tokenizer("dolma2")
    #expect(dolma2.vocabularySize == 100_278)
    #expect(dolma2.endToken == 100_257)
    #expect(dolma2.paddingToken == 100_277)
    let llama2 = try Self.tokenizer("llama2_hf")
    #expect(llama2.startToken == 1)
    #expect(llama2.endToken == 2)
  }
}
