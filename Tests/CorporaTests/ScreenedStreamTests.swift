import Corpora
import Foundation
import TestSupport
import Testing

/// Screening within a stream: what it drops, what it counts, and that it resumes exactly.
struct ScreenedStreamTests {
  struct Fixture {
    let folder: TemporaryFolder
    let examiner: DocumentExaminer

    init() throws {
      folder = try TemporaryFolder()
      let texts = DocumentScreenTests.texts(150, seed: 4)
      for (name, part) in [("a", texts[..<80]), ("b", texts[80...])] {
        try folder.write(
          part.map { try jsonLine(["text": $0]) + "\n" }.joined(), to: "\(name).jsonl")
      }
      examiner = try DocumentExaminer(
        DocumentScreenTests.everything, evaluationTexts: DocumentScreenTests.evaluation)
    }

    func stream(
      screened: Bool = true, whenDry: DrySource = .restart, readers: Int = 0,
      packing: Packing = .concatenated, cursor: Cursor? = nil
    ) throws -> BatchStream {
      let components = try ["a", "b"].map {
        CorpusComponent(
          name: $0, source: try FileDocumentSource(files: [folder("\($0).jsonl")]),
          whenDry: whenDry)
      }
      return try BatchStream(
        mixing: components, tokenizer: ByteTokenizer(),
        filter: DocumentFilter(
          minimumCharacters: 0, minimumTokens: 0, maximumWordsPerPiece: nil, repetition: .olmo),
        screening: screened ? examiner : nil,
        BatchStream.Layout(packing: packing, batchSize: 2, sequenceLength: 64), readers: readers,
        cursor: cursor)
    }
  }

  @Test func eachReasonIsCounted() throws {
    let fixture = try Fixture()
    let stream = try fixture.stream(whenDry: .leaveOut)
    _ = try stream.remaining()
    let counts = stream.counts
    #expect(counts.documentsRead == 150)
    #expect(counts.documentsContaminated > 5 && counts.documentsDuplicated > 5)
    #expect(counts.documentsNearlyDuplicated > 5 && counts.piecesWithRepetitions > 2)
    #expect(
      counts.piecesKept + counts.piecesWithRepetitions + counts.documentsScreenedOut == 150)
    let all = try fixture.stream(screened: false, whenDry: .leaveOut)
    _ = try all.remaining()
    #expect(all.counts.documentsScreenedOut == 0)
    #expect(all.counts.textBytesRead == counts.textBytesRead)
    #expect(all.counts.tokensRead > counts.tokensRead)
    #expect(counts.textBytesScreenedOut > 1_000)
  }

  /// In the second pass over a source its documents are no duplicates of themselves.
  @Test func eachPassKeepsTheSameNumber() throws {
    let fixture = try Fixture()
    let stream = try fixture.stream()
    var kept: [Int] = []
    var epoch = 0
    while epoch < 4 {
      _ = try stream.next()
      let position = try #require(stream.cursor.position?.mixture.components[0])
      if position.epoch > epoch {
        epoch = position.epoch
        kept.append(stream.cursor.counts[0].documentsKept)
      }
    }
    let passes = zip(kept, [0] + kept).map { $0 - $1 }
    #expect(passes[1] > 20)
    #expect(passes.allSatisfy { abs($0 - passes[1]) <= 4 }, "\(passes)")
  }

  @Test(arguments: testedPackings)
  func stoppedAnywhereAndResumedIsUninterrupted(packing: Packing) throws {
    let fixture = try Fixture()
    let whole = try fixture.stream(packing: packing)
    var cursors = [whole.cursor]
    let batches = try (0..<150).map { _ in
      defer { cursors.append(whole.cursor) }
      return try #require(try whole.next())
    }
    for start in stride(from: 0, to: 140, by: 7) {
      let data = try JSONEncoder().encode(cursors[start])
      let saved = try JSONDecoder().decode(Cursor.self, from: data)
      let stream = try fixture.stream(readers: start % 3, packing: packing, cursor: saved)
      for index in start..<min(start + 12, 150) {
        #expect(try stream.next() == batches[index], "batch \(index) from \(start)")
        #expect(stream.cursor == cursors[index + 1], "cursor \(index + 1) from \(start)")
      }
    }
  }

  @Test func anotherScreeningIsNoticed() throws {
    let fixture = try Fixture()
    let stream = try fixture.stream()
    _ = try stream.next()
    let cursor = stream.cursor
    #expect {
      try fixture.stream(screened: false, cursor: cursor)
    } throws: { error in
      if case CorpusError.readingChanged("way of reading", _, _) = error { true } else { false }
    }
  }
}
