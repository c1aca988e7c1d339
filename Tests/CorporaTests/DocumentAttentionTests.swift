import Corpora
import TestSupport
import Testing

/// Rows whose attention is kept inside documents, as a stream makes them.
struct DocumentAttentionTests {
  func stream(
    _ texts: [String], in folder: TemporaryFolder, _ packing: Packing, sequenceLength: Int,
    batchSize: Int
  ) throws -> BatchStream {
    let path = try folder.write(
      texts.map { try jsonLine(["text": $0]) + "\n" }.joined(), to: "a.jsonl")
    return try BatchStream(
      mixing: [CorpusComponent(source: try FileDocumentSource(files: [path]), whenDry: .stop)],
      tokenizer: ByteTokenizer(), filter: .none,
      BatchStream.Layout(
        packing: packing, attention: .document, batchSize: batchSize,
        sequenceLength: sequenceLength))
  }

  /// Every token of a document but its first is a target once, predicted within a segment of its own
  /// document from the token before it.
  @Test(arguments: [Packing.concatenated, .bestFit(windowPieces: 5)])
  func everyTokenButTheFirstIsATargetOfItsOwnDocument(_ packing: Packing) throws {
    let texts = ["abc", "", "a longer document that is cut", "x", "yz", "0123456789", "mn"]
    for sequenceLength in 1...17 {
      let folder = try TemporaryFolder()
      let stream = try stream(
        texts, in: folder, packing, sequenceLength: sequenceLength, batchSize: 1)
      var pairs: [[Int32]] = []
      for batch in try stream.remaining() {
        let starts = try #require(batch.segmentStarts)
        #expect(starts.first == 0 && starts.last ?? 0 < sequenceLength)
        for (place, target) in batch.targets.enumerated() where target != Batch.ignoredTarget {
          pairs.append([batch.inputs[place], target])
          // Within a segment each input is the target before it.
          if !starts.contains(place) { #expect(batch.targets[place - 1] == batch.inputs[place]) }
        }
      }
      let expected = texts.flatMap { text in
        let tokens = byteTokens(text)
        return zip(tokens, tokens.dropFirst()).map { [$0, $1] }
      }
      #expect(
        pairs.sorted { $0.lexicographicallyPrecedes($1) }
          == expected.sorted { $0.lexicographicallyPrecedes($1) }, "length \(sequenceLength)")
      #expect(stream.counts.tokensUsed == expected.count)
      if packing == .concatenated { #expect(pairs == expected) }
    }
  }

  /// Best fit cuts nothing that a row can hold.
  @Test func wholeDocumentsStayWhole() throws {
    let folder = try TemporaryFolder()
    var generator = TestGenerator(state: 8)
    let texts = (0..<200).map { index in
      String(repeating: "\(index % 10)", count: Int.random(in: 1...62, using: &generator))
    }
    let stream = try stream(
      texts, in: folder, .bestFit(windowPieces: 64), sequenceLength: 64, batchSize: 4)
    var found: [String] = []
    for batch in try stream.remaining() {
      // A document begins with its start token and ends where the end token is predicted.
      #expect(batch.inputs.count { $0 == 1 } == batch.targets.count { $0 == 2 })
      let starts = try #require(batch.segmentStarts) + [batch.inputs.count]
      for (start, end) in zip(starts, starts.dropFirst()) where batch.inputs[start] == 1 {
        let segment = batch.inputs[start..<end].prefix { $0 != 0 }
        found.append(String(decoding: ByteTokenizer().decodeBytes(segment), as: UTF8.self))
      }
    }
    #expect(found.sorted() == texts.sorted())
    #expect(stream.counts.tokensDropped == 0)
    #expect(stream.counts.tokensPadded < stream.counts.tokensUsed / 10)
  }
}
