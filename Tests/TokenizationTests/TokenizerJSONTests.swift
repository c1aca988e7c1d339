import Foundation
import TestSupport
import Testing
import Tokenization

struct TokenizerJSONTests {
  private static let llama = "data/tokenizers/llama2"

  private func object(_ model: SentencePieceModel) throws -> [String: Any] {
    let bytes = try model.tokenizerJSON()
    return try #require(
      try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
  }

  private func merging(_ model: SentencePieceModel) throws -> [String: Any] {
    try #require(try object(model)["model"] as? [String: Any])
  }

  private var small: SentencePieceModel {
    var model = SentencePieceModel(pieces: [
      .init("<unk>", score: 0, kind: .unknown), .init("<s>", score: 0, kind: .control),
      .init("a", score: -9, kind: .normal), .init("b\"", score: -2, kind: .normal),
      .init("b", score: -9, kind: .normal), .init("\"", score: -9, kind: .normal),
      .init("\u{2581}", score: -9, kind: .normal), .init("\u{2581}a", score: -1, kind: .normal),
      .init("ab\"", score: -3, kind: .normal), .init("ab", score: -4, kind: .normal),
    ])
    model.trainer.modelType = 2
    model.normalizer.removesExtraWhitespace = false
    return model
  }

  @Test func piecesAndMerges() throws {
    let merging = try merging(small)
    #expect(merging["type"] as? String == "BPE")
    #expect(merging["unk_token"] as? String == "<unk>")
    #expect(merging["fuse_unk"] as? Bool == true)
    #expect(merging["byte_fallback"] as? Bool == false)
    let vocabulary = try #require(merging["vocab"] as? [String: Int])
    #expect(vocabulary.count == 10)
    #expect(vocabulary["b\""] == 3)
    #expect(vocabulary["\u{2581}a"] == 7)
    // By score; of one piece the longer left side first.
    #expect(
      merging["merges"] as? [[String]] == [
        ["\u{2581}", "a"], ["b", "\""], ["ab", "\""], ["a", "b\""], ["a", "b"],
      ])
  }

  /// Runs of spaces grow from the left in SentencePiece, because their pieces share a score.
  @Test func equalScoresTheLongerPieceFirst() throws {
    var model = small
    for count in 2...4 {
      model.pieces.append(
        .init(String(repeating: "\u{2581}", count: count), score: -50, kind: .normal))
    }
    let merges = try #require(try merging(model)["merges"] as? [[String]])
    #expect(
      merges.suffix(6).map { $0.map(\.unicodeScalars.count) }
        == [[3, 1], [2, 2], [1, 3], [2, 1], [1, 2], [1, 1]])
    #expect(merges.suffix(6).allSatisfy { $0.joined().allSatisfy { $0 == "\u{2581}" } })
  }

  @Test func aroundTheModel() throws {
    let object = try object(small)
    let added = try #require(object["added_tokens"] as? [[String: Any]])
    #expect(added.map { $0["content"] as? String } == ["<unk>", "<s>"])
    #expect(added.allSatisfy { $0["special"] as? Bool == true })
    let normalizer = try #require(object["normalizer"] as? [String: Any])
    let steps = try #require(normalizer["normalizers"] as? [[String: Any]])
    #expect(steps.map { $0["type"] as? String } == ["Prepend", "Replace"])
    let decoder = try #require(object["decoder"] as? [String: Any])
    let decoders = try #require(decoder["decoders"] as? [[String: Any]])
    #expect(decoders.map { $0["type"] as? String } == ["Replace", "ByteFallback", "Fuse", "Strip"])
    let processor = try #require(object["post_processor"] as? [String: Any])
    #expect((processor["single"] as? [Any])?.count == 2)
  }

  @Test func withoutDummyPrefixAndStart() throws {
    var model = small
    model.normalizer.addsDummyPrefix = false
    model.pieces[1].bytes = Array("<x>".utf8)
    let object = try object(model)
    let normalizer = try #require(object["normalizer"] as? [String: Any])
    #expect((normalizer["normalizers"] as? [Any])?.count == 1)
    #expect(object["post_processor"] is NSNull)
    let decoder = try #require(object["decoder"] as? [String: Any])
    #expect((decoder["decoders"] as? [Any])?.count == 3)
  }

  @Test func userDefinedPieces() throws {
    var model = small
    model.pieces.append(.init("<a.b>", score: 0, kind: .userDefined))
    let object = try object(model)
    let added = try #require(object["added_tokens"] as? [[String: Any]])
    #expect(added.last?["normalized"] as? Bool == true)
    #expect(added.last?["special"] as? Bool == false)
    let normalizer = try #require(object["normalizer"] as? [String: Any])
    let steps = try #require(normalizer["normalizers"] as? [[String: Any]])
    let pattern = try #require(steps.first?["pattern"] as? [String: String])
    #expect(pattern["Regex"] == "\\A(?!(?:\\<a\\.b\\>)\\z)")
  }

  @Test func whatTheFormatCannotSay() {
    func error(_ change: (inout SentencePieceModel) -> Void) -> String {
      var model = small
      model.path = "m.model"
      change(&model)
      let error = #expect(throws: TokenizationError.self) { try model.tokenizerJSON() }
      return error?.description ?? ""
    }
    #expect(error { $0.normalizer.removesExtraWhitespace = true }.contains("remove_extra_white"))
    #expect(error { $0.normalizer.escapesWhitespace = false }.contains("escape_whitespaces"))
    #expect(error { $0.trainer.treatsWhitespaceAsSuffix = true }.contains("whitespace_as_suffix"))
    #expect(error { $0.pieces[3].kind = .unused }.contains("piece 3"))
    #expect(error { $0.pieces[9] = .init("cd", score: 0, kind: .normal) }.contains("without c"))
    #expect(error { $0.pieces[9] = .init("a b", score: 0, kind: .normal) }.contains("a space"))
    #expect(error { $0.pieces[1].bytes = Array("é".utf8) }.contains("longer than a character"))
    #expect(error { $0.trainer.modelType = 1 }.contains("UNIGRAM"))
    #expect(error { $0.pieces[1].bytes = [0xFF] }.contains("UTF-8"))
  }

  @Test(
    .enabled(
      if: SharedData.has(llama + "/tokenizer.model") && SharedData.has(llama + "/tokenizer.json"),
      "Llama 2's tokenizer is not here in both formats"))
  func llamaAsPublished() throws {
    let model = try SentencePieceModel(contentsOf: SharedData.path(Self.llama + "/tokenizer.model"))
    let ours = try object(model)
    let published = try #require(
      try JSONSerialization.jsonObject(
        with: Data(bytes(at: SharedData.path(Self.llama + "/tokenizer.json")))) as? [String: Any])
    for part in ["added_tokens", "post_processor", "decoder"] {
      let (left, right) = (ours[part] as? NSObject, published[part] as? NSObject)
      #expect(left != nil && left == right, "\(part)")
    }
    let merging = try merging(model)
    let theirs = try #require(published["model"] as? [String: Any])
    let vocabulary = try #require(theirs["vocab"] as? [String: Int])
    #expect(merging["vocab"] as? [String: Int] == vocabulary)
    let pairs = try #require(theirs["merges"] as? [[String]])
    let merges = try #require(merging["merges"] as? [[String]])
    #expect(merges.count == pairs.count)
    // The published order takes the pieces of spaces by id, which SentencePiece does not: the pairs
    // are the same, and so is the order of all others.
    #expect(Set(merges) == Set(pairs))
    func pieces(_ merges: [[String]]) -> [String] {
      merges.map { $0.joined() }.filter { $0.contains { $0 != "\u{2581}" } }
    }
    #expect(pieces(merges) == pieces(pairs))
  }
}
