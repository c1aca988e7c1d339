import Testing

import Transfers

@Suite struct GlobPatternTests {
  @Test(arguments: [
    ("a*.json", "a.json"), ("a*.json", "abc.json"), ("*", "abc"), ("**", "a/b/c"), ("**", ""),
    ("a/**/b", "a/b"), ("a/**/b", "a/x/b"), ("a/**/b", "a/x/y/b"), ("**/b", "b"),
    ("**/b", "x/b"), ("a/**", "a/b/c"), ("a/**.json", "a/b/c.json"), ("?", "ü"),
    ("[a-c]x", "bx"), ("[!a-c]x", "dx"), ("[^a-c]x", "dx"), ("[]]", "]"), ("[", "["),
    ("[a", "[a"), ("[-a]", "-"), ("*a*b*", "xxaxxbxx"), ("**/*.parquet", "data/x.parquet"),
    ("a.b", "a.b"),
  ]) func matches(pattern: String, name: String) {
    #expect(GlobPattern(pattern).matches(name))
  }

  @Test(arguments: [
    ("a*.json", "a/b.json"), ("*", "a/b"), ("?", "/"), ("?", ""), ("?", "ab"), ("[a-c]x", "dx"),
    ("[!a-c]x", "bx"), ("[!a]", "/"), ("a/**/b", "a/xb"), ("a/**/b", "axb"), ("**/b", "xb"),
    ("a.b", "axb"), ("*.json", "a.jsonl"), ("[c-a]", "b"), ("a/**", "a"),
  ]) func doesNotMatch(pattern: String, name: String) {
    #expect(!GlobPattern(pattern).matches(name))
  }

  @Test(arguments: [("a/b*c", "a/b"), ("a/b", "a/b"), ("**/x", ""), ("x[ab]", "x"), ("é?", "é")])
  func whatAllMatchesBeginWith(pattern: String, prefix: String) {
    #expect(GlobPattern(pattern).literalPrefix == prefix)
    #expect(GlobPattern(pattern).isLiteral == (pattern == prefix))
  }

  @Test func timeIsBounded() {
    // Backtracking would take 2⁴⁰ steps.
    let pattern = String(repeating: "*a", count: 40) + "b"
    #expect(!GlobPattern(pattern).matches(String(repeating: "a", count: 400)))
  }
}
