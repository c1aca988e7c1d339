import Corpora
import Foundation
import Testing

struct CorpusStatisticsTests {
  func statistics(_ texts: [(String, Int?)]) -> CorpusStatistics {
    var statistics = CorpusStatistics()
    for (text, tokens) in texts {
      var text = text
      text.withUTF8 { statistics.add($0, tokens: tokens) }
    }
    return statistics
  }

  static let texts: [(String, Int?)] = [
    ("One two three.", 4), ("", 2), ("語語語 語", nil), ("No tokens here", nil), ("12345", 5),
  ]

  @Test func countsDocuments() throws {
    let all = statistics(Self.texts)
    #expect(all.documents == 5 && all.text.bytes == 46)
    #expect(all.byteLengths.maximum == 14 && all.byteLengths.minimum == 0)
    #expect(all.characterLengths.total == 38 && all.wordLengths.total == 9)
    #expect(all.text.words == 9)
    // Only the documents that were tokenized count.
    #expect(all.tokenLengths.count == 3 && all.tokenLengths.mean == 11.0 / 3)
    #expect(all.bytesPerToken == 19.0 / 11)
    #expect(CorpusStatistics().bytesPerToken == nil)
  }

  @Test func partsAddUp() {
    let whole = statistics(Self.texts)
    for cut in 0...Self.texts.count {
      var sum = statistics(Array(Self.texts[..<cut]))
      sum.add(statistics(Array(Self.texts[cut...])))
      #expect(sum == whole)
    }
  }

  /// A document that ends within a word does not join the next one to it.
  @Test func wordsEndWithTheirDocument() {
    #expect(statistics([("a", nil), ("b", nil)]).text.words == 2)
  }

  @Test func theJSONHasEveryNumber() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let json = String(decoding: try encoder.encode(statistics(Self.texts)), as: UTF8.self)
    #expect(
      json.contains(
        #""text":{"asciiCharacters":34,"bytes":46,"characters":38,"digits":5,"#
          + #""scripts":{"common":11,"han":4,"latin":23},"whiteSpace":5,"words":9}"#), "\(json)")
    for key in ["byteLengths", "characterLengths", "wordLengths", "tokenLengths"] {
      #expect(json.contains("\"\(key)\":{\"count\":"))
    }
  }
}
