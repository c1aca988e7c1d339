import Foundation
import Terminal
import Testing

@Suite struct RunsFolderTests {
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
