import Corpora
import TestSupport
import Testing

struct DocumentFilterTests {
  /// One row a kept piece, so that what is kept can be read off the rows.
  func keptPieces(_ texts: [String], _ filter: DocumentFilter) throws -> (
    [String], CorpusCounts
  ) {
    let folder = try TemporaryFolder()
    let path = try folder.write(
      texts.map { try jsonLine(["text": $0]) + "\n" }.joined(), to: "a.jsonl")
    let stream = try BatchStream(
      files: [path], tokenizer: ByteTokenizer(), filter: filter, packing: .padOrTruncate,
      batchSize: 1, sequenceLength: 40_000, endOfCorpus: .stop)
    let kept = try stream.remaining().map {
      String(decoding: ByteTokenizer().decodeBytes($0.inputs), as: UTF8.self)
    }
    return (kept, stream.counts)
  }

  @Test func theReferenceHasTheReferencesNumbers() {
    let filter = DocumentFilter.reference
    #expect(filter.minimumCharacters == 200)
    #expect(filter.minimumTokens == 256)
    #expect(filter.maximumWordsPerPiece == 2_048)
  }

  @Test func charactersAreCountedAfterTheReferencesNormalization() throws {
    let filter = DocumentFilter(
      minimumCharacters: 5, minimumTokens: 0, maximumWordsPerPiece: nil)
    let (kept, counts) = try keptPieces(
      ["abcde", "ab,  cd", "ab,c  d!", "  a b c  ", "éééé"], filter)
    #expect(kept == ["abcde", "ab,  cd", "ab,c  d!", "  a b c  "])
    #expect(counts.piecesWithTooFewCharacters == 1)
    #expect(counts.documentsRead == 5 && counts.documentsKept == 4)
  }

  /// The minimum includes the start and the end token, and comes before any truncation.
  @Test func tokensAreCountedWithStartAndEnd() throws {
    let filter = DocumentFilter(
      minimumCharacters: 0, minimumTokens: 6, maximumWordsPerPiece: nil)
    let (kept, counts) = try keptPieces(["abc", "abcd", "éé"], filter)
    #expect(kept == ["abcd", "éé"])
    #expect(counts.piecesWithTooFewTokens == 1 && counts.piecesWithTooFewCharacters == 0)
    #expect(counts.tokensRead == 12)
  }

  /// Both minima apply to pieces, so that a long document may lose its short end.
  @Test func minimaApplyToPieces() throws {
    let filter = DocumentFilter(minimumCharacters: 3, minimumTokens: 6, maximumWordsPerPiece: 2)
    let (kept, counts) = try keptPieces(["aa bb cc dd e", "f", "gg h"], filter)
    #expect(kept == ["aa bb", "cc dd", "gg h"])
    #expect(counts.piecesRead == 5 && counts.piecesKept == 3)
    #expect(counts.piecesWithTooFewCharacters == 2)
    #expect(counts.documentsRead == 3 && counts.documentsKept == 2)
    #expect(counts.textBytesRead == 5 + 5 + 1 + 1 + 4)
  }

  @Test func theReferenceCutsAt2048Words() throws {
    let words = (0..<5_000).map { "word\($0)" }
    let (kept, counts) = try keptPieces([words.joined(separator: " ")], .reference)
    #expect(
      kept == [
        words[..<2_048].joined(separator: " "), words[2_048..<4_096].joined(separator: " "),
        words[4_096...].joined(separator: " "),
      ])
    #expect(counts.documentsKept == 1 && counts.piecesKept == 3)
  }

  @Test func numbersThatMakeNoSenseAreRefused() throws {
    for (filter, name) in [
      (
        DocumentFilter(minimumCharacters: -1, minimumTokens: 0, maximumWordsPerPiece: nil),
        "minimumCharacters"
      ),
      (
        DocumentFilter(minimumCharacters: 0, minimumTokens: -1, maximumWordsPerPiece: nil),
        "minimumTokens"
      ),
      (
        DocumentFilter(minimumCharacters: 0, minimumTokens: 0, maximumWordsPerPiece: 0),
        "maximumWordsPerPiece"
      ),
      (
        DocumentFilter(
          minimumCharacters: 0, minimumTokens: 0, maximumWordsPerPiece: 1, maximumBytesPerPiece: 7),
        "maximumBytesPerPiece"
      ),
    ] {
      #expect {
        try keptPieces(["x"], filter)
      } throws: { error in
        if case CorpusError.invalidSetting(name, _, _) = error { true } else { false }
      }
    }
  }
}
