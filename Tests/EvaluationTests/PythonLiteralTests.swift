import Evaluation
import Testing

@Suite struct PythonLiteralTests {
  @Test func recordsOfQuestionsAreRead() throws {
    let text = #"[{'question': "What's", 'options': ['a', "b" 'c'], 'answer': 'A', 'n': -1}]"#
    #expect(
      try PythonLiteral.evaluate(text) == [
        ["question": "What's", "options": ["a", "bc"], "answer": "A", "n": -1]
      ])
  }

  @Test(
    arguments: [
      ("['a'", 4), ("{'a' 1}", 5), ("{1: 2}", 1), ("", 0), ("f('a')", 0), ("'a", 0), ("1 2", 2),
      ("99999999999999999999", 0),
    ])
  func malformedTextsSayWhere(text: String, offset: Int) {
    let error = #expect(throws: PythonLiteralError.self) { _ = try PythonLiteral.evaluate(text) }
    #expect(error?.offset == offset)
  }

  @Test func depthIsBounded() throws {
    let nested = { String(repeating: "[", count: $0) + String(repeating: "]", count: $0) }
    #expect(throws: Never.self) { _ = try PythonLiteral.evaluate(nested(100)) }
    #expect(throws: PythonLiteralError.self) { _ = try PythonLiteral.evaluate(nested(100_000)) }
  }
}
