import Corpora
import Foundation
import TestSupport
import Testing

/// What streams make of documents that share a row.
struct AttentionScopeTests {
  private static let texts: [String] = {
    var generator = TestGenerator(state: 12)
    return (0..<120).map { document in
      let count = Int.random(in: 0...40, using: &generator) * (document % 9 == 0 ? 4 : 1)
      return String((0..<count).map { Character(UnicodeScalar(UInt8(33 + ($0 + document) % 90))) })
    }
  }()

  private struct Fixture {
    let folder: TemporaryFolder
    let path: String

    init() throws {
      folder = try TemporaryFolder()
      path = try folder.write(
        texts.map { try jsonLine(["text": $0]) + "\n" }.joined(), to: "a.jsonl")
    }

    func stream(
      _ packing: Packing, _ attention: AttentionScope, batchSize: Int = 3, length: Int = 30,
      end: DrySource = .stop, cursor: Cursor? = nil
    ) throws -> BatchStream {
      try BatchStream(
        mixing: [CorpusComponent(source: try FileDocumentSource(files: [path]), whenDry: end)],
        tokenizer: ByteTokenizer(), filter: .none,
        BatchStream.Layout(
          packing: packing, attention: attention, batchSize: batchSize, sequenceLength: length),
        cursor: cursor)
    }
  }

  /// Target by target what each document predicts, and in which document.
  private static func predictions(_ batch: Batch) -> [[Int32]] {
    let starts = batch.segmentStarts ?? []
    return zip(starts, starts.dropFirst() + [batch.inputs.count]).map { start, end in
      Array(batch.targets[start..<end].filter { $0 != Batch.ignoredTarget })
    }
  }

  @Test(arguments: [Packing.concatenated, .bestFit(windowPieces: 1), .bestFit(windowPieces: 50)])
  func everyTokenButADocumentsFirstIsATargetOnce(packing: Packing) throws {
    let fixture = try Fixture()
    for length in [1, 2, 7, 30, 64] {
      let stream = try fixture.stream(packing, .document, length: length)
      let batches = try stream.remaining()
      let documents = Self.texts.map(byteTokens)
      #expect(targets(batches).sorted() == documents.flatMap { $0.dropFirst() }.sorted())
      #expect(stream.counts.tokensUsed == documents.reduce(0) { $0 + $1.count - 1 })
      #expect(stream.counts.tokensDropped == 0)
      let size = batches.reduce(0) { $0 + $1.inputs.count }
      #expect(stream.counts.tokensPadded == size - stream.counts.tokensUsed)
      for batch in batches {
        let starts = try #require(batch.segmentStarts)
        for row in 0..<batch.batchSize { #expect(starts.contains(row * length)) }
        // In a segment inputs and targets run together, and one is the other's successor.
        for (start, end) in zip(starts, starts.dropFirst() + [batch.inputs.count]) {
          let inputs = batch.inputs[start..<end]
          let targets = batch.targets[start..<end]
          if targets.contains(Batch.ignoredTarget) {
            #expect(targets.allSatisfy { $0 == Batch.ignoredTarget })
          } else {
            #expect(Array(inputs.dropFirst()) == Array(targets.dropLast()))
            #expect(!targets.contains(1), "a start token is nothing to predict")
          }
        }
      }
      // In the order of the documents where rows run on.
      if case .concatenated = packing {
        #expect(
          batches.flatMap(Self.predictions).flatMap { $0 } == documents.flatMap { $0.dropFirst() })
      }
    }
  }

  /// No document is cut that a row holds, whatever attention does.
  @Test(arguments: AttentionScope.allCases)
  func bestFitCutsNoDocumentThatFits(attention: AttentionScope) throws {
    let fixture = try Fixture()
    let stream = try fixture.stream(.bestFit(windowPieces: 40), attention, batchSize: 1, length: 64)
    // The tokens of all rows, from the first input to the last target.
    let rows = try stream.remaining().map { batch in
      let tokens = batch.inputs.prefix(1) + batch.targets.filter { $0 != Batch.ignoredTarget }
      return attention == .row ? [Array(tokens)] : Self.predictions(batch)
    }.flatMap { $0 }
    for text in Self.texts where text.utf8.count + 2 <= 65 {
      let document = Array(byteTokens(text).dropFirst(attention == .row ? 0 : 1))
      #expect(
        rows.contains { row in
          row.count >= document.count
            && row.indices.dropLast(document.count - 1).contains {
              Array(row[$0..<$0 + document.count]) == document
            }
        })
    }
    #expect(stream.counts.tokensDropped == 0)
    #expect(stream.counts.tokensPadded < stream.counts.tokensUsed / 20)
  }

  @Test func aPieceARowIsTheSameWithItsPaddingApart() throws {
    let fixture = try Fixture()
    let (within, over) = (
      try fixture.stream(.padOrTruncate, .document), try fixture.stream(.padOrTruncate, .row)
    )
    while let batch = try within.next() {
      let other = try #require(try over.next())
      #expect(batch.targets == other.targets && other.segmentStarts == nil)
      for (input, pair) in zip(batch.inputs, zip(other.inputs, batch.targets))
      where pair.1 != Batch.ignoredTarget {
        #expect(input == pair.0)
      }
      #expect(batch.segmentStarts?.count ?? 0 >= batch.batchSize)
    }
    #expect(within.counts == over.counts)
  }

  @Test(arguments: testedPackings, AttentionScope.allCases)
  func resumedIsUninterrupted(packing: Packing, attention: AttentionScope) throws {
    let fixture = try Fixture()
    let whole = try fixture.stream(packing, attention, end: .restart)
    var (batches, cursors) = ([Batch](), [whole.cursor])
    while whole.cursor.epoch < 2 {
      batches.append(try #require(try whole.next()))
      cursors.append(whole.cursor)
    }
    #expect(batches.count > 50)
    for start in stride(from: 0, to: batches.count, by: 3) {
      let resumed = try fixture.stream(packing, attention, end: .restart, cursor: cursors[start])
      for index in start..<min(batches.count, start + 6) {
        #expect(try resumed.next() == batches[index], "batch \(index) from \(start)")
        #expect(resumed.cursor == cursors[index + 1], "cursor \(index + 1) from \(start)")
      }
    }
  }

  /// A cursor of one way of laying rows is none of another.
  @Test func anotherScopeOrWindowIsNoticed() throws {
    let fixture = try Fixture()
    func cursor(_ packing: Packing, _ attention: AttentionScope) throws -> Cursor {
      let stream = try fixture.stream(packing, attention)
      for _ in 0..<3 { _ = try stream.next() }
      return stream.cursor
    }
    let joined = try cursor(.concatenated, .row)
    let windows = try cursor(.bestFit(windowPieces: 20), .document)
    #expect(throws: CorpusError.self) {
      try fixture.stream(.concatenated, .document, cursor: joined)
    }
    #expect(throws: CorpusError.self) {
      try fixture.stream(.bestFit(windowPieces: 21), .document, cursor: windows)
    }
    #expect(throws: CorpusError.self) {
      try fixture.stream(.bestFit(windowPieces: 20), .document, length: 31, cursor: windows)
    }
    _ = try fixture.stream(.bestFit(windowPieces: 20), .document, batchSize: 5, cursor: windows)
    _ = try fixture.stream(.concatenated, .row, length: 31, cursor: joined)
  }

  @Test func aRowOfAWindowThatIsNotThereIsAnError() throws {
    let fixture = try Fixture()
    let stream = try fixture.stream(.bestFit(windowPieces: 20), .row)
    _ = try stream.next()
    let text = String(decoding: try JSONEncoder().encode(stream.cursor), as: UTF8.self)
    #expect(text.contains("\"rowsTaken\":3"))
    for wrong in ["1000", "-1"] {
      let changed = text.replacingOccurrences(of: "\"rowsTaken\":3", with: "\"rowsTaken\":\(wrong)")
      let cursor = try JSONDecoder().decode(Cursor.self, from: Data(changed.utf8))
      #expect(throws: CorpusError.self) {
        try fixture.stream(.bestFit(windowPieces: 20), .row, cursor: cursor)
      }
    }
  }

  @Test func aWindowOfNothingIsAnError() throws {
    let fixture = try Fixture()
    for count in [0, -3] {
      #expect(
        throws: CorpusError.invalidSetting(
          name: "window of pieces", value: count, expected: "1 to 1048576")
      ) { try fixture.stream(.bestFit(windowPieces: count), .row) }
    }
  }
}
