import Foundation
import Testing
import Tokenization

struct SentencePieceTokenizerTests {
  @Test(arguments: HandmadeModel.tokens)
  func everySetting(setting: HandmadeModel, expected: [[Int32]]) throws {
    let tokenizer = try SentencePieceTokenizer(setting.model)
    let texts = HandmadeModel.texts.map { Array($0.utf8) } + HandmadeModel.brokenTexts
    #expect(texts.count == expected.count)
    for _ in 0..<2 {
      for (text, tokens) in zip(texts, expected) {
        #expect(tokenizer.encode(text) == tokens, "\(String(decoding: text, as: UTF8.self))")
      }
    }
  }

  @Test func decoding() throws {
    let plain = try SentencePieceTokenizer(HandmadeModel.plain.model)
    #expect(plain.decode([4, 10, 4, 4, 6, 4]) == " a  b ")
    #expect(plain.decode([0, 5]) == " \u{2047} a")
    // A control piece does not end the start of a text, and only one space is stripped.
    #expect(plain.decode([1, 4, 4, 5, 2]) == " a")
    #expect(plain.decode([-1, 99]) == " \u{2047}  \u{2047} ")
    let tidy = try SentencePieceTokenizer(HandmadeModel.tidy.model)
    #expect(tidy.decode([4, 4, 10, 10]) == "a a")
    let bare = try SentencePieceTokenizer(HandmadeModel.bare.model)
    #expect(bare.decode([10, 10]) == " a a")
  }

  @Test func specialTokens() throws {
    let tokenizer = try SentencePieceTokenizer(HandmadeModel.plain.model)
    #expect(tokenizer.vocabularySize == 18)
    #expect(tokenizer.startToken == 1)
    #expect(tokenizer.endToken == 2)
    #expect(tokenizer.paddingToken == 3)
    #expect(tokenizer.unknownToken == 0)
    #expect(tokenizer.piece(10) == "\u{2581}a")
    #expect(tokenizer.piece(1_000) == "<unk>")
  }

  /// The CRC-32 of the same content by Python's zlib. Checkpoints remember it, so it must not change.
  @Test func fingerprint() throws {
    var model = HandmadeModel.plain.model
    let expected = "3d6a94f3-518"
    #expect(try SentencePieceTokenizer(model).fingerprint == expected)
    model.trainer.characterCoverage = 0.5
    model.path = "elsewhere"
    #expect(try SentencePieceTokenizer(model).fingerprint == expected)
    model.pieces[8].score = -1.5
    #expect(try SentencePieceTokenizer(model).fingerprint != expected)
  }

  @Test func emptyText() throws {
    for (setting, _) in HandmadeModel.tokens {
      #expect(try SentencePieceTokenizer(setting.model).encode("") == [])
    }
  }

  /// n log n: a quadratic encoder would not come back from this within an hour.
  @Test func millionEqualLetters() throws {
    var model = HandmadeModel.plain.model
    for power in 2...10 {
      model.pieces.append(
        .init(String(repeating: "a", count: 1 << power), score: -30 - Float(power), kind: .normal))
    }
    let tokenizer = try SentencePieceTokenizer(model)
    let tokens = tokenizer.encode([UInt8](repeating: 0x61, count: 1_000_000))
    // As the sentencepiece library has it.
    #expect(tokens.count == 984)
    #expect(tokens.prefix(3) == [10, 26, 26])
    #expect(tokens.suffix(8) == [26, 25, 21, 20, 19, 18, 12, 5])
    #expect(tokenizer.decodeBytes(tokens).count == 1_000_000)
  }

  @Test func longWordsAreTheSameByHeapAndByScan() throws {
    let tokenizer = try SentencePieceTokenizer(HandmadeModel.plain.model)
    // "ab" and "bc" have equal scores: the leftmost of overlapping merges wins everywhere.
    for count in [1, 5, 15, 16, 17, 40, 300] {
      let expected: [Int32] = [4] + repeatElement([8, 7], count: count).joined()
      #expect(tokenizer.encode(String(repeating: "abc", count: count)) == expected)
    }
  }

  @Test func manyTasksAtOnce() async throws {
    let tokenizer = try SentencePieceTokenizer(HandmadeModel.plain.model)
    let text = String(repeating: "abc x y aaaa bca <sep>", count: 50)
    let expected = tokenizer.encode(text)
    await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<16 {
        group.addTask { (0..<20).allSatisfy { _ in tokenizer.encode(text) == expected } }
      }
      for await isEqual in group { #expect(isEqual) }
    }
  }

  @Test func unsupportedSettings() {
    func error(_ change: (inout SentencePieceModel) -> Void) -> TokenizationError? {
      var model = HandmadeModel.plain.model
      model.path = "m.model"
      change(&model)
      return #expect(throws: TokenizationError.self) { try SentencePieceTokenizer(model) }
    }
    let unigram = error { $0.trainer.modelType = 1 }
    #expect(
      unigram
        == .unsupportedSetting(
          path: "m.model", setting: "trainer_spec.model_type", expected: "BPE", found: "UNIGRAM"))
    let map = error { $0.normalizer.precompiledCharactersMap = [1, 2, 3] }
    #expect(map?.description.contains("normalizer_spec.precompiled_charsmap") == true)
    // denormalizer_spec { precompiled_charsmap: "x" }
    let denormalizer = error { $0.otherFields = [0x2A, 0x03, 0x12, 0x01, 0x78] }
    #expect(denormalizer?.description.contains("denormalizer_spec") == true)
  }

  @Test func brokenPieces() {
    func error(_ change: (inout SentencePieceModel) -> Void) -> String {
      var model = HandmadeModel.plain.model
      change(&model)
      let error = #expect(throws: TokenizationError.self) { try SentencePieceTokenizer(model) }
      guard case .invalidPiece = error else { return "another error" }
      return error?.description ?? ""
    }
    #expect(error { $0.pieces[6].bytes = [0x61] }.contains("which is piece 5 too"))
    #expect(error { $0.pieces[6].bytes = [0xFF] }.contains("UTF-8"))
    #expect(error { $0.pieces[6].score = .nan }.contains("finite"))
    #expect(error { $0.pieces[0].kind = .control }.contains("unknown"))
    #expect(error { $0.pieces[3].kind = .unknown }.contains("second"))
    #expect(
      error {
        $0.trainer.usesByteFallback = true
        $0.pieces[3].kind = .byte
      }.contains("<0x0A>"))
    #expect(
      error { $0.pieces[3] = .init("<0x41>", score: 0, kind: .byte) }.contains("byte_fallback"))
    #expect(error { $0.trainer.usesByteFallback = true }.contains("256"))
  }
}
