import Tokenization

/// A small model that uses every kind of piece, and what the sentencepiece library (0.2.3) makes of
/// `texts` and `brokenTexts` with it under various settings.
enum HandmadeModel: String, CaseIterable {
  case plain, bare, tidy, suffix, unescaped, unused

  var model: SentencePieceModel {
    let normal: [(String, Float)] = [
      ("\u{2581}", -20), ("a", -21), ("b", -22), ("c", -23), ("ab", -1), ("bc", -1),
      ("\u{2581}a", -2),
    ]
    let later: [(String, Float)] = [
      ("aa", -3), ("x\u{2581}y", -5), ("x", -24), ("y", -25), ("\u{2581}y", -6), ("\u{E9}", -26),
    ]
    var pieces = [SentencePieceModel.Piece("<unk>", score: 0, kind: .unknown)]
    pieces += ["<s>", "</s>", "<pad>"].map { .init($0, score: 0, kind: .control) }
    pieces += normal.map { .init($0.0, score: $0.1, kind: .normal) }
    pieces.append(.init("<sep>", score: 0, kind: .userDefined))
    pieces += later.map { .init($0.0, score: $0.1, kind: .normal) }
    if self == .unused {
      pieces.append(.init("ca", score: -0.5, kind: .unused))
      pieces.append(.init("cab", score: -4, kind: .normal))
    }
    var model = SentencePieceModel(pieces: pieces)
    model.trainer.modelType = 2
    model.trainer.treatsWhitespaceAsSuffix = self == .suffix
    model.normalizer.addsDummyPrefix = self != .bare
    model.normalizer.removesExtraWhitespace = self == .tidy
    model.normalizer.escapesWhitespace = self != .unescaped
    return model
  }

  static let texts = [
    "abc bca", "aaaa aaa", "x y xy", " a  b ", "a<sep>b <sep> c", "cab ca c",
    "\u{2581} \u{2581}a", "\u{E9}\u{4E2D}\u{4E2D}z", "<s> a</s>",
  ]
  static let brokenTexts: [[UInt8]] = [
    [0x61, 0xFF, 0x62], [0xE4, 0xB8, 0x20, 0x61], [0xED, 0xA0, 0x80, 0x63],
  ]

  static let tokens: [(HandmadeModel, [[Int32]])] = [
    (
      .plain,
      [
        [4, 8, 7, 4, 9, 5],
        [10, 12, 5, 10, 12],
        [4, 13, 4, 14, 15],
        [4, 10, 4, 4, 6, 4],
        [10, 11, 6, 4, 11, 4, 7],
        [4, 7, 8, 4, 7, 5, 4, 7],
        [4, 4, 4, 10],
        [4, 17, 0],
        [4, 0, 10, 0],
        [10, 0, 6],
        [4, 0, 10],
        [4, 0, 7],
      ]
    ),
    (
      .bare,
      [
        [8, 7, 4, 9, 5],
        [12, 12, 10, 12],
        [13, 4, 14, 15],
        [10, 4, 4, 6, 4],
        [5, 11, 6, 4, 11, 4, 7],
        [7, 8, 4, 7, 5, 4, 7],
        [4, 4, 10],
        [17, 0],
        [0, 10, 0],
        [5, 0, 6],
        [0, 10],
        [0, 7],
      ]
    ),
    (
      .tidy,
      [
        [4, 8, 7, 4, 9, 5],
        [10, 12, 5, 10, 12],
        [4, 13, 4, 14, 15],
        [10, 4, 6],
        [10, 11, 6, 4, 11, 4, 7],
        [4, 7, 8, 4, 7, 5, 4, 7],
        [4, 4, 4, 10],
        [4, 17, 0],
        [4, 0, 10, 0],
        [10, 0, 6],
        [4, 0, 10],
        [4, 0, 7],
      ]
    ),
    (
      .suffix,
      [
        [8, 7, 4, 9, 5, 4],
        [12, 12, 10, 12, 4],
        [13, 4, 14, 15, 4],
        [10, 4, 4, 6, 4, 4],
        [5, 11, 6, 4, 11, 4, 7, 4],
        [7, 8, 4, 7, 5, 4, 7, 4],
        [4, 4, 10, 4],
        [17, 0, 4],
        [0, 10, 0, 4],
        [5, 0, 6, 4],
        [0, 10, 4],
        [0, 7, 4],
      ]
    ),
    (
      .unescaped,
      [
        [0, 8, 7, 0, 9, 5],
        [0, 12, 12, 0, 12, 5],
        [0, 14, 0, 15, 0, 14, 15],
        [0, 5, 0, 6, 0],
        [0, 5, 11, 6, 0, 11, 0, 7],
        [0, 7, 8, 0, 7, 5, 0, 7],
        [0, 4, 0, 10],
        [0, 17, 0],
        [0, 5, 0],
        [0, 5, 0, 6],
        [0, 5],
        [0, 7],
      ]
    ),
    (
      .unused,
      [
        [4, 8, 7, 4, 6, 7, 5],
        [10, 12, 5, 10, 12],
        [4, 13, 4, 14, 15],
        [4, 10, 4, 4, 6, 4],
        [10, 11, 6, 4, 11, 4, 7],
        [4, 19, 4, 7, 5, 4, 7],
        [4, 4, 4, 10],
        [4, 17, 0],
        [4, 0, 10, 0],
        [10, 0, 6],
        [4, 0, 10],
        [4, 0, 7],
      ]
    ),
  ]
}
