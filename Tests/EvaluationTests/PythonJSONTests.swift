import Testing

@testable import Evaluation

@Suite struct PythonJSONTests {
  /// What Python 3's `json.dumps(json.loads(text), ensure_ascii=False)` gives for each.
  @Test(arguments: [
    (#"{"b": [1, -2.5, 1e-05], "a": {}}"#, #"{"b": [1, -2.5, 1e-05], "a": {}}"#),
    ("[NaN,Infinity, -Infinity]", "[NaN, Infinity, -Infinity]"),
    (#" "\u00e9\ud83d\ude00\"\\\/\n\t\u0001\u007f" "#, "\"é😀\\\"\\\\/\\n\\t\\u0001\u{7F}\""),
    ("[[], null, true, false, \"\", 0, -0.0]", "[[], null, true, false, \"\", 0, -0.0]"),
    ("0.1", "0.1"), ("123456789012", "123456789012"), ("1E2", "100.0"),
    (#"{"a": 1, "a": 2}"#, #"{"a": 1, "a": 2}"#),
  ])
  func readsAndWritesAsPython(text: String, expected: String) throws {
    let value = try PythonJSONParser.value(of: Array(text.utf8))
    #expect(String(decoding: value.text(), as: UTF8.self) == expected)
    #expect(try PythonJSONParser.value(of: value.text()) == value)
    #expect(try PythonJSONParser.value(of: value.text(indent: 2)) == value)
  }

  @Test func indentationIsPythons() {
    let value = PythonJSON.object([
      ("z", .array([.integer(1), .object([("é", .null)])])), ("a", .array([])),
    ])
    #expect(
      String(decoding: value.text(indent: 2), as: UTF8.self) == """
        {
          "z": [
            1,
            {
              "é": null
            }
          ],
          "a": []
        }
        """)
  }

  @Test func theLastOfEqualKeysCounts() throws {
    let value = try PythonJSONParser.value(of: Array(#"{"a": 1, "a": 2}"#.utf8))
    #expect(value["a"] == .integer(2))
  }

  @Test(arguments: [
    ("", 0, "a value"), ("{", 1, "a key in quotes"), ("[1,]", 3, "a value"),
    ("{\"a\" 1}", 5, "\":\""), ("[1 2]", 3, "\",\" or \"]\""), ("01", 0, "a value"),
    ("1.", 2, "a digit"), ("1e", 2, "a digit"), ("-", 0, "a value"), ("nul", 0, "a value"),
    ("1 x", 2, "the end"), ("\"a", 2, "\"\\\"\""), ("\"\n\"", 1, "a character, control"),
    ("\"\\x\"", 2, "an escape"), ("\"\\ud800\"", 7, "the second half"),
    ("\"\\ud800\\u0041\"", 13, "the second half"), ("\"\\u12g4\"", 3, "four hexadecimal"),
    ("{\"a\": 1,}", 8, "a key in quotes"),
  ])
  func faultsNameTheByte(text: String, offset: Int, expected: String) {
    let fault = #expect(throws: PythonJSONParser.Fault.self) {
      try PythonJSONParser.value(of: Array(text.utf8))
    }
    #expect(fault?.offset == offset, "\(fault.map { "\($0)" } ?? "")")
    #expect(fault?.expected.hasPrefix(expected) == true, "\(fault.map { "\($0)" } ?? "")")
  }

  @Test func bytesThatAreNoUTF8AndDepthsThatOverflowAreRefused() {
    #expect(throws: PythonJSONParser.Fault.self) {
      try PythonJSONParser.value(of: [0x22, 0xFF, 0x22])
    }
    for depth in [129, 1_000_000] {
      let fault = #expect(throws: PythonJSONParser.Fault.self) {
        try PythonJSONParser.value(of: [UInt8](repeating: UInt8(ascii: "["), count: depth))
      }
      #expect(fault?.expected.contains("levels") == (depth > 129) || fault?.offset == 129)
    }
  }
}
