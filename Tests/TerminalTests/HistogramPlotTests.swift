import Terminal
import Testing

@Suite struct HistogramPlotTests {
  private let plot = HistogramPlot(
    title: "bytes a document",
    bars: [
      .init("1–7", value: 2, note: "2 (3%)"), .init("8–15", value: 64, note: "64 (96%)"),
      .init("16–31", value: 0, note: "0"), .init("32–63", value: 0.001, note: ""),
    ])

  @Test func drawsBarsToAnEighth() {
    // 40 columns: 5 for labels, 8 for notes, 4 between them leave 23, or 184 eighths.
    #expect(
      plot.rendered(for: .init(width: 40)) == """
        bytes a document
          1–7 │ ▊ 2 (3%)
         8–15 │ ███████████████████████ 64 (96%)
        16–31 │ 0
        32–63 │ ▏

        """)
  }

  @Test func drawsASCII() {
    var plain = plot
    plain.bars = plain.bars.map {
      .init($0.label.replacing("–", with: "-"), value: $0.value, note: $0.note)
    }
    #expect(
      plain.rendered(for: .init(width: 40, usesUnicode: false)) == """
        bytes a document
          1-7 | # 2 (3%)
         8-15 | ####################### 64 (96%)
        16-31 | 0
        32-63 | #

        """)
  }

  @Test func colorsBarsAlone() {
    let text = plot.rendered(for: .init(width: 40, usesColor: true))
    #expect(text.contains("│ \u{1B}[36m▊\u{1B}[0m 2 (3%)\n"))
    #expect(text.hasPrefix("\u{1B}[1mbytes a document\u{1B}[0m\n"))
  }

  @Test func leavesOutWhatCannotBeDrawn() {
    let bars: [HistogramPlot.Bar] = [
      .init("a", value: .nan, note: "nan"), .init("b", value: -1, note: ""),
      .init("c", value: .infinity, note: ""), .init("d", value: 1, note: ""),
    ]
    let lines = HistogramPlot(title: "", bars: bars).rendered(for: .init(width: 40))
      .split(separator: "\n")
    #expect(lines[0] == "a │ nan" && lines[1] == "b │" && lines[2] == "c │")
    #expect(lines[3].hasPrefix("d │ ██"))
    #expect(HistogramPlot(title: "t", bars: []).rendered(for: .init()) == "t\n(no data)\n")
    let empty = HistogramPlot(title: "", bars: [.init("a", value: 0, note: "")])
    #expect(empty.rendered(for: .init()) == "a │\n")
  }

  @Test func keepsToTheWidthAndDefusesEscapes() {
    let bars = (0..<5).map {
      HistogramPlot.Bar(
        String(repeating: "日本語", count: $0 * 5) + "\u{1B}[2J", value: Double($0),
        note: String(repeating: "a note", count: $0 * 9))
    }
    for width in 1...220 {
      for usesUnicode in [true, false] {
        let text = HistogramPlot(title: String(repeating: "a title", count: 50), bars: bars)
          .rendered(for: .init(width: width, usesUnicode: usesUnicode))
        #expect(!text.contains("\u{1B}"))
        for line in text.split(separator: "\n") {
          #expect(DisplayWidth.of(String(line)) <= min(200, max(40, width)))
          #expect(!line.hasSuffix(" "))
        }
      }
    }
  }
}
