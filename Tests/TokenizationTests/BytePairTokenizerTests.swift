import Foundation
import Testing
import Tokenization

/// What Scripts/make-byte-pair-fixture.py writes, or another file of its making.
enum BytePairFixture {
  struct Case: Sendable {
    var text: String
    var ids: [Int32]
    var decoded: String?

    init(_ object: Any) throws {
      let object = try #require(object as? [String: Any])
      text = try #require(object["text"] as? String)
      ids = try #require(object["ids"] as? [Int]).map { Int32($0) }
      decoded = object["decoded"] as? String
    }
  }

  struct Variant: Sendable, CustomTestStringConvertible {
    var name: String
    var json: [UInt8]
    var cases: [Case]
    var testDescription: String { name }
  }

  /// `SAMARA_BYTE_PAIR_FIXTURE` may name a larger one.
  static var object: [String: Any] {
    let path =
      ProcessInfo.processInfo.environment["SAMARA_BYTE_PAIR_FIXTURE"]
      ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Fixtures/byte-pair.json").path
    guard let data = FileManager.default.contents(atPath: path) else { return [:] }
    return (try? JSONSerialization.jsonObject(with: data)) as? [String: Any] ?? [:]
  }

  private static let all = Result { try readVariants() }

  static func variants() throws -> [Variant] { try all.get() }

  private static func readVariants() throws -> [Variant] {
    let models = try #require(object["models"] as? [String: [String: Any]])
    return try (object["variants"] as? [[String: Any]] ?? []).map { item in
      var tokenizer = try #require(item["tokenizer"] as? [String: Any])
      var model = try #require(models[item["model"] as? String ?? ""])
      model.merge(try #require(item["changes"] as? [String: Any])) { $1 }
      tokenizer["model"] = model
      return Variant(
        name: item["name"] as? String ?? "",
        json: [UInt8](try JSONSerialization.data(withJSONObject: tokenizer)),
        cases: try (item["cases"] as? [Any] ?? []).map { try Case($0) })
    }
  }

  static func variant(_ name: String) throws -> Variant {
    try #require(try variants().first { $0.name == name })
  }

  static var rankFile: [UInt8] { Array((object["rankFile"] as? String ?? "").utf8) }
}

/// Ids of Hugging Face's tokenizers and of tiktoken, for tokenizers small enough to be kept here.
@Suite struct BytePairTokenizerTests {
  @Test func everyVariantHasItsIds() throws {
    let variants = try BytePairFixture.variants()
    #expect(variants.count > 30)
    for variant in variants {
      let tokenizer = try BytePairTokenizer(description: variant.json, path: variant.name)
      // Twice, because the second time words come from the cache.
      for _ in 0..<2 {
        for item in variant.cases {
          #expect(
            tokenizer.encode(item.text) == item.ids,
            "\(variant.name): \(item.text.debugDescription)")
        }
      }
    }
  }

  @Test func everyVariantDecodes() throws {
    for variant in try BytePairFixture.variants() {
      let tokenizer = try BytePairTokenizer(description: variant.json, path: variant.name)
      for item in variant.cases {
        // The library gives one U+FFFD for several bytes; here each has its own.
        guard let decoded = item.decoded, !decoded.contains("\u{FFFD}") else { continue }
        #expect(
          Array(tokenizer.decode(item.ids).utf8) == Array(decoded.utf8),
          "\(variant.name): \(item.text.debugDescription)")
        var stream = StreamingDecoder(tokenizer)
        let parts = item.ids.map { stream.append($0) } + [stream.finish()]
        #expect(Array(parts.joined().utf8) == Array(decoded.utf8))
      }
    }
  }

  @Test func ranksHaveTheirIds() throws {
    let sets = try #require(BytePairFixture.object["ranks"] as? [[String: Any]])
    #expect(sets.count == 3)
    for set in sets {
      let pattern = try #require(
        PreTokenizationPattern(rawValue: set["pattern"] as? String ?? ""))
      let tokenizer = try BytePairTokenizer(
        ranks: BytePairFixture.rankFile, path: "ranks", pattern: pattern,
        specialTokens: ["<|endoftext|>": 1_000])
      for item in try (set["cases"] as? [Any] ?? []).map({ try BytePairFixture.Case($0) }) {
        #expect(
          tokenizer.encode(item.text) == item.ids, "\(pattern): \(item.text.debugDescription)")
        #expect(tokenizer.decodeBytes(item.ids) == Array(item.text.utf8))
      }
      #expect(tokenizer.vocabularySize == 1_001)
      #expect(tokenizer.endToken == 1_000)
      #expect(tokenizer.decode([1_000, 999, 5_000, -1]) == "<|endoftext|>")
    }
  }

  @Test func startAndEndTokens() throws {
    let gpt2 = try BytePairFixture.variant("GPT-2's")
    let first = try BytePairTokenizer(description: gpt2.json, path: "")
    #expect(first.startToken == nil)
    #expect(first.endToken == 0)
    let llama2 = try BytePairFixture.variant("Llama 2's")
    let second = try BytePairTokenizer(description: llama2.json, path: "")
    #expect(second.startToken == 1)
    #expect(second.endToken == 2)
    #expect(second.piece(2) == "</s>")
    #expect(first.fingerprint != second.fingerprint)
    #expect(
      first.fingerprint == (try BytePairTokenizer(description: gpt2.json, path: "x")).fingerprint)
  }

  @Test func invalidBytesCountAsReplacementCharacters() throws {
    let variant = try BytePairFixture.variant("dolma2's")
    let tokenizer = try BytePairTokenizer(description: variant.json, path: "")
    var random = SplitMix(state: 7)
    for _ in 0..<500 {
      let bytes = (0..<random.below(40)).map { _ -> UInt8 in
        random.below(2) == 0 ? UInt8(random.below(256)) : UInt8(0x61 + random.below(3))
      }
      var repaired: [UInt8] = []
      var position = 0
      while position < bytes.count {
        let lengths = 1...min(4, bytes.count - position)
        let length = lengths.first {
          String(validating: bytes[position..<(position + $0)], as: UTF8.self) != nil
        }
        repaired += length.map { Array(bytes[position..<(position + $0)]) } ?? [0xEF, 0xBF, 0xBD]
        position += length ?? 1
      }
      #expect(tokenizer.encode(bytes) == tokenizer.encode(repaired))
      #expect(tokenizer.decodeBytes(tokenizer.encode(bytes)) == repaired)
    }
  }

  /// What is cached by one thread, or left over by a longer text, changes nothing.
  @Test func threadsAgree() async throws {
    let variant = try BytePairFixture.variant("Llama 3's")
    let tokenizer = try BytePairTokenizer(description: variant.json, path: "")
    let agree = await withTaskGroup(of: Bool.self) { group in
      for start in 0..<8 {
        group.addTask {
          (0..<200).allSatisfy { turn in
            let item = variant.cases[(start * 7 + turn) % variant.cases.count]
            return tokenizer.encode(item.text) == item.ids
          }
        }
      }
      return await group.reduce(true) { $0 && $1 }
    }
    #expect(agree)
  }

  /// No text, however built, takes time that grows faster than n log n: sixteen times the text takes
  /// some twenty times as long, more where a cache is outgrown; the square would be 256 times.
  @Test(arguments: ["a", " ", "7", "\n", "'", "é", "a'", "\u{301}", "x \n"])
  func longRunsStayLinear(_ unit: String) throws {
    for name in ["GPT-2's", "Llama 3's", "one way of many", "Llama 2's", "nothing cut", "NFC"] {
      let tokenizer = try BytePairTokenizer(
        description: try BytePairFixture.variant(name).json, path: "")
      func nanoseconds(_ count: Int) -> Int {
        let text = String(repeating: unit, count: count)
        return (0..<3).map { _ in
          // Time of this thread alone: others run tests as well.
          let start = Self.threadNanoseconds()
          _ = tokenizer.encode(text)
          return Self.threadNanoseconds() - start
        }.min() ?? 0
      }
      let short = nanoseconds(8_000)
      let long = nanoseconds(128_000)
      #expect(
        long < 128 * max(short, 50_000), "\(name), \(unit.debugDescription): \(short), \(long)")
    }
  }

  private static func threadNanoseconds() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
  }
}
