import Evaluation
import Testing
import Tokenization

@Suite struct RequestEncoderTests {
  private let location = DocumentLocation(task: "t", path: "p", line: 1)

  private func encode(
    _ context: String, _ continuation: String, _ tokenizer: any Tokenizer = ByteTokenizer(),
    contextLength: Int = 100
  ) throws -> TokenizedRequest {
    var encoder = RequestEncoder(tokenizer: tokenizer, contextLength: contextLength)
    return try encoder.encode(
      .init(context: context, continuation: continuation), choice: 2, at: location)
  }

  private func ids(_ text: String) -> [Int32] { text.utf8.map { Int32($0) + 4 } }

  @Test func startTokenComesFirstOnce() throws {
    let expected = TokenizedRequest(context: [1] + ids("A:"), continuation: ids(" b"))
    #expect(try encode("A:", " b") == expected)
    #expect(try encode("A:", " b", ByteTokenizer(startsItself: true)) == expected)
    #expect(
      try encode("A:", " b", ByteTokenizer(startToken: nil))
        == TokenizedRequest(context: ids("A:"), continuation: ids(" b")))
  }

  @Test func trailingWhitespaceMovesToTheContinuation() throws {
    #expect(
      try encode("A: \n", " b")
        == TokenizedRequest(context: [1] + ids("A:"), continuation: ids(" \n b")))
    #expect(try encode("  ", "b") == TokenizedRequest(context: [1], continuation: ids("  b")))
  }

  @Test func pairIsEncodedTogetherAndSplitAtTheContextsLength() throws {
    // Alone the context is x, a; together the text is x, ab, c: two tokens are the context's.
    #expect(
      try encode("xa", "bc", MergingTokenizer())
        == TokenizedRequest(context: [1] + ids("xa"), continuation: ids("c")))
    #expect(
      try encode("x", "abc", MergingTokenizer())
        == TokenizedRequest(context: [1] + ids("x"), continuation: [300] + ids("c")))
    #expect(
      evaluationError { _ = try encode("a", "b", MergingTokenizer()) }
        == .emptyContinuation(location, choice: 2))
  }

  @Test func emptyContextIsThePrefixToken() throws {
    #expect(try encode("", "b") == TokenizedRequest(context: [1], continuation: ids("b")))
    #expect(
      try encode("", "b", ByteTokenizer(startToken: nil))
        == TokenizedRequest(context: [2], continuation: ids("b")))
    #expect(
      evaluationError {
        _ = try encode("", "b", ByteTokenizer(startToken: nil, endToken: nil))
      } == .noStartToken)
    // A text that begins with the prefix token already has its context.
    let spelled = ByteTokenizer(startToken: nil, endToken: ids("b")[0])
    #expect(
      try encode("", "bc", spelled) == TokenizedRequest(context: ids("b"), continuation: ids("c")))
  }

  @Test func longRequestsLoseTheirLeft() throws {
    // Seven tokens with the start token; a context of five leaves six.
    #expect(
      try encode("abcd", "xy", contextLength: 5)
        == TokenizedRequest(context: ids("abcd"), continuation: ids("xy")))
    #expect(
      try encode("abcd", "xy", contextLength: 6)
        == TokenizedRequest(context: [1] + ids("abcd"), continuation: ids("xy")))
    #expect(
      try encode("abcd", "xy", contextLength: 2)
        == TokenizedRequest(context: ids("d"), continuation: ids("xy")))
    #expect(
      evaluationError { _ = try encode("abcd", "xyz", contextLength: 2) }
        == .continuationTooLong(location, choice: 2, tokens: 3, contextLength: 2))
  }

  @Test func contextsThatAreCanonicallyEqualAreNotTheSame() throws {
    var encoder = RequestEncoder(tokenizer: ByteTokenizer(), contextLength: 100)
    for context in ["\u{E9}:", "e\u{301}:"] {
      let request = try encoder.encode(
        .init(context: context, continuation: "b"), choice: 0, at: location)
      #expect(request.context == [1] + ids(context))
    }
  }
}
