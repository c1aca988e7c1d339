import Corpora
import Foundation
import TestSupport
import Testing

struct CursorTests {
  /// A corpus in every format, with documents from nothing to many pieces and lines to skip.
  struct Fixture {
    let folder: TemporaryFolder
    let files: [String]

    init() throws {
      folder = try TemporaryFolder()
      var generator = TestGenerator(state: 11)
      func text(_ words: Int) -> String {
        (0..<words).map { _ in
          ["the", "elm", "é", "日本", "grows,", "\n", ""].randomElement(using: &generator) ?? ""
        }.joined(separator: " ")
      }
      func lines(_ count: Int) throws -> [UInt8] {
        let lines = try (0..<count).map { index in
          if index % 5 == 3 { return ["not JSON", "", "{\"other\": 1}"][index % 3] }
          return try jsonLine([
            "id": index, "text": text(Int.random(in: 0...60, using: &generator)),
          ])
        }
        return Array(lines.joined(separator: "\n").utf8)
      }
      try folder.write(try lines(12), to: "a.jsonl")
      try folder.write(try gzipped(lines(9)) + gzipped([10] + lines(4)), to: "b.jsonl.gz")
      try folder.write(try zstandard([0xEF, 0xBB, 0xBF] + lines(10)), to: "c.jsonl.zst")
      try folder.write(text(150), to: "d.txt")
      try folder.write(gzipped(Array(text(90).utf8)), to: "e.txt.gz")
      try folder.write("", to: "f.jsonl")
      try folder.write("short", to: "g.txt")
      files = [folder("*")]
    }

    func stream(
      _ packing: Packing, order: FileOrder = .listed, end: DrySource = .restart,
      tokenizer: ByteTokenizer = ByteTokenizer(), words: Int = 16, cursor: Cursor? = nil
    ) throws -> BatchStream {
      try BatchStream(
        files: files, tokenizer: tokenizer, normalization: .nfc,
        filter: DocumentFilter(
          minimumCharacters: 12, minimumTokens: 30, maximumWordsPerPiece: words),
        packing: packing, batchSize: 3, sequenceLength: 37, endOfCorpus: end,
        malformedLines: .skip, fileOrder: order, cursor: cursor)
    }
  }

  @Test(arguments: testedPackings, [FileOrder.listed, .shuffled(seed: 5)])
  func resumedIsUninterrupted(packing: Packing, order: FileOrder) throws {
    let fixture = try Fixture()
    let whole = try fixture.stream(packing, order: order)
    var batches: [Batch] = []
    var cursors = [whole.cursor]
    while whole.cursor.epoch < 3 {
      batches.append(try #require(try whole.next()))
      cursors.append(whole.cursor)
    }
    #expect(batches.count > 40)
    #expect(whole.counts.piecesWithTooFewCharacters > 0)
    #expect(whole.counts.piecesWithTooFewTokens > 0)
    #expect(whole.counts.malformedLinesSkipped > 0)
    for start in cursors.indices {
      let saved = try JSONEncoder().encode(cursors[start])
      let cursor = try JSONDecoder().decode(Cursor.self, from: saved)
      #expect(cursor == cursors[start])
      let resumed = try fixture.stream(packing, order: order, cursor: cursor)
      #expect(resumed.cursor == cursor)
      for index in start..<min(batches.count, start + 8) {
        #expect(try resumed.next() == batches[index], "batch \(index) from \(start)")
        #expect(resumed.cursor == cursors[index + 1], "cursor \(index + 1) from \(start)")
      }
    }
  }

  @Test(arguments: testedPackings)
  func theEndIsReachedFromEverywhere(packing: Packing) throws {
    let fixture = try Fixture()
    let whole = try fixture.stream(packing, end: .stop)
    var cursors = [whole.cursor]
    var batches: [Batch] = []
    while let batch = try whole.next() {
      batches.append(batch)
      cursors.append(whole.cursor)
    }
    for (index, cursor) in cursors.enumerated() {
      let resumed = try fixture.stream(packing, end: .stop, cursor: cursor)
      #expect(try resumed.remaining() == Array(batches[index...]), "from \(index)")
      #expect(resumed.cursor == whole.cursor)
    }
    #expect(whole.cursor.isFinished)
    let end = whole.cursor
    #expect(throws: CorpusError.self) { try fixture.stream(packing, end: .restart, cursor: end) }
  }

  @Test func aSavedCursorIsSmall() throws {
    let fixture = try Fixture()
    let stream = try fixture.stream(.concatenated)
    for _ in 0..<20 { _ = try stream.next() }
    #expect(try JSONEncoder().encode(stream.cursor).count < 1_200)
  }

  @Test func anotherCorpusIsNoticed() throws {
    let fixture = try Fixture()
    let stream = try fixture.stream(.concatenated)
    _ = try stream.next()
    let cursor = stream.cursor
    try fixture.folder.write("shorter", to: "g.txt")
    #expect {
      try fixture.stream(.concatenated, cursor: cursor)
    } throws: { error in
      guard case CorpusError.corpusChanged(let saved, let found) = error else { return false }
      return saved == cursor.corpus && found.byteCount == saved.byteCount + 2
    }
    try fixture.folder.write("short", to: "g.txt")
    #expect(try fixture.stream(.concatenated, cursor: cursor).next() == stream.next())
    try fixture.folder.write("", to: "h.txt")
    #expect(throws: CorpusError.self) { try fixture.stream(.concatenated, cursor: cursor) }
  }

  @Test func anotherWayOfReadingIsNoticed() throws {
    let fixture = try Fixture()
    let stream = try fixture.stream(.concatenated)
    _ = try stream.next()
    let cursor = stream.cursor
    #expect(
      throws: CorpusError.readingChanged(setting: "tokenizer", saved: "bytes", found: "others")
    ) {
      try fixture.stream(
        .concatenated, tokenizer: ByteTokenizer(fingerprint: "others"), cursor: cursor)
    }
    func isReadingChanged(_ error: any Error) -> Bool {
      if case CorpusError.readingChanged("way of reading", _, _) = error { true } else { false }
    }
    #expect(
      performing: { try fixture.stream(.padOrTruncate, cursor: cursor) }, throws: isReadingChanged)
    #expect(
      performing: { try fixture.stream(.concatenated, words: 17, cursor: cursor) },
      throws: isReadingChanged)
    #expect(
      performing: { try fixture.stream(.concatenated, order: .shuffled(seed: 1), cursor: cursor) },
      throws: isReadingChanged)
  }

  /// A cursor from a damaged or forged checkpoint: an error, whatever numbers it holds.
  @Test func placesThatDoNotExistAreErrors() throws {
    let fixture = try Fixture()
    let stream = try fixture.stream(.concatenated)
    _ = try stream.next()
    let saved = String(decoding: try JSONEncoder().encode(stream.cursor), as: UTF8.self)
    for field in ["file", "record", "byteOffset", "piece", "tokensConsumed", "epoch", "tokensRead"]
    {
      for value in ["-1", "1000000", "\(Int.max)", "\(Int.min)"] {
        // A million epochs or tokens are no fault.
        if value == "1000000", ["epoch", "tokensRead"].contains(field) { continue }
        let forged = saved.replacing(
          try Regex("\"\(field)\":[0-9]+"), with: "\"\(field)\":\(value)")
        #expect(forged != saved)
        let cursor = try JSONDecoder().decode(Cursor.self, from: Data(forged.utf8))
        #expect(throws: CorpusError.self, "\(field) \(value)") {
          try fixture.stream(.concatenated, cursor: cursor)
        }
      }
    }
  }
}
