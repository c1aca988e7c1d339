import Foundation
import Tokenization

/// Small tokenizers of each kind, as files.
enum TokenizerSeeds {
  /// Trained and made by hand, with each of SentencePiece's settings one way and the other.
  static func sentencePiece() throws -> [[UInt8]] {
    var trainer = BytePairTrainer(vocabularySize: 340)
    trainer.characterCoverage = 0.98
    trainer.userDefinedPieces = ["<sep>"]
    let documents = Array(repeating: Array(SeedFiles.text.utf8), count: 3)
    let trained = try trainer.train(documents)
    var models = [trained]
    for setting in 0..<5 {
      var model = trained
      if setting > 0 { model = handmade }
      model.normalizer.addsDummyPrefix = setting != 1
      model.normalizer.removesExtraWhitespace = setting == 2
      model.normalizer.escapesWhitespace = setting != 3
      model.trainer.treatsWhitespaceAsSuffix = setting == 4
      models.append(model)
    }
    return models.map { $0.serialized() }
  }

  private static var handmade: SentencePieceModel {
    var pieces = [SentencePieceModel.Piece("<unk>", score: 0, kind: .unknown)]
    pieces += ["<s>", "</s>"].map { .init($0, score: 0, kind: .control) }
    pieces += ["\u{2581}", "a", "b", "e", "ab", "\u{2581}a", "aa", "e\u{2581}a"].enumerated().map {
      .init($0.element, score: -Float($0.offset), kind: .normal)
    }
    pieces.append(.init("<sep>", score: 0, kind: .userDefined))
    pieces.append(.init("aab", score: -0.5, kind: .unused))
    var model = SentencePieceModel(pieces: pieces)
    model.trainer.modelType = 2
    return model
  }

  /// The fixture's `tokenizer.json`, which differ in their normalizers, pre-tokenizers and decoders,
  /// and a file of ranks.
  static func bytePair() throws -> (descriptions: [[UInt8]], ranks: [UInt8]) {
    guard let bytes = try SeedFiles.fixtures(of: "Tokenization", suffix: "byte-pair.json").first,
      let fixture = try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any],
      let models = fixture["models"] as? [String: [String: Any]],
      let variants = fixture["variants"] as? [[String: Any]],
      let ranks = fixture["rankFile"] as? String
    else { return ([], []) }
    let descriptions = try variants.compactMap { variant -> [UInt8]? in
      guard var tokenizer = variant["tokenizer"] as? [String: Any],
        var model = models[variant["model"] as? String ?? ""]
      else { return nil }
      model.merge(variant["changes"] as? [String: Any] ?? [:]) { $1 }
      tokenizer["model"] = model
      return [UInt8](try JSONSerialization.data(withJSONObject: tokenizer, options: .sortedKeys))
    }
    return (descriptions, Array(ranks.utf8))
  }
}
