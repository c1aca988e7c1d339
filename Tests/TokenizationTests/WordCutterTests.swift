import Testing
import Tokenization

/// Cutting a text into words must never change its ids.
struct WordCutterTests {
  private let model: SentencePieceModel
  private let tokenizer: SentencePieceTokenizer

  init() throws {
    model = try BytePairTrainerTests.trainer(byteFallback: true).train(
      BytePairTrainerTests.documents)
    tokenizer = try SentencePieceTokenizer(model)
  }

  /// Merges the whole text at once, the best pair first and of equals the leftmost, as slowly as
  /// that reads.
  private func merged(_ text: String) -> [Int32] {
    var ids: [[UInt8]: (token: Int32, score: Float)] = [:]
    for (token, piece) in model.pieces.enumerated() where piece.kind == .normal {
      ids[piece.bytes] = (Int32(token), piece.score)
    }
    var symbols = ("\u{2581}" + text).unicodeScalars.map { scalar in
      Array(String(scalar == " " ? "\u{2581}" : scalar).utf8)
    }
    while true {
      var best: (place: Int, score: Float)?
      for place in symbols.indices.dropLast() {
        guard let score = ids[symbols[place] + symbols[place + 1]]?.score else { continue }
        if best.map({ score > $0.score }) ?? true { best = (place, score) }
      }
      guard let place = best?.place else { break }
      symbols[place] += symbols.remove(at: place + 1)
    }
    return symbols.flatMap { symbol in
      ids[symbol].map { [$0.token] } ?? symbol.map { Int32($0) + 3 }
    }
  }

  @Test func sameIdsAsMergingTheWholeText() {
    var random = SplitMix(state: 11)
    let parts = [
      " ", "  ", "a", "the", " the", "wind", "ed", "s", "\n", "\t", ",", ".", "é", "ё", "слово",
      "ß",
      "中", "文", "🌱", "9", "1987", "\u{2581}", "’", "\u{0}",
    ]
    for _ in 0..<600 {
      // Mostly ASCII, so that characters beyond it fall on every place of a block of 64.
      let kinds = random.below(3) == 0 ? parts.count : 11
      var text = ""
      for _ in 0..<random.below(90) { text += parts[random.below(kinds)] }
      text += parts[random.below(parts.count)]
      #expect(tokenizer.encode(text) == merged(text), "\(text.debugDescription)")
    }
  }

  /// Every length around the blocks of 64 that are cut at once.
  @Test func everyLength() {
    for count in 0..<200 {
      for tail in ["", "é", "🌱", " the"] {
        let text =
          String(repeating: "x, ", count: count / 3) + String(repeating: "w", count: count % 3)
          + tail
        guard !text.isEmpty else { continue }
        #expect(tokenizer.encode(text) == merged(text), "\(text)")
      }
    }
  }
}
