import Terminal
import Testing

@Suite struct NearestNamesTests {
  @Test(arguments: [
    ("", "", 0), ("abc", "", 3), ("kitten", "sitting", 3), ("ab", "ba", 1), ("flaw", "lawn", 2),
    ("ca", "abc", 3), ("same", "same", 0), ("intention", "execution", 5),
  ])
  func measuresEdits(first: String, second: String, distance: Int) {
    #expect(NearestNames.editDistance(first, second) == distance)
    #expect(NearestNames.editDistance(second, first) == distance)
  }

  @Test func findsWhatWasMeant() {
    let names = ["openelm-1.1b", "openelm-270m", "openelm-450m", "wikipedia-small"]
    #expect(NearestNames.of("opneelm-270m", among: names).first == "openelm-270m")
    #expect(NearestNames.of("WIKI", among: names) == ["wikipedia-small"])
    #expect(NearestNames.of("openelm", among: names) == Array(names.prefix(3)))
    #expect(NearestNames.of("zzz", among: names) == [])
  }

  /// A name as long as a file must not take the time of its square.
  @Test func aVeryLongNameIsNoneOfThem() {
    #expect(NearestNames.of(String(repeating: "a", count: 100_000), among: ["aa", "b"]) == [])
  }
}
