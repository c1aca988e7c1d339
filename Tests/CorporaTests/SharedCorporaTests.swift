import Corpora
import Foundation
import TestSupport
import Testing

@Suite(.enabled(if: SharedData.has("data/corpora"), "no shared data"))
struct SharedCorporaTests {
  /// Foundation's reader is the truth for a small file.
  @Test func webTextIsReadAsFoundationReadsIt() throws {
    let path = SharedData.path("data/corpora/c4_demo.jsonl")
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    let expected = try lines.map {
      let object = try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
      return try #require(object?["text"] as? String)
    }
    #expect(expected.count == 300)
    #expect(try documents([path]) == expected)
  }

  @Test func encyclopediaTextIsOneDocument() throws {
    let path = SharedData.path("data/corpora/wiki_demo.txt")
    #expect(try documents([path]) == [String(contentsOfFile: path, encoding: .utf8)])
  }

  /// 184 novels in 129,896,051 bytes of JSON, as `zstd -d | wc` counts; resumed in the middle.
  @Test func novelsAreReadFromZstandard() throws {
    let path = SharedData.path("data/corpora/novels.jsonl.zst")
    func stream(_ cursor: Cursor? = nil) throws -> BatchStream {
      try BatchStream(
        files: [path], tokenizer: ByteTokenizer(), filter: .reference, packing: .concatenated,
        batchSize: 64, sequenceLength: 16_384, endOfCorpus: .stop, cursor: cursor)
    }
    let whole = try stream()
    var middle: (cursor: Cursor, next: Batch?)?
    var count = 0
    while let batch = try whole.next() {
      count += 1
      if middle != nil, middle?.next == nil { middle?.next = batch }
      if count == 60 { middle = (whole.cursor, nil) }
    }
    let counts = whole.counts
    #expect(counts.documentsRead == 184 && counts.documentsKept == 184)
    #expect(counts.tokensUsed == counts.tokensRead - 1)
    #expect(counts.piecesKept > 10_000)
    let saved = try #require(middle)
    #expect(try stream(saved.cursor).next() == saved.next)
  }
}
