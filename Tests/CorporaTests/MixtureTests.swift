import Corpora
import Foundation
import TestSupport
import Testing

/// Three sources of unlike documents, with lines to skip, and the streams over them.
struct MixtureFixture {
  let folder: TemporaryFolder
  static let names = ["web", "books", "code"]

  init() throws {
    folder = try TemporaryFolder()
    var generator = TestGenerator(state: 21)
    for (source, name) in Self.names.enumerated() {
      for part in 0..<2 {
        let lines = try (0..<20).map { index in
          if index % 7 == source { return "not JSON" }
          let words = Int.random(in: 0...(20 << source), using: &generator)
          let text = (0..<words).map { "\(name)\(part).\(index).\($0)" }.joined(separator: " ")
          return try jsonLine(["text": text])
        }
        try folder.write(lines.joined(separator: "\n"), to: "\(name)-\(part).jsonl")
      }
    }
  }

  func components(
    weights: [Double] = [1, 2, 1], whenDry: DrySource = .restart, shuffling: Shuffling = .none
  ) throws -> [CorpusComponent] {
    try zip(Self.names, weights).map { name, weight in
      CorpusComponent(
        name: name,
        source: try FileDocumentSource(
          files: [folder("\(name)-*.jsonl")], malformedLines: .skip,
          order: shuffling == .none ? .listed : .shuffled(seed: 3)),
        weight: weight, whenDry: whenDry, shuffling: shuffling)
    }
  }

  func stream(
    _ packing: Packing = .concatenated, weights: [Double] = [1, 2, 1],
    whenDry: DrySource = .restart, shuffling: Shuffling = .none, rows: Int = 3,
    share: CorpusShare = .whole, readers: Int = 0, cursor: Cursor? = nil
  ) throws -> BatchStream {
    try BatchStream(
      mixing: try components(weights: weights, whenDry: whenDry, shuffling: shuffling),
      tokenizer: ByteTokenizer(),
      filter: DocumentFilter(minimumCharacters: 12, minimumTokens: 30, maximumWordsPerPiece: 9),
      BatchStream.Layout(
        packing: packing, batchSize: rows, sequenceLength: 61, share: share),
      readers: readers, cursor: cursor)
  }
}

struct MixtureTests {
  @Test(arguments: [[1, 2, 1], [5, 1, 0.25], [0, 1, 3]])
  func textKeepsToTheWeights(_ weights: [Double]) throws {
    let fixture = try MixtureFixture()
    let stream = try fixture.stream(weights: weights)
    for _ in 0..<400 { _ = try stream.next() }
    let position = try #require(stream.cursor.position)
    let bytes = position.mixture.components.map { Double($0.textBytes) }
    let (total, sum) = (bytes.reduce(0, +), weights.reduce(0, +))
    for (found, weight) in zip(bytes, weights) {
      // Within the longest document, which is what one turn may overshoot by.
      #expect(abs(found - total * weight / sum) < 1_600, "\(bytes) for weights \(weights)")
    }
    #expect(stream.cursor.counts.map { $0.documentsRead > 0 } == weights.map { $0 > 0 })
  }

  @Test func eachSourceIsCountedByItself() throws {
    let fixture = try MixtureFixture()
    let stream = try fixture.stream(weights: [1, 1, 1], whenDry: .leaveOut)
    let batches = try stream.remaining()
    #expect(stream.sourceNames == MixtureFixture.names)
    let counts = stream.cursor.counts
    #expect(counts.map(\.malformedLinesSkipped) == [6, 6, 6])
    #expect(counts.map(\.documentsRead) == [34, 34, 34])
    #expect(counts.total.tokensUsed == counts.total.tokensRead - 1)
    #expect(targets(batches).count == counts.total.tokensUsed)
    for (index, name) in MixtureFixture.names.enumerated() {
      let file = fixture.folder("\(name)-*.jsonl")
      let alone = try BatchStream(
        files: [file], tokenizer: ByteTokenizer(),
        filter: DocumentFilter(minimumCharacters: 12, minimumTokens: 30, maximumWordsPerPiece: 9),
        packing: .concatenated, batchSize: 1, sequenceLength: 61, endOfCorpus: .stop,
        malformedLines: .skip)
      _ = try alone.remaining()
      #expect(alone.counts.textBytesRead == counts[index].textBytesRead)
      #expect(alone.counts.tokensRead == counts[index].tokensRead)
      #expect(alone.counts.piecesWithTooFewTokens == counts[index].piecesWithTooFewTokens)
    }
  }

  @Test func theEndOfASourceIsAChoice() throws {
    let fixture = try MixtureFixture()
    let stopped = try fixture.stream(weights: [1, 1, 1], whenDry: .stop)
    _ = try stopped.remaining()
    let left = try fixture.stream(weights: [1, 1, 1], whenDry: .leaveOut)
    _ = try left.remaining()
    // The web's documents are the shortest, so that they come to their end first.
    #expect(stopped.cursor.counts[0].documentsRead == 34)
    #expect(stopped.cursor.counts[2].documentsRead < 34)
    #expect(left.cursor.counts[2].documentsRead == 34)
    let restarted = try fixture.stream(weights: [1, 1, 1])
    while restarted.cursor.epoch < 3 { _ = try restarted.next() }
    let epochs = restarted.cursor.position?.mixture.components.map(\.epoch)
    #expect(epochs?[0] == 3 && epochs?[2] == 0)
  }

  @Test(arguments: [[1, -1, 1], [1, .nan, 1], [1, .infinity, 1], [0, 0, 0]])
  func weightsThatMakeNoSenseAreRefused(_ weights: [Double]) throws {
    let fixture = try MixtureFixture()
    #expect {
      try fixture.stream(weights: weights)
    } throws: { error in
      guard case CorpusError.invalidWeight(let source, _, _) = error else { return false }
      return MixtureFixture.names.contains(source) && "\(error)".contains("weight of source")
    }
  }

  @Test func aSourceWithoutDocumentsIsAnError() throws {
    let fixture = try MixtureFixture()
    try fixture.folder.write("\n", to: "books-0.jsonl")
    try fixture.folder.write("", to: "books-1.jsonl")
    for whenDry in [DrySource.restart, .leaveOut] {
      #expect {
        _ = try fixture.stream(whenDry: whenDry).remaining()
      } throws: { error in
        if case CorpusError.nothingSurvives = error { true } else { false }
      }
    }
  }

  @Test func anotherMixtureIsNoticed() throws {
    let fixture = try MixtureFixture()
    let stream = try fixture.stream()
    _ = try stream.next()
    let cursor = stream.cursor
    #expect(throws: CorpusError.self) { try fixture.stream(weights: [1, 2, 2], cursor: cursor) }
    #expect(throws: CorpusError.self) { try fixture.stream(whenDry: .stop, cursor: cursor) }
    #expect(throws: CorpusError.self) {
      try fixture.stream(shuffling: .window(documents: 4, seed: 1), cursor: cursor)
    }
    #expect(try fixture.stream(cursor: cursor).next() == stream.next())
  }

  /// What was passed over at the end of a source that was left out is not forgotten by a run that is
  /// resumed after it.
  @Test func malformedEndsOfSourcesAreCountedOnce() throws {
    let fixture = try MixtureFixture()
    for name in MixtureFixture.names {
      let path = fixture.folder("\(name)-1.jsonl")
      let lines = try String(contentsOfFile: path, encoding: .utf8)
      try fixture.folder.write(lines + "\nbad\n{}\nworse\n", to: "\(name)-1.jsonl")
    }
    let whole = try fixture.stream(weights: [1, 1, 1], whenDry: .leaveOut)
    var cursors: [Cursor] = []
    while try whole.next() != nil { cursors.append(whole.cursor) }
    #expect(whole.cursor.counts.map(\.malformedLinesSkipped) == [9, 9, 9])
    for cursor in cursors {
      let resumed = try fixture.stream(weights: [1, 1, 1], whenDry: .leaveOut, cursor: cursor)
      _ = try resumed.remaining()
      #expect(resumed.cursor == whole.cursor)
    }
  }
}
