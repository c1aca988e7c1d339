import Corpora
import Testing

struct PieceCutterTests {
  /// The reference's way: split at each space, join runs of words.
  func expectedPieces(_ text: String, words: Int) -> [String] {
    let all = text.split(separator: " ", omittingEmptySubsequences: false)
    return stride(from: 0, to: all.count, by: words).map {
      all[$0..<min($0 + words, all.count)].joined(separator: " ")
    }
  }

  /// The pieces of a document that arrives in stretches of given sizes.
  func pieces(_ text: String, filter: DocumentFilter, stretches: [Int]) -> [String] {
    var cutter = PieceCutter(filter)
    var pieces: [String] = []
    var buffer: [UInt8] = []
    var rest = Array(text.utf8)[...]
    var sizes = stretches.makeIterator()
    while true {
      while let range = cutter.next(in: buffer, isComplete: rest.isEmpty) {
        pieces.append(String(decoding: buffer[range], as: UTF8.self))
      }
      if rest.isEmpty { return pieces }
      cutter.discardPieces(from: &buffer)
      let size = min(sizes.next() ?? rest.count, rest.count)
      buffer += rest.prefix(size)
      rest = rest.dropFirst(size)
    }
  }

  @Test func cutsAsSplittingAndJoiningDoes() {
    var generator = TestGenerator(state: 3)
    for _ in 0..<300 {
      let words = Int.random(in: 1...80, using: &generator)
      let text = String(
        (0..<Int.random(in: 0...2_000, using: &generator)).map { _ in
          "ab\n  é".randomElement(using: &generator) ?? "x"
        })
      let filter = DocumentFilter(
        minimumCharacters: 0, minimumTokens: 0, maximumWordsPerPiece: words)
      let sizes = (0..<40).map { _ in Int.random(in: 1...400, using: &generator) }
      let expected = expectedPieces(text, words: words)
      #expect(pieces(text, filter: filter, stretches: []) == expected)
      #expect(pieces(text, filter: filter, stretches: sizes) == expected)
    }
  }

  @Test func spacesAtTheEndsMakeEmptyWords() {
    let filter = DocumentFilter(minimumCharacters: 0, minimumTokens: 0, maximumWordsPerPiece: 1)
    #expect(pieces(" a  b ", filter: filter, stretches: []) == ["", "a", "", "b", ""])
    #expect(pieces("", filter: filter, stretches: []) == [""])
    #expect(pieces("a b", filter: .none, stretches: [1, 1]) == ["a b"])
  }

  /// Text without spaces may be as long as it likes: no piece is, and nothing gets lost.
  @Test func bytesBoundEveryPiece() {
    let filter = DocumentFilter(
      minimumCharacters: 0, minimumTokens: 0, maximumWordsPerPiece: nil, maximumBytesPerPiece: 10)
    for text in [
      String(repeating: "日本語", count: 20), String(repeating: "😀", count: 20), "0123456789",
      "0123456789 ", "01234 6789 1", " 123456789012345", "\n\n\n\n\n\n\n\n\n\n\n\n\n",
    ] {
      let whole = pieces(text, filter: filter, stretches: [])
      #expect(whole.joined() == text)
      #expect(whole.allSatisfy { (1...10).contains($0.utf8.count) && !$0.contains("\u{FFFD}") })
      #expect(pieces(text, filter: filter, stretches: [1, 2, 3, 1, 9, 4]) == whole)
    }
    #expect(pieces("01234 678901", filter: filter, stretches: []) == ["01234", " 678901"])
  }

  @Test func wordsGoBeforeBytes() {
    let filter = DocumentFilter(
      minimumCharacters: 0, minimumTokens: 0, maximumWordsPerPiece: 2, maximumBytesPerPiece: 9)
    #expect(pieces("abcd efgh ij", filter: filter, stretches: []) == ["abcd efgh", "ij"])
  }
}
