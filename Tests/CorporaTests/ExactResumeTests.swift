import Corpora
import Foundation
import TestSupport
import Testing

/// The n-th row is the same whatever reads it, and however often that was stopped.
struct ExactResumeTests {
  static let packings = testedPackings
  static let shufflings = [Shuffling.none, .window(documents: 7, seed: 9)]

  @Test(arguments: packings, shufflings)
  func anyNumberOfReadersGivesTheSame(packing: Packing, shuffling: Shuffling) throws {
    let fixture = try MixtureFixture()
    let alone = try fixture.stream(packing, shuffling: shuffling)
    let expected = try (0..<120).map { _ in (try alone.next(), alone.cursor) }
    for readers in [1, 2, 5] {
      let stream = try fixture.stream(packing, shuffling: shuffling, readers: readers)
      for (index, (batch, cursor)) in expected.enumerated() {
        #expect(try stream.next() == batch, "batch \(index) of \(readers) readers")
        #expect(stream.cursor == cursor, "cursor \(index) of \(readers) readers")
      }
    }
  }

  /// Stopped at random places, and gone on from there with another number of readers.
  @Test(arguments: packings, shufflings)
  func stoppedAnywhereAndResumedIsUninterrupted(packing: Packing, shuffling: Shuffling) throws {
    let fixture = try MixtureFixture()
    let whole = try fixture.stream(packing, shuffling: shuffling)
    let expected = try (0..<200).map { _ in try #require(try whole.next()) }
    var generator = TestGenerator(state: 77)
    for _ in 0..<6 {
      var found: [Batch] = []
      var saved: Cursor?
      while found.count < expected.count {
        let readers = [0, 1, 2, 5].randomElement(using: &generator) ?? 0
        let stream = try fixture.stream(
          packing, shuffling: shuffling, readers: readers, cursor: saved)
        for _ in 0..<Int.random(in: 1...60, using: &generator) where found.count < expected.count {
          found.append(try #require(try stream.next()))
        }
        let data = try JSONEncoder().encode(stream.cursor)
        saved = try JSONDecoder().decode(Cursor.self, from: data)
      }
      #expect(found == expected)
      #expect(saved == whole.cursor)
    }
  }

  /// Two processes of three rows, or three of two, train on the rows of one process of six.
  @Test func anyNumberOfProcessesSharesTheSameRows() throws {
    let fixture = try MixtureFixture()
    let whole = try fixture.stream(rows: 6)
    let batches = try (0..<40).map { _ in try #require(try whole.next()) }
    for count in [2, 3] {
      let streams = try (0..<count).map {
        try fixture.stream(rows: 6 / count, share: CorpusShare(index: $0, of: count), readers: 1)
      }
      for batch in batches {
        let parts = try streams.map { try #require(try $0.next()) }
        #expect(parts.flatMap(\.inputs) == batch.inputs)
        #expect(parts.flatMap(\.targets) == batch.targets)
      }
      for stream in streams { #expect(stream.cursor == whole.cursor) }
    }
    // From three processes back to one.
    let three = try fixture.stream(rows: 2, share: CorpusShare(index: 2, of: 3))
    for _ in 0..<17 { _ = try three.next() }
    #expect(try fixture.stream(rows: 6, cursor: three.cursor).next() == batches[17])
  }

  @Test func sharesThatMakeNoSenseAreRefused() throws {
    let fixture = try MixtureFixture()
    for (index, count) in [(2, 2), (-1, 2), (0, 0)] {
      #expect(throws: CorpusError.self) {
        try fixture.stream(share: CorpusShare(index: index, of: count))
      }
    }
  }

  @Test func aWindowHoldsTheSameDocumentsInAnotherOrder() throws {
    let fixture = try MixtureFixture()
    func texts(_ shuffling: Shuffling) throws -> [String] {
      let stream = try BatchStream(
        mixing: [
          CorpusComponent(
            source: try FileDocumentSource(
              files: [fixture.folder("web-*.jsonl")], malformedLines: .skip),
            whenDry: .stop, shuffling: shuffling)
        ],
        tokenizer: ByteTokenizer(), filter: .none,
        BatchStream.Layout(packing: .padOrTruncate, batchSize: 1, sequenceLength: 4_000))
      return try stream.remaining().map {
        String(decoding: ByteTokenizer().decodeBytes($0.inputs), as: UTF8.self)
      }
    }
    let listed = try texts(.none)
    let shuffled = try texts(.window(documents: 10, seed: 1))
    #expect(shuffled != listed && shuffled.sorted() == listed.sorted())
    for start in stride(from: 0, to: listed.count, by: 10) {
      let window = start..<min(start + 10, listed.count)
      #expect(shuffled[window].sorted() == listed[window].sorted())
    }
    #expect(try texts(.window(documents: 10, seed: 1)) == shuffled)
    #expect(try texts(.window(documents: 10, seed: 2)) != shuffled)
    #expect(try texts(.window(documents: 1, seed: 2)) == listed)
  }

  /// Readers stop where their stream is let go, also while they wait for room.
  @Test func readersEndWithTheirStream() async throws {
    let fixture = try MixtureFixture()
    func threads() -> Int {
      (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count) ?? 0
    }
    guard threads() > 0 else { return }
    let before = threads()
    for _ in 0..<20 {
      let stream = try fixture.stream(readers: 3)
      _ = try stream.next()
    }
    // Other tests run beside this one and have threads of their own.
    var after = threads()
    for _ in 0..<100 where after > before + 40 {
      try await Task.sleep(for: .milliseconds(20))
      after = threads()
    }
    #expect(after <= before + 40, "\(before) threads before, \(after) after")
  }

  /// A document of several passages is cut as one, wherever reading is taken up.
  @Test func veryLongDocumentsAreReadInPassages() throws {
    let folder = try TemporaryFolder()
    var generator = TestGenerator(state: 5)
    var text = ""
    while text.utf8.count < 40 << 20 {
      text += String(Int.random(in: 0...1_000_000, using: &generator))
      text += text.utf8.count % 3 == 0 ? " " : "é"
    }
    let path = try folder.write(text, to: "long.txt")
    func stream(_ cursor: Cursor? = nil) throws -> BatchStream {
      try BatchStream(
        files: [path], tokenizer: ByteTokenizer(), filter: .none, packing: .concatenated,
        batchSize: 8, sequenceLength: 1 << 18, endOfCorpus: .stop, cursor: cursor)
    }
    let whole = try stream()
    var cursors: [Cursor] = []
    var batches: [Batch] = []
    while let batch = try whole.next() {
      batches.append(batch)
      cursors.append(whole.cursor)
    }
    let tokens = [1] + targets(batches)
    let content = tokens.filter { $0 > 2 }.map { UInt8($0 - 3) }
    // Cuts fall before a space, and that space belongs to the next piece: nothing is lost.
    #expect(content == Array(text.utf8))
    #expect(whole.counts.documentsRead == 1 && whole.counts.documentsKept == 1)
    let place = cursors.count - 3
    let resumed = try stream(cursors[place])
    #expect(try resumed.next() == batches[place + 1])
    #expect(resumed.cursor == cursors[place + 1])
    #expect(cursors[place].position?.mixture.components[0].start?.piece ?? 0 > 0)
  }
}
