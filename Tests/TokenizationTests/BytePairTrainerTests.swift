import Testing
import Tokenization

struct BytePairTrainerTests {
  static let documents = [
    "the winged seed of the elm falls in the wind, and the wind takes the seed.",
    "An elm grows near the river; the river grows wider in 1987 and in 2024.",
    "  indented text\n    more indented text\n\n\tand a tab, then the end.\n",
    "Größe, naïve café: été, déjà vu, été, déjà vu, café!",
    "слово за слово, слово не воробей, слово за слово",
    "the the the elm elm elm seeds seeds wind winds winding winding winged wings",
  ].map { Array($0.utf8) }

  /// Ids of the sentencepiece library (0.2.3) with the model that training gives, written to a file.
  private static let withByteFallback: [(String, [Int32])] = [
    ("the winged seeds of the elm", [262, 283, 265, 279, 302, 295, 318, 317, 262, 274]),
    ("  two  spaces  ", [280, 259, 303, 318, 295, 276, 115, 305, 321, 296, 302, 280]),
    (
      "in 1987\n\tand 2024",
      [270, 295, 332, 336, 335, 334, 316, 329, 305, 278, 295, 320, 331, 320, 333]
    ),
    (
      "café слово 中文 🌱",
      [290, 305, 317, 308, 275, 295, 231, 187, 176, 233, 153, 138, 295, 243, 162, 143, 180]
    ),
    (
      "<s>the</s> <0x41> \u{2581}x",
      [
        295, 63, 302, 65, 299, 261, 63, 50, 302, 65, 295, 63, 331, 324, 333, 332, 65, 280, 324,
      ]
    ),
    ("naïve\u{0}end", [284, 305, 344, 313, 296, 3, 296, 278]),
    ("", []),
    ("\u{2581}", [280]),
    ("winding winding winding ", [268, 260, 309, 268, 260, 309, 268, 260, 309, 295]),
    ("elmelmelm, été!", [274, 296, 272, 296, 272, 307, 287, 299, 308, 330]),
  ]
  private static let withoutByteFallback: [(String, [Int32])] = [
    ("the winged seeds of the elm", [7, 28, 10, 24, 49, 42, 65, 64, 7, 19]),
    ("  two  spaces  ", [25, 4, 50, 65, 42, 21, 0, 52, 68, 43, 49, 25]),
    ("in 1987\n\tand 2024", [15, 42, 79, 83, 82, 81, 63, 76, 52, 23, 42, 67, 78, 67, 80]),
    ("café слово 中文 🌱", [35, 52, 64, 55, 20, 42, 0, 42, 0]),
    (
      "<s>the</s> <0x41> \u{2581}x",
      [42, 0, 49, 0, 46, 6, 0, 49, 0, 42, 0, 78, 71, 80, 79, 0, 25, 71]
    ),
    ("naïve\u{0}end", [29, 52, 0, 60, 43, 0, 43, 23]),
    ("elmelmelm, été!", [19, 43, 17, 43, 17, 54, 32, 40, 77]),
  ]

  static func trainer(byteFallback: Bool) -> BytePairTrainer {
    var trainer = BytePairTrainer(vocabularySize: byteFallback ? 350 : 90)
    guard !byteFallback else { return trainer }
    trainer.usesByteFallback = false
    trainer.characterCoverage = 0.98
    trainer.controlPieces = ["<pad>"]
    return trainer
  }

  @Test func tokensOfTheReferenceWithByteFallback() throws {
    let model = try Self.trainer(byteFallback: true).train(Self.documents)
    // Through the file's bytes, which is what the reference read.
    let tokenizer = try SentencePieceTokenizer(SentencePieceModel(bytes: model.serialized()))
    #expect(tokenizer.vocabularySize == 350)
    #expect(tokenizer.paddingToken == nil)
    #expect(
      (259..<264).map { tokenizer.piece($0) }
        == ["\u{2581}t", "in", "he", "\u{2581}the", "\u{2581}w"])
    for (text, tokens) in Self.withByteFallback {
      #expect(tokenizer.encode(text) == tokens, "\(text)")
    }
  }

  @Test func tokensOfTheReferenceWithoutByteFallback() throws {
    let model = try Self.trainer(byteFallback: false).train(Self.documents)
    let tokenizer = try SentencePieceTokenizer(SentencePieceModel(bytes: model.serialized()))
    #expect(tokenizer.vocabularySize == 90)
    #expect(tokenizer.paddingToken == 3)
    for (text, tokens) in Self.withoutByteFallback {
      #expect(tokenizer.encode(text) == tokens, "\(text)")
    }
    #expect(tokenizer.decode([29, 52, 0, 60, 43, 0, 43, 23]) == "na \u{2047} ve \u{2047} end")
  }

  @Test func everyTextComesBack() throws {
    let tokenizer = try SentencePieceTokenizer(
      Self.trainer(byteFallback: true).train(Self.documents))
    var random = SplitMix(state: 7)
    let alphabets = [
      " ", "a", "the", "\n", "\t", "é", "e\u{301}", "слово", "中", "🌱", "\u{0}", "9", "</s>",
    ]
    for _ in 0..<500 {
      var text = ""
      for _ in 0..<random.below(60) {
        if random.below(4) == 0, let scalar = Unicode.Scalar(UInt32(random.below(0x11_0000))) {
          text.unicodeScalars.append(scalar)
        } else {
          text += alphabets[random.below(alphabets.count)]
        }
      }
      // The mark of a space is the one character that becomes another.
      text = String(text.unicodeScalars.filter { $0 != "\u{2581}" })
      let tokens = tokenizer.encode(text)
      #expect(tokenizer.decodeBytes(tokens) == Array(text.utf8))
      #expect(Array(tokenizer.decode(tokens).utf8) == Array(text.utf8))
      #expect(!tokens.contains(0))
    }
  }

  @Test func sameModelWhateverTheOrder() throws {
    let trainer = Self.trainer(byteFallback: true)
    let model = try trainer.train(Self.documents)
    #expect(try trainer.train(Self.documents).serialized() == model.serialized())
    #expect(try trainer.train(Self.documents.reversed()).serialized() == model.serialized())
  }

  @Test(arguments: [2, 3, 7])
  func sameModelWhateverTheThreads(count: Int) throws {
    let trainer = Self.trainer(byteFallback: true)
    let documents = Array(repeatElement(Self.documents, count: 5).joined())
    let expected = try trainer.train(documents).serialized()
    #expect(try trainer.train(documents, threadCount: count).serialized() == expected)
  }

  /// Text is cut at user-defined pieces before words are counted, and encoding finds them again.
  @Test func userDefinedPieces() throws {
    var trainer = Self.trainer(byteFallback: true)
    trainer.userDefinedPieces = ["<sep>", "in the", "é"]
    let model = try trainer.train(Self.documents + [Array("a<sep>b <sep>in the<sep>".utf8)])
    #expect(model.pieces[3].kind == .userDefined)
    #expect(model.pieces[4].bytes == Array("in\u{2581}the".utf8))
    #expect(model.pieces.count == 350)
    // The letter is a piece already, and no piece of the text's own has it.
    let accented = model.pieces.filter { $0.bytes.contains(0xC3) && $0.bytes.contains(0xA9) }
    #expect(accented.count == 1)
    let tokenizer = try SentencePieceTokenizer(SentencePieceModel(bytes: model.serialized()))
    let tokens = tokenizer.encode("wind<sep>in the café")
    #expect(tokens.contains(3) && tokens.contains(4) && tokens.last == 5)
    #expect(tokenizer.decode(tokens) == "wind<sep>in the café")
  }

  @Test func tooManyWords() {
    var trainer = Self.trainer(byteFallback: true)
    trainer.maximumWordCount = 54
    for threadCount in 1...2 {
      let error = #expect(throws: TokenizationError.self) {
        try trainer.train(Self.documents, threadCount: threadCount)
      }
      #expect(error == .tooManyWords(maximum: 54, documents: 6))
      #expect(error?.description.contains("54 different words") == true)
    }
  }

  /// "aab" and "aac" twice each: "aa" is met four times, "▁aa" is made of it, and then the left
  /// symbol that is older decides.
  @Test func mergesByHand() throws {
    var trainer = BytePairTrainer(vocabularySize: 3 + 4 + 3)
    trainer.usesByteFallback = false
    let model = try trainer.train(["aab aab aac aac"].map { Array($0.utf8) })
    #expect(
      model.pieces.map { String(decoding: $0.bytes, as: UTF8.self) } == [
        "<unk>", "<s>", "</s>", "aa", "\u{2581}aa", "\u{2581}aab", "a", "\u{2581}", "b", "c",
      ])
    #expect(model.pieces.map(\.score) == [0, 0, 0, 0, -1, -2, -3, -4, -5, -6])
  }

  @Test func piecesKeepToTheRules() throws {
    let model = try Self.trainer(byteFallback: true).train(Self.documents)
    for piece in model.pieces where piece.kind == .normal {
      let scalars = Array(String(decoding: piece.bytes, as: UTF8.self).unicodeScalars)
      #expect(scalars.count <= 16)
      guard scalars.count > 1 else { continue }
      #expect(!scalars.contains { $0.properties.generalCategory == .decimalNumber })
      let hasInnerSpace = scalars.dropFirst().contains("\u{2581}")
      #expect(!hasInnerSpace || scalars.allSatisfy { $0 == "\u{2581}" })
    }
  }

  @Test func wrongParameters() {
    func error(_ change: (inout BytePairTrainer) -> Void) -> TokenizationError? {
      var trainer = Self.trainer(byteFallback: true)
      change(&trainer)
      return #expect(throws: TokenizationError.self) { try trainer.train(Self.documents) }
    }
    let cases: [(String, TokenizationError?)] = [
      ("vocabularySize", error { $0.vocabularySize = 0 }),
      ("characterCoverage", error { $0.characterCoverage = 1.5 }),
      ("maximumPieceLength", error { $0.maximumPieceLength = 0 }),
      ("controlPieces", error { $0.controlPieces = ["<s>"] }),
      ("controlPieces", error { $0.controlPieces = [""] }),
      ("userDefinedPieces", error { $0.userDefinedPieces = ["<x>", "<x>"] }),
      ("userDefinedPieces", error { $0.userDefinedPieces = ["</s>"] }),
      ("maximumWordCount", error { $0.maximumWordCount = 0 }),
    ]
    for (name, error) in cases {
      #expect(error?.description.contains(name) == true)
      guard case .invalidParameter = error else {
        Issue.record("\(name): \(String(describing: error))")
        continue
      }
    }
    #expect(
      error { $0.vocabularySize = 400 }
        == .vocabularySizeOutOfReach(requested: 400, smallest: 314, largest: 378))
    #expect(
      error { $0.vocabularySize = 300 }
        == .vocabularySizeOutOfReach(requested: 300, smallest: 314, largest: 314))
  }

  @Test func progressIsTold() throws {
    var steps: [BytePairTrainer.Progress] = []
    _ = try Self.trainer(byteFallback: true).train(Self.documents) { steps.append($0) }
    #expect(steps.first == .counted(documents: 6, bytes: 437, words: 55))
    #expect(steps.last == .merged(pieces: 350, of: 350))
  }
}

/// A generator with a known sequence (SplitMix64).
struct SplitMix {
  var state: UInt64

  mutating func below(_ bound: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((z ^ (z >> 31)) % UInt64(bound))
  }
}
