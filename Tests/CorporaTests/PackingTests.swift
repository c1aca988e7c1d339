import Corpora
import Foundation
import TestSupport
import Testing

struct PackingTests {
  func stream(
    _ texts: [String], _ packing: Packing, batchSize: Int, sequenceLength: Int,
    endOfCorpus: DrySource = .stop, tokenizer: ByteTokenizer = ByteTokenizer()
  ) throws -> (BatchStream, TemporaryFolder) {
    let folder = try TemporaryFolder()
    let path = try folder.write(
      texts.map { try jsonLine(["text": $0]) + "\n" }.joined(), to: "a.jsonl")
    let stream = try BatchStream(
      files: [path], tokenizer: tokenizer, filter: .none, packing: packing,
      batchSize: batchSize, sequenceLength: sequenceLength, endOfCorpus: endOfCorpus)
    return (stream, folder)
  }

  @Test func wordsAndBack() throws {
    for packing in testedPackings {
      #expect(Packing("\(packing)") == packing)
      let data = try JSONEncoder().encode([packing])
      #expect(try JSONDecoder().decode([Packing].self, from: data) == [packing])
      #expect(String(decoding: data, as: UTF8.self) == "[\"\(packing)\"]")
    }
    for text in ["", "joined", "bestFit:", "bestFit:x", "bestFit:1:2", "concatenated:1"] {
      #expect(Packing(text) == nil)
      #expect(throws: DecodingError.self) {
        try JSONDecoder().decode([Packing].self, from: Data("[\"\(text)\"]".utf8))
      }
    }
  }

  @Test func joinedRowsShowEveryTokenAsATargetOnce() throws {
    let texts = ["abc", "", "a longer document", "x", "yz"]
    let all = texts.flatMap(byteTokens)
    for sequenceLength in 1...12 {
      for batchSize in 1...3 {
        let (stream, folder) = try stream(
          texts, .concatenated, batchSize: batchSize, sequenceLength: sequenceLength)
        defer { withExtendedLifetime(folder) {} }
        let batches = try stream.remaining()
        #expect(targets(batches) == Array(all.dropFirst()))
        let inputs = batches.flatMap(\.inputs)
        #expect(Array(inputs.prefix(all.count)) == Array(all.prefix(inputs.count)))
        #expect(inputs.dropFirst(all.count).allSatisfy { $0 == 0 })
        let rows = (all.count - 1 + sequenceLength - 1) / sequenceLength
        #expect(batches.reduce(0) { $0 + $1.batchSize } == rows)
        #expect(batches.dropLast().allSatisfy { $0.batchSize == batchSize })
        #expect(stream.counts.tokensUsed == all.count - 1)
        #expect(stream.counts.tokensPadded == rows * sequenceLength - (all.count - 1))
        #expect(stream.counts.tokensRead == all.count && stream.counts.tokensDropped == 0)
        #expect(try stream.next() == nil)
      }
    }
  }

  @Test func joinedRowsRunOnOverEpochs() throws {
    let texts = ["abc", "defgh"]
    let all = texts.flatMap(byteTokens)
    let (stream, folder) = try stream(
      texts, .concatenated, batchSize: 2, sequenceLength: 5, endOfCorpus: .restart)
    defer { withExtendedLifetime(folder) {} }
    var found: [Int32] = []
    for _ in 0..<7 { found += try #require(try stream.next()).inputs }
    let endless = (0..<10).flatMap { _ in all }
    #expect(found == Array(endless.prefix(70)))
    #expect(stream.cursor.epoch == 5)
  }

  /// The row that the reference makes: tokens, then padding; samples without the last, targets
  /// without the first.
  @Test func aPieceARowIsPaddedOrCut() throws {
    let texts = ["ab", "abcdefgh", "abcd", "abc", ""]
    let (stream, folder) = try stream(texts, .padOrTruncate, batchSize: 2, sequenceLength: 5)
    defer { withExtendedLifetime(folder) {} }
    let batches = try stream.remaining()
    #expect(batches.map(\.batchSize) == [2, 2, 1])
    let rows = batches.flatMap { batch in
      (0..<batch.batchSize).map { row in
        let range = row * 5..<(row + 1) * 5
        return (Array(batch.inputs[range]), Array(batch.targets[range]))
      }
    }
    for (text, row) in zip(texts, rows) {
      let tokens = Array(byteTokens(text).prefix(6))
      let missing = 6 - tokens.count
      #expect(
        row.0 == Array((tokens + [Int32](repeating: 0, count: missing)).dropLast()), "\(text)")
      #expect(
        row.1 == Array((tokens + [Int32](repeating: -1, count: missing)).dropFirst()), "\(text)")
    }
    #expect(batches.map(\.targetCount) == [8, 9, 1])
    #expect(stream.counts.tokensUsed == 18 && stream.counts.tokensPadded == 7)
    #expect(stream.counts.tokensDropped == 4)
    #expect(stream.counts.tokensRead == 4 + 10 + 6 + 5 + 2)
  }

  @Test func piecesWithoutATargetMakeNoRow() throws {
    let tokenizer = ByteTokenizer(startToken: nil, endToken: nil, paddingToken: nil)
    let (stream, folder) = try stream(
      ["a", "", "bc"], .padOrTruncate, batchSize: 4, sequenceLength: 3, tokenizer: tokenizer)
    defer { withExtendedLifetime(folder) {} }
    let batch = try #require(try stream.next())
    #expect(batch.inputs == [101, 102, 0] && batch.targets == [102, -1, -1])
    #expect(stream.counts.piecesWithTooFewTokens == 2)
  }
}
