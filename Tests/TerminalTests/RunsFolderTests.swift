import Foundation
import Terminal
import Testing

@Suite struct RunsFolderTests {
  @Test(arguments: [
    ("", "", 0), ("abc", "", 3), ("kitten", "sitting", 3), ("ab", "ba", 1), ("flaw", "lawn", 2),
    ("ca", "abc", 3), ("same", "same", 0),
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

  @Test func listsOnlyRuns() throws {
    let fixture = try Fixture()
    try fixture.write("", run: "b")
    try fixture.write("", run: "B")
    try FileManager.default.createDirectory(
      atPath: fixture.path + "/not-a-run", withIntermediateDirectories: true)
    #expect(try fixture.folder.runNames() == ["B", "b"])
  }

  @Test func explainsWhatIsMissing() throws {
    let fixture = try Fixture()
    #expect(throws: TerminalError.noRuns(folder: fixture.path)) {
      try fixture.folder.history(ofRun: "a")
    }
    try fixture.write("", run: "openelm-270m")
    try fixture.write("", run: "wikipedia")
    let error = #expect(throws: TerminalError.self) {
      try fixture.folder.history(ofRun: "openelm-27m")
    }
    #expect(
      error.map(String.init(describing:)) == """
        \(fixture.path): no run named 'openelm-27m'.
        Did you mean 'openelm-270m'?
        Runs: openelm-270m, wikipedia
        """)
    #expect(throws: TerminalError.self) { try fixture.folder.history(ofRun: "../openelm-270m") }
    let path = fixture.folder.metricsPath(ofRun: "wikipedia")
    #expect(throws: TerminalError.emptyRun(name: "wikipedia", path: path)) {
      try fixture.folder.history(ofRun: "wikipedia")
    }
  }
}
