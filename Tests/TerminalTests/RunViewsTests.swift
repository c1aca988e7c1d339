import Foundation
import Terminal
import Testing

/// What the views look like. A change of their looks changes `Snapshots`; a failure shows the new
/// text, to be judged by eye before it is pasted there.
@Suite struct RunViewsTests {
  private let fixture: Fixture

  init() throws {
    fixture = try Fixture()
    try fixture.write(Fixture.records(count: 1_000, skipping: [300, 301]), run: "openelm-270m")
    try fixture.write(
      Fixture.records(count: 800, offset: -0.15), run: "openelm-270m-learning-rate-6e-4",
      secondsAgo: 7_200, tail: "{\"ste")
    try fixture.write(Fixture.records(count: 40, batch: 1_024), run: "日本語", secondsAgo: 86_400)
    try fixture.write("", run: "empty", secondsAgo: 90_000)
    try fixture.write("{}\n", run: "wrong", secondsAgo: 90_001)
  }

  private func table(_ terminal: TerminalCapabilities) throws -> String {
    let zone = try #require(TimeZone(secondsFromGMT: 0))
    return try RunViews.table(
      of: fixture.folder, plannedStepCount: { $0 == "日本語" ? 40 : nil }, now: Fixture.moment,
      timeZone: zone, for: terminal
    ).replacingOccurrences(of: fixture.path, with: "logs")
  }

  private func expect(_ text: String, matches name: String) {
    #expect(text == Snapshots.all[name], "\(name) is now:\n\(text)")
  }

  @Test(arguments: [80, 120]) func showsAllRuns(width: Int) throws {
    // The paths in notes are of the machine; what is wrapped by them is tested elsewhere.
    let text = try table(.init(width: width)).components(separatedBy: "\n\n")[0] + "\n"
    expect(text, matches: "runs\(width)")
  }

  @Test(arguments: [60, 80]) func showsOneRun(width: Int) throws {
    let text = try RunViews.detail(
      of: "openelm-270m", in: fixture.folder, for: .init(width: width))
    expect(text, matches: "detail\(width)")
  }

  @Test func showsGradientNorms() throws {
    let text = try RunViews.detail(
      of: "日本語", in: fixture.folder, below: .gradientNorm,
      for: .init(width: 60, usesUnicode: false))
    expect(text, matches: "gradient60")
  }

  @Test(arguments: [60, 80]) func comparesTwoRuns(width: Int) throws {
    let text = try RunViews.comparison(
      of: "openelm-270m", with: "openelm-270m-learning-rate-6e-4", in: fixture.folder,
      for: .init(width: width))
    expect(text, matches: "comparison\(width)")
  }

  @Test func reportsBrokenRuns() throws {
    let text = try table(.init(width: 400))
    #expect(text.contains("logs/wrong/metrics.jsonl:1: expected a metrics record"))
    #expect(text.contains("'step' is missing"))
  }

  @Test func keepsToTheWidth() throws {
    for width in stride(from: 40, through: 130, by: 9) {
      for usesUnicode in [true, false] {
        let terminal = TerminalCapabilities(width: width, usesUnicode: usesUnicode)
        let text =
          try table(terminal)
          + RunViews.detail(of: "openelm-270m", in: fixture.folder, for: terminal)
          + RunViews.comparison(of: "日本語", with: "openelm-270m", in: fixture.folder, for: terminal)
        for line in text.split(separator: "\n") {
          #expect(DisplayWidth.of(String(line)) <= width, "\(line)")
        }
      }
    }
  }

  @Test func spreadsRows() {
    #expect(RunViews.spreadIndices(count: 5) == [0, 1, 2, 3, 4])
    #expect(RunViews.spreadIndices(count: 12) == Array(0..<12))
    #expect(RunViews.spreadIndices(count: 111) == Array(stride(from: 0, through: 110, by: 10)))
    for count in 13...200 {
      let indices = RunViews.spreadIndices(count: count)
      #expect(indices.first == 0 && indices.last == count - 1 && Set(indices).count == 12)
    }
  }

  @Test func averagesEqualTokens() {
    func run(_ batch: Int, _ losses: [Double?]) -> [MetricsRecord] {
      losses.enumerated().map { index, loss in
        MetricsRecord(
          step: index + 1, tokens: (index + 1) * batch, loss: loss, crossEntropy: loss, zLoss: 0,
          learningRate: 0, gradientNorm: 0, tokensPerSecond: 1, seconds: 1, residentBytes: 1)
      }
    }
    // Steps of 10 and of 20 tokens; 20 to 80 are common; four steps of the second make four rows.
    let rows = RunViews.equalTokenRows(
      run(10, [9, 8, 7, 6, 5, nil, 3, 2]), run(20, [7, 5, 5, 1, 0]))
    #expect(rows.map(\.tokens) == [34, 49, 64, 80])
    #expect(rows.map(\.first) == [7.5, 6, 5, 2.5])
    #expect(rows.map(\.second) == [7, 5, 5, 1])
    #expect(rows.map(\.difference) == [-0.5, -1, 0, -1.5])
    #expect(RunViews.equalTokenRows(run(10, [1, 2]), run(100, [1])) == [])
    // Counts that a double rounds up to 2⁶³ must not trap.
    var huge = run(1, [1, 2])
    huge[0].tokens = .max - 5
    huge[1].tokens = .max
    #expect(RunViews.equalTokenRows(huge, huge).map(\.tokens) == [.max, .max])
  }

  @Test func hidesOnlyASteepStart() {
    func plot(_ value: (Double) -> Double) -> CurvePlot {
      let points = (0..<1_000).map { CurvePlot.Point(x: Double($0), y: value(Double($0))) }
      var plot = CurvePlot(title: "t", horizontalTitle: "x", series: [.init("a", points: points)])
      RunViews.hideStart(of: &plot)
      return plot
    }
    #expect(plot { 10 - $0 / 200 }.verticalLimit == nil)
    let steep = plot { $0 < 40 ? 11 - $0 / 5 : 3 - $0 / 1_000 }
    #expect(abs((steep.verticalLimit ?? 0) - 2.93) < 0.02)
    #expect(steep.title.hasPrefix("t (above 2.9"))
    #expect(plot { _ in 1 }.verticalLimit == nil)
  }
}
