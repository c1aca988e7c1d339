import Foundation
import GGUF
import Interchange
import Models
import TestSupport
import Testing
import Tokenization

@Suite struct GGUFTokenizerTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A tokenizer after a way through a file, with a table of so many rows.
  private func returned(
    _ stored: StoredTokenizer, tokenCount: Int
  ) throws -> (tokenizer: any Tokenizer, file: GGUFFile, contents: ModelContents) {
    // The sizes of the model play no part.
    let configuration = OpenELMConfiguration(
      layerCount: 1, modelWidth: 8, headWidth: 8, queriesPerKeyValueHead: 1,
      attentionScale: .init(1), feedForwardScale: .init(1), feedForwardDivisor: 8,
      vocabularySize: tokenCount, contextLength: 8)
    var contents = GGUFSamples.contents(configuration)
    contents.tokenizer = stored
    let path = folder("a.gguf")
    try GGUFModel.write(contents, to: path, type: .float16)
    let found = try GGUFModel.read(path: path)
    let tokenizer = try #require(found.tokenizer)
    return (
      try TokenizerFile.load(tokenizer.bytes, path: path), try GGUFFile(path: path), found
    )
  }

  @Test func sentencePiecesComeBackInAPaddedTable() throws {
    let model = GGUFSamples.sentencePieces
    let original = try SentencePieceTokenizer(model)
    let (found, file, contents) = try returned(
      .init(kind: .sentencePiece, bytes: model.serialized()), tokenCount: 300)
    #expect(found.fingerprint == original.fingerprint)
    #expect(found.vocabularySize == model.pieces.count)
    #expect(found.startToken == 1 && found.endToken == 2)
    #expect(contents.generation.startToken == 1 && contents.generation.endTokens == [2])
    for text in GGUFSamples.texts {
      #expect(found.encode(text) == original.encode(text), "\(text)")
    }
    let names = try #require(file.value(of: "tokenizer.ggml.tokens")?.array?.strings)
    #expect(names.count == 300 && names[299] == "[PAD299]" && names[265] == "a sep")
    let kinds = try #require(file.value(of: "tokenizer.ggml.token_type")?.array?.integers)
    #expect(kinds[0...3] == [2, 3, 3, 6] && kinds[299] == 5 && kinds[265] == 4)
  }

  /// llama.cpp's converter writes no `add_bos_token` where the tokenizer's settings do not say so.
  @Test func theStartTokenIsThereWithoutItsKey() throws {
    var contents = GGUFSamples.contents()
    contents.tokenizer = .init(
      kind: .sentencePiece, bytes: GGUFSamples.sentencePieces.serialized())
    try GGUFModel.write(contents, to: folder("a.gguf"), type: .float32)
    let file = try GGUFFile(path: folder("a.gguf"))
    let layouts = file.tensors.map {
      GGUFWriter.Layout(name: $0.name, format: $0.format, shape: $0.shape)
    }
    let entries = file.metadata.filter { $0.key != "tokenizer.ggml.add_bos_token" }
    try GGUFWriter.write(layouts, metadata: entries, to: folder("b.gguf")) { index, sink in
      try file.withPart(of: file.tensors[index]) { try sink($0.bytes) }
    }
    #expect(try GGUFModel.read(path: folder("b.gguf")).generation.startToken == 1)
  }

  @Test func settingsThatLlamaHasNotAreRefused() throws {
    let changes: [(inout SentencePieceModel) -> Void] = [
      { $0.normalizer.escapesWhitespace = false }, { $0.trainer.treatsWhitespaceAsSuffix = true },
      { $0.trainer.usesByteFallback = false },
    ]
    for change in changes {
      var model = GGUFSamples.sentencePieces
      change(&model)
      #expect(throws: (any Error).self) {
        _ = try returned(.init(kind: .sentencePiece, bytes: model.serialized()), tokenCount: 300)
      }
    }
  }

  @Test func aTokenizerLargerThanTheTableIsRefused() throws {
    let stored = StoredTokenizer(
      kind: .sentencePiece, bytes: GGUFSamples.sentencePieces.serialized())
    let failure = #expect(throws: GGUFError.self) { _ = try returned(stored, tokenCount: 265) }
    #expect(failure?.description.contains("265, found 266") == true, "\(failure as Any)")
  }

  /// A byte-level vocabulary of 256 bytes, two merges and two added tokens.
  private static func byteLevel(
    _ pattern: PreTokenizationPattern, ignoresMerges: Bool
  ) -> ByteLevelVocabulary {
    var tokens = (UInt8.min...UInt8.max).map {
      ByteLevelVocabulary.Token(name: ByteAlphabetSample.encode([$0]), kind: .normal)
    }
    tokens += ["ab", "abc"].map { .init(name: Array($0.utf8), kind: .normal) }
    tokens.append(.init(name: Array("<|endoftext|>".utf8), kind: .control))
    tokens.append(.init(name: Array("<keep me>".utf8), kind: .userDefined))
    let merges = [("a", "b"), ("ab", "c")].map {
      ByteLevelVocabulary.Merge(left: Array($0.0.utf8), right: Array($0.1.utf8))
    }
    return ByteLevelVocabulary(
      tokens: tokens, merges: merges, pattern: pattern, ignoresMerges: ignoresMerges)
  }

  @Test func byteLevelVocabulariesComeBack() throws {
    let known: [(PreTokenizationPattern, Bool, String)] = [
      (.gpt2, false, "gpt-2"), (.llama3, true, "llama-bpe"), (.llama3, false, "dbrx"),
      (.o200k, false, "gpt-4o"),
    ]
    for (pattern, ignoresMerges, name) in known {
      let vocabulary = Self.byteLevel(pattern, ignoresMerges: ignoresMerges)
      let json = vocabulary.tokenizerJSON()
      let original = try BytePairTokenizer(description: json, path: "json")
      let (found, file, contents) = try returned(
        .init(kind: .huggingFace, bytes: json), tokenCount: 270)
      #expect(file.value(of: "tokenizer.ggml.pre")?.string == name)
      #expect(found.vocabularySize == original.vocabularySize)
      #expect(found.endToken == 258 && found.startToken == nil)
      #expect(contents.generation.endTokens == [258])
      let texts = GGUFSamples.texts + ["abc<|endoftext|>ab <keep me>abc 12345 DON'T"]
      for text in texts { #expect(found.encode(text) == original.encode(text), "\(text)") }
      #expect(contents.tokenizer?.bytes == json)
    }
  }

  @Test func aPatternThatLlamaDoesNotKnowIsRefused() throws {
    let json = Self.byteLevel(.gpt2, ignoresMerges: true).tokenizerJSON()
    let failure = #expect(throws: GGUFError.self) {
      _ = try returned(.init(kind: .huggingFace, bytes: json), tokenCount: 270)
    }
    #expect(failure?.description.contains("found gpt2 with.") == true, "\(failure as Any)")
  }

  // MARK: Published tokenizers

  private struct Case: Decodable {
    var text: String
    var llama2: [Int32]
    var ofDescription: [Int32]

    /// Whether the text is one to which a `tokenizer.json` does nothing that SentencePiece does not: it has
    /// no names of special tokens, and no space in front, which the file does not double.
    var isPlain: Bool {
      // Bytes, since a combining mark behind a name hides it from a search for characters.
      let bytes = Data(text.utf8)
      let hasName = ["<s>", "</s>", "<unk>"].contains { bytes.range(of: Data($0.utf8)) != nil }
      return !text.hasPrefix(" ") && !text.hasPrefix("\u{2581}") && !hasName
    }

    var llama3: [Int32]
    var gpt2: [Int32]
    var dolma2: [Int32]

    enum CodingKeys: String, CodingKey {
      case text, llama2, llama3, gpt2, dolma2
      case ofDescription = "llama2_hf"
    }
  }

  private static let tokenizers = "data/tokenizers"
  private static let hasShared =
    SharedData.has(tokenizers) && SharedData.has("fixtures/tokenizer-cases.jsonl")
  private static let reason: Comment = "no published tokenizers beside the checkout"

  private static func cases() throws -> [Case] {
    try bytes(at: SharedData.path("fixtures/tokenizer-cases.jsonl"))
      .split(separator: UInt8(ascii: "\n"))
      .map { try JSONDecoder().decode(Case.self, from: Data($0)) }
  }

  @Test(
    .enabled(if: hasShared, reason),
    arguments: [
      ("llama2/tokenizer.model", 32_128), ("llama2/tokenizer.json", 32_000),
      ("gpt2/tokenizer.json", 50_304), ("llama3/tokenizer.model", 128_256),
      ("olmo/dolma2.json", 100_352),
    ])
  func publishedTokenizersComeBack(_ name: String, tokenCount: Int) throws {
    let bytes = try bytes(at: SharedData.path("\(Self.tokenizers)/\(name)"))
    let (found, _, _) = try returned(
      .init(kind: TokenizerFile(bytes: bytes), bytes: bytes), tokenCount: tokenCount)
    let cases = try Self.cases()
    #expect(cases.count > 100)
    for example in cases where name != "llama2/tokenizer.json" || example.isPlain {
      let expected =
        switch name.prefix(6) {
        // The file merges spaces before all else, and the model after.
        case "llama2": name.hasSuffix("json") ? example.ofDescription : example.llama2
        case "llama3": example.llama3
        case "gpt2/t": example.gpt2
        default: example.dolma2
        }
      #expect(found.encode(example.text) == expected, "\(name): \(example.text.debugDescription)")
    }
  }
}

/// GPT-2's characters for bytes, written down once more.
enum ByteAlphabetSample {
  static func encode(_ bytes: [UInt8]) -> [UInt8] {
    let isPlain = { (byte: UInt8) in
      (0x21...0x7E).contains(byte) || (0xA1...0xAC).contains(byte) || byte >= 0xAE
    }
    let others = (UInt8.min...UInt8.max).filter { !isPlain($0) }
    var text = ""
    for byte in bytes {
      let place = others.firstIndex(of: byte).map { UInt32($0) + 256 } ?? UInt32(byte)
      if let scalar = Unicode.Scalar(place) { text.unicodeScalars.append(scalar) }
    }
    return Array(text.utf8)
  }
}
