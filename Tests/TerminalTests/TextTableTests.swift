import Terminal
import Testing

@Suite struct TextTableTests {
  private func sample() -> TextTable {
    var table = TextTable(columns: [
      .init("name", alignment: .leading, minimumWidth: 6, truncation: .middle),
      .init("loss", style: .bold), .init("tokens/s", dropRank: 0),
    ])
    table.append(["openelm-270m-seed-1", "3.21", "1,234"])
    table.append(["日本語", "10.00", "7"], style: .yellow)
    return table
  }

  @Test func aligns() {
    #expect(
      sample().rendered(for: .init(width: 80)) == """
        name                  loss  tokens/s
        ───────────────────  ─────  ────────
        openelm-270m-seed-1   3.21     1,234
        日本語               10.00         7

        """)
  }

  @Test func shortensThenDrops() {
    #expect(
      sample().rendered(for: .init(width: 26)) == """
        name        loss  tokens/s
        ─────────  ─────  ────────
        open…ed-1   3.21     1,234
        日本語     10.00         7

        """)
    #expect(
      sample().rendered(for: .init(width: 20, usesUnicode: false)) == """
        name            loss
        -------------  -----
        opene...eed-1   3.21
        日本語         10.00

        """)
  }

  @Test func neverOverflows() {
    for width in 1...60 {
      for line in sample().rendered(for: .init(width: width)).split(separator: "\n") {
        #expect(DisplayWidth.of(String(line)) <= width)
        #expect(!line.hasSuffix(" "))
      }
    }
  }

  @Test func colorsCellsButNotSpaces() {
    let text = sample().rendered(for: .init(width: 80, usesColor: true))
    #expect(text.contains("   \u{1B}[1m3.21\u{1B}[0m     1,234\n"))
    #expect(text.contains("\u{1B}[33m日本語\u{1B}[0m               \u{1B}[33m10.00\u{1B}[0m"))
  }

  @Test func defusesEscapes() {
    var table = TextTable(columns: [.init("a", alignment: .leading)])
    table.append(["x\u{1B}[2Jy\nz"])
    let text = table.rendered(for: .init())
    #expect(!text.contains("\u{1B}"))
    #expect(text.split(separator: "\n").count == 3)
  }
}
