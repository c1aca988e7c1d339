import Foundation
import TestSupport
import Testing
import Tokenization

@Suite struct TokenizerFileTests {
  private static func json(_ change: (inout [String: Any]) -> Void) throws -> [UInt8] {
    let bytes = try BytePairFixture.variant("GPT-2's").json
    var object = try #require(
      JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
    change(&object)
    return [UInt8](try JSONSerialization.data(withJSONObject: object))
  }

  private static func model(_ key: String, _ value: Any) throws -> [UInt8] {
    try json { object in
      var model = object["model"] as? [String: Any] ?? [:]
      model[key] = value
      object["model"] = model
    }
  }

  @Test func filesAreKnownByTheirBytes() throws {
    let model = try BytePairTrainerTests.trainer(byteFallback: true)
      .train(BytePairTrainerTests.documents)
    let description = try BytePairFixture.variant("GPT-2's").json
    #expect(TokenizerFile(bytes: model.serialized()) == .sentencePiece)
    #expect(TokenizerFile(bytes: description) == .huggingFace)
    #expect(TokenizerFile(bytes: [0x0A, 0x20] + description) == .huggingFace)
    #expect(TokenizerFile(bytes: [0xEF, 0xBB, 0xBF] + description) == .huggingFace)
    #expect(TokenizerFile(bytes: BytePairFixture.rankFile) == .tiktoken)
    #expect(TokenizerFile(bytes: []) == .sentencePiece)
    let loaded = try TokenizerFile.load(model.serialized(), path: "")
    #expect(loaded is SentencePieceTokenizer)
    #expect(loaded.fingerprint == (try SentencePieceTokenizer(model)).fingerprint)
    #expect(try TokenizerFile.load(description, path: "") is BytePairTokenizer)
    #expect(try TokenizerFile.load(BytePairFixture.rankFile, path: "") is BytePairTokenizer)
  }

  @Test func foldersAndFilesLoad() throws {
    let folder = try TemporaryFolder()
    #expect {
      try TokenizerFile.load(folder.path)
    } throws: {
      "\($0)".contains("a folder without tokenizer.json or tokenizer.model")
    }
    let ranks = "\(folder.path)/tokenizer.model"
    try Data(BytePairFixture.rankFile).write(to: URL(fileURLWithPath: ranks))
    let fromFile = try TokenizerFile.load(ranks)
    #expect(try TokenizerFile.load(folder.path).fingerprint == fromFile.fingerprint)
    let variant = try BytePairFixture.variant("GPT-2's")
    try Data(variant.json).write(to: URL(fileURLWithPath: "\(folder.path)/tokenizer.json"))
    let item = variant.cases[12]
    #expect(try TokenizerFile.load(folder.path).encode(item.text) == item.ids)
    #expect {
      try TokenizerFile.load("\(folder.path)/none")
    } throws: { "\($0)".contains("cannot be read") }
  }

  /// What is wrong, and where the message has to say it is.
  @Test func errorsNameTheirPlace() throws {
    let cases: [(bytes: [UInt8], parts: [String])] = [
      (Array("{\"a".utf8), ["its beginning", "JSON"]),
      (Array("{}".utf8), ["/model", "nothing"]),
      (try Self.model("type", "Unigram"), ["/model/type", "Unigram", "BPE"]),
      (try Self.model("dropout", 0.1), ["/model/dropout"]),
      (try Self.model("end_of_word_suffix", "</w>"), ["/model/end_of_word_suffix", "</w>"]),
      (try Self.model("vocab", ["a": -1]), ["/model/vocab/a", "-1"]),
      (try Self.model("vocab", ["a": 2_000_000_000]), ["/model/vocab/a", "2000000000"]),
      (try Self.model("vocab", ["a": "b"]), ["/model/vocab/a", "\"b\""]),
      (try Self.model("merges", ["a b c"]), ["/model/merges/0", "a b c"]),
      (try Self.model("merges", [["a"]]), ["/model/merges/0", "an array"]),
      (try Self.model("merges", ["a ☃"]), ["/model/merges/0", "☃"]),
      (try Self.model("unk_token", "☃"), ["/model/unk_token", "☃"]),
      (try Self.json { $0["decoder"] = NSNull() }, ["/decoder", "null"]),
      (try Self.json { $0["decoder"] = ["type": "CTC"] }, ["/decoder/type", "CTC"]),
      (
        try Self.json { $0["pre_tokenizer"] = ["type": "UnicodeScripts"] },
        ["/pre_tokenizer/type", "UnicodeScripts"]
      ),
      (
        try Self.json {
          $0["pre_tokenizer"] = [
            "type": "Split", "pattern": ["Regex": "(?<=a)b"], "behavior": "Isolated",
          ]
        }, ["/pre_tokenizer/pattern/Regex, character 1", "(?<=a)b"]
      ),
      (
        try Self.json {
          $0["pre_tokenizer"] = [
            "type": "Sequence",
            "pretokenizers": [["type": "ByteLevel"], ["type": "Digits"]],
          ]
        }, ["/pre_tokenizer", "ByteLevel as the last step"]
      ),
      (
        try Self.json { $0["normalizer"] = ["type": "BertNormalizer"] },
        ["/normalizer/type", "BertNormalizer"]
      ),
      (try Self.json { $0["added_tokens"] = [["content": "x"]] }, ["/added_tokens/0/id"]),
      (
        try Self.json { $0["post_processor"] = ["type": "New"] }, ["/post_processor/type", "New"]
      ),
      (Array("IQ== 0\nIg== 2\n".utf8), ["its end", "every rank below 3", "none of 1"]),
      (Array("IQ== 0\nIg== x\n".utf8), ["line 2", "Ig== x"]),
      (Array("IQ== 0\nIg== 0\n".utf8), ["line 2", "0 a second time"]),
      (Array("IQ== 0\nIg== 99999\n".utf8), ["line 2", "99999"]),
      (Array("IQ== 0\n".utf8), ["a rank for every byte", "byte 0"]),
    ]
    for (bytes, parts) in cases {
      let error = #expect(throws: TokenizationError.self) {
        try TokenizerFile.load(bytes, path: "folder/file")
      }
      let message = error.map { "\($0)" } ?? ""
      #expect(message.hasPrefix("folder/file"))
      for part in parts { #expect(message.contains(part), "\(part): \(message)") }
    }
  }

  /// Whatever a file holds, loading it gives a tokenizer or an error.
  @Test func damagedFilesNeverCrash() throws {
    var random = SplitMix(state: 2)
    let files = [
      try BytePairFixture.variant("Llama 2's").json,
      try BytePairFixture.variant("added tokens").json,
      BytePairFixture.rankFile,
    ]
    for round in 0..<300 {
      var bytes = files[round % files.count]
      for _ in 0..<(1 + random.below(4)) {
        switch random.below(3) {
        case 0: bytes[random.below(bytes.count)] = UInt8(random.below(256))
        case 1: bytes.removeLast(random.below(bytes.count / 2))
        default:
          let start = random.below(bytes.count)
          bytes.removeSubrange(start..<min(start + random.below(40), bytes.count))
        }
        if bytes.isEmpty { bytes = [0x7B] }
      }
      if let tokenizer = try? TokenizerFile.load(bytes, path: "damaged") {
        _ = tokenizer.decode(tokenizer.encode("The mill's 123 geese, é 水"))
      }
    }
  }

  @Test func deepDocumentsAreRefused() {
    let deep = "{\"model\":" + String(repeating: "[", count: 100_000)
    #expect(throws: TokenizationError.self) {
      try TokenizerFile.load(Array(deep.utf8), path: "deep")
    }
    let part = "{\"type\":\"Sequence\",\"pretokenizers\":["
    let sequences =
      "{\"model\":{\"vocab\":{},\"merges\":[]},\"decoder\":{\"type\":\"ByteLevel\"},"
      + "\"pre_tokenizer\":" + String(repeating: part, count: 300)
      + String(repeating: "]}", count: 300) + "}"
    #expect(throws: TokenizationError.self) {
      try TokenizerFile.load(Array(sequences.utf8), path: "deep")
    }
  }
}
