import Testing

import Transfers

@Suite struct BraceExpansionTests {
  /// As bash 5 expands them.
  @Test(arguments: [
    ("a", ["a"]), ("{a,b}", ["a", "b"]), ("x{a,}y", ["xay", "xy"]), ("{1..3}", ["1", "2", "3"]),
    ("{08..11}", ["08", "09", "10", "11"]), ("{3..1}", ["3", "2", "1"]),
    ("{00..10..5}", ["00", "05", "10"]), ("{a,b}{1..2}", ["a1", "a2", "b1", "b2"]),
    ("{a,{b,c}d}", ["a", "bd", "cd"]), ("{a}", ["{a}"]), ("{a,b", ["{a,b"]), ("a}{", ["a}{"]),
    ("{}", ["{}"]), ("{1..x}", ["{1..x}"]), ("{{a,b}}", ["{a}", "{b}"]), ("{1..1}", ["1"]),
    ("{7..3..2}", ["7", "5", "3"]),
  ]) func asTheShellDoes(pattern: String, texts: [String]) throws {
    #expect(try BraceExpansion.expand(pattern) == texts)
  }

  @Test(arguments: [
    "{0..100000}", "{0..999}{0..999}", "{1..999999999999999}", "{{0..60000},{0..60000}}",
    "{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}",
  ]) func tooManyIsAnError(pattern: String) {
    #expect(
      transferError { _ = try BraceExpansion.expand(pattern) }
        == .tooManyAddresses(pattern: pattern, limit: 100_000))
  }

  @Test func aLongRangeIsKeptInOrder() throws {
    let texts = try BraceExpansion.expand("{00000..99999}")
    #expect(texts.count == 100_000)
    #expect(texts[12_345] == "12345" && texts[7] == "00007")
  }

  @Test func deepNestsEnd() throws {
    let deep = String(repeating: "{", count: 5_000) + "a,b" + String(repeating: "}", count: 5_000)
    #expect(try BraceExpansion.expand(deep).count >= 1)
  }
}
