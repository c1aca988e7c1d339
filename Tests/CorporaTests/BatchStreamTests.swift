import Corpora
import Foundation
import TestSupport
import Testing
import Tokenization

struct BatchStreamTests {
  @Test func nothingLeftIsAnErrorThatSaysWhy() throws {
    let folder = try TemporaryFolder()
    try folder.write("{\"text\": \"tiny\"}\n{\"text\": \"twelve chars\"}\nbad\n", to: "a.jsonl")
    try folder.write("another small one", to: "b.txt")
    let filter = DocumentFilter(
      minimumCharacters: 10, minimumTokens: 50, maximumWordsPerPiece: nil)
    for packing in testedPackings {
      for end in [DrySource.restart, .stop] {
        let stream = try BatchStream(
          files: [folder("*")], tokenizer: ByteTokenizer(), filter: filter, packing: packing,
          batchSize: 1, sequenceLength: 8, endOfCorpus: end, malformedLines: .skip)
        var counts = CorpusCounts()
        counts.documentsRead = 3
        counts.piecesRead = 3
        counts.piecesWithTooFewCharacters = 1
        counts.piecesWithTooFewTokens = 2
        counts.malformedLinesSkipped = 1
        counts.textBytesRead = 4 + 12 + 17
        let expected = CorpusError.nothingSurvives(
          source: stream.files.count == 1
            ? stream.files[0].path : "\(stream.files[0].path) and 1 more",
          counts: counts, filter: filter)
        #expect(throws: expected) { try stream.next() }
        #expect(throws: expected) { try stream.next() }
        #expect(
          expected.description.contains(
            "1 had fewer than 10 characters, 2 fewer than 50 tokens"))
      }
    }
  }

  @Test func filesWithoutTokensAreNoEndlessLoop() throws {
    let folder = try TemporaryFolder()
    let tokenizer = ByteTokenizer(startToken: nil, endToken: nil, paddingToken: nil)
    for name in ["a.txt", "a.jsonl", "b.jsonl"] {
      let path = try folder.write(name == "b.jsonl" ? "{\"text\":\"\"}\n\n" : "", to: name)
      let stream = try BatchStream(
        files: [path], tokenizer: tokenizer, filter: .none, packing: .concatenated,
        batchSize: 1, sequenceLength: 8)
      #expect {
        try stream.next()
      } throws: { error in
        if case CorpusError.nothingSurvives = error { true } else { false }
      }
    }
  }

  /// One token an epoch still makes rows.
  @Test func theSmallestCorpusFillsRows() throws {
    let folder = try TemporaryFolder()
    let tokenizer = ByteTokenizer(startToken: nil, endToken: nil, paddingToken: nil)
    let stream = try BatchStream(
      files: [try folder.write("a", to: "a.txt")], tokenizer: tokenizer, filter: .none,
      packing: .concatenated, batchSize: 1, sequenceLength: 8)
    #expect(try stream.next()?.inputs == [Int32](repeating: 100, count: 8))
    #expect(try stream.next()?.targetCount == 8)
    #expect(stream.cursor.epoch == 16)
  }

  @Test func aRowSaysWhereItComesFrom() throws {
    let folder = try TemporaryFolder()
    let first = try folder.write("\n{\"text\":\"abcd\"}\n{\"text\":\"efgh\"}\n", to: "a.jsonl")
    let second = try folder.write("0123456789", to: "b.txt")
    let stream = try BatchStream(
      files: [first, second], tokenizer: ByteTokenizer(), filter: .none, packing: .concatenated,
      batchSize: 4, sequenceLength: 5, endOfCorpus: .stop)
    let origins = try #require(try stream.next()).origins
    #expect(
      origins.map(\.description) == [
        "\(first):2 (piece 0)", "\(first):2–3", "\(first):3–\(second):1",
        "\(second):1 (piece 0)",
      ])
  }

  @Test func theLargestTokenIsReported() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("a~b", to: "a.txt")
    // As input only, as target only, and as padding only.
    for (length, padding, largest) in [(4, 0, 129), (2, 0, 129), (6, 500, 500)]
      as [(Int, Int32, Int32)]
    {
      let stream = try BatchStream(
        files: [path], tokenizer: ByteTokenizer(paddingToken: padding), filter: .none,
        packing: .padOrTruncate, batchSize: 1, sequenceLength: length, endOfCorpus: .stop)
      #expect(try stream.next()?.largestToken == largest)
    }
  }

  @Test func normalizationComesBeforeTheTokenizer() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("e\u{301}", to: "a.txt")
    for (normalization, text) in [(Normalization.none, "e\u{301}"), (.nfc, "\u{e9}")] {
      let stream = try BatchStream(
        files: [path], tokenizer: ByteTokenizer(), normalization: normalization, filter: .none,
        packing: .padOrTruncate, batchSize: 1, sequenceLength: 9, endOfCorpus: .stop)
      let inputs = try #require(try stream.next()).inputs
      #expect(ByteTokenizer().decodeBytes(inputs) == Array(text.utf8))
    }
  }

  /// After an error the cursor still marks the last good batch, and reading goes on from there once
  /// the line is mended or skipped.
  @Test func anErrorLeavesTheCursorAtTheLastBatch() throws {
    let folder = try TemporaryFolder()
    let good = "{\"text\":\"abcdef\"}\n"
    let path = try folder.write(good + good + "{\"text\":123456}\n\n" + good, to: "a.jsonl")
    func stream(_ policy: MalformedLinePolicy, _ cursor: Cursor?) throws -> BatchStream {
      try BatchStream(
        files: [path], tokenizer: ByteTokenizer(), filter: .none, packing: .padOrTruncate,
        batchSize: 1, sequenceLength: 7, endOfCorpus: .stop, malformedLines: policy, cursor: cursor)
    }
    let broken = try stream(.stop, nil)
    _ = try broken.next()
    _ = try broken.next()
    let cursor = broken.cursor
    let expected = CorpusError.fieldIsNotText(path: path, line: 3, field: "text", found: "a number")
    #expect(throws: expected) { try broken.next() }
    #expect(throws: expected) { try broken.next() }
    #expect(broken.cursor == cursor)
    #expect(try stream(.skip, cursor).remaining().map(\.targetCount) == [7])
    try folder.write(good + good + "{\"text\":\"1234\"}\n\n" + good, to: "a.jsonl")
    #expect(try stream(.stop, cursor).remaining().map(\.targetCount) == [5, 7])
  }

  @Test func sizesThatMakeNoSenseAreRefused() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("abc", to: "a.txt")
    for (rows, columns, name) in [(0, 1, "batchSize"), (1, -3, "sequenceLength")] {
      #expect {
        try BatchStream(
          files: [path], tokenizer: ByteTokenizer(), filter: .none, packing: .concatenated,
          batchSize: rows, sequenceLength: columns)
      } throws: { error in
        if case CorpusError.invalidSetting(name, _, _) = error { true } else { false }
      }
    }
  }

  @Test func aStreamMayBeReadOnAnotherThread() async throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(String(repeating: "elm tree ", count: 500), to: "a.txt")
    func stream() throws -> BatchStream {
      try BatchStream(
        files: [path], tokenizer: ByteTokenizer(), filter: .none, packing: .concatenated,
        batchSize: 2, sequenceLength: 16, endOfCorpus: .stop)
    }
    let here = try stream().remaining()
    let moved = try stream()
    #expect(try await Task.detached { try moved.remaining() }.value == here)
  }
}
