import Terminal
import Testing

@Suite struct TerminalCapabilitiesTests {
  @Test func colorsOnlyATerminal() {
    let utf8 = ["LANG": "de_DE.UTF-8", "TERM": "xterm"]
    let screen = TerminalCapabilities(isTerminal: true, terminalWidth: 120, environment: utf8)
    #expect(
      screen == .init(width: 120, redrawsLines: true, usesColor: true, usesUnicode: true))
    let pipe = TerminalCapabilities(isTerminal: false, terminalWidth: nil, environment: utf8)
    #expect(pipe == .init(width: 80, redrawsLines: false, usesColor: false, usesUnicode: true))
  }

  @Test(arguments: [
    (["NO_COLOR": "1"], false), (["NO_COLOR": ""], true), (["TERM": "dumb"], false),
  ])
  func obeysTheEnvironment(environment: [String: String], usesColor: Bool) {
    let terminal = TerminalCapabilities(
      isTerminal: true, terminalWidth: nil, environment: environment)
    #expect(terminal.usesColor == usesColor)
  }

  @Test(arguments: [
    (["LC_ALL": "C", "LANG": "en_US.UTF-8"], false), (["LC_ALL": "", "LANG": "C.utf8"], true),
    (["LC_CTYPE": "UTF-8"], true), ([:], false),
  ])
  func readsTheEncoding(environment: [String: String], usesUnicode: Bool) {
    let terminal = TerminalCapabilities(
      isTerminal: true, terminalWidth: nil, environment: environment)
    #expect(terminal.usesUnicode == usesUnicode)
  }

  @Test(arguments: [("100", 100), ("0", 80), ("wide", 80), ("-5", 80)])
  func takesTheWidthFromColumns(columns: String, width: Int) {
    let terminal = TerminalCapabilities(
      isTerminal: false, terminalWidth: nil, environment: ["COLUMNS": columns])
    #expect(terminal.width == width)
  }
}
