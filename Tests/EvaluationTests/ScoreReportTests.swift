import Foundation
import Terminal
import Testing

@testable import Evaluation

@Suite struct ScoreReportTests {
  @Test func aTableForATerminal() throws {
    let report = ScoreReport([
      try SampleResults.file(Array(SampleResults.zeroShot(0.4).prefix(2)), name: "one"),
      try SampleResults.file(Array(SampleResults.zeroShot(0.5).prefix(1)), name: "two"),
    ])
    let text = report.rendered(for: TerminalCapabilities(width: 140))
    #expect(
      text.hasPrefix(
        """
        task           metric    documents  chance              one                two  OpenELM-270M  OpenELM-450M  OpenELM-1.1B  OpenELM-3B
        ─────────────  ────────  ─────────  ──────  ───────────────  ─────────────────  ────────────  ────────────  ────────────  ──────────
        arc_challenge  acc            1000  0.2500  0.4000 ± 0.0100  * 0.5000 ± 0.0100        0.2645        0.2756        0.3234      0.3558
                       acc_norm       1000  0.2500  0.4100 ± 0.0100  * 0.5100 ± 0.0100        0.2645        0.2756        0.3234      0.3558
        arc_easy       acc            1000  0.2500  0.4000 ± 0.0100                  –        0.4508        0.4806        0.5543      0.5989
                       acc_norm       1000  0.2500  0.4100 ± 0.0100                  –        0.4508        0.4806        0.5543      0.5989

        """), "\(text)")
    #expect(text.contains("Which of acc and acc_norm"))
    #expect(text.contains("arXiv:2404.14619"))
  }

  @Test(arguments: [40, 60, 80, 100])
  func narrowTerminalsGetSeveralTables(width: Int) throws {
    let files = try (1...4).map {
      try SampleResults.file(
        SampleResults.zeroShot(0.1 * Double($0)), name: "a run of a long name", step: $0 * 100)
    }
    let text = ScoreReport(files).rendered(for: TerminalCapabilities(width: width))
    for line in text.split(separator: "\n") {
      #expect(DisplayWidth.of(String(line)) <= max(40, width), "\(line)")
    }
    // No column of figures is lost.
    for model in PublishedScores.openELM { #expect(text.contains(model.model)) }
    #expect(
      text.replacingOccurrences(of: "\n", with: " ").contains("a run of a long name @400"))
  }

  @Test func stepsOfARunAreACurve() throws {
    let files = try [300, 100, 200].map {
      try SampleResults.file(
        SampleResults.zeroShot(0.001 * Double($0)), step: $0, tokens: $0 * 1_000)
    }
    let report = ScoreReport(files)
    #expect(report.files.map(\.model.step) == [100, 200, 300])
    #expect(report.runs == [0, 0, 0])
    let curves = report.curves
    #expect(curves.count == 8)
    #expect(curves[0].axis == .tokens)
    #expect(curves[0].metric == "acc_norm")
    #expect(curves[0].points.map(\.position) == [100_000, 200_000, 300_000])
    #expect(abs(curves[0].points[2].value - 0.31) < 1e-12)
    // Nothing tells the size, so the nearest score is compared with.
    #expect(curves[0].reference?.model == "OpenELM-1.1B")
    #expect(report.rendered(for: .init()).contains("OpenELM-1.1B, published"))
  }

  @Test func theSizeChoosesThePublishedModel() throws {
    let files = try [100, 200].map {
      try SampleResults.file(
        SampleResults.zeroShot(0.3), step: $0, parameterCount: 271_527_168)
    }
    let curve = try #require(ScoreReport(files).curves.first)
    #expect(curve.axis == .steps)
    #expect(curve.reference?.model == "OpenELM-270M")
  }

  @Test func twoFilesOfOneStepAreNoCurve() throws {
    let files = try ["a/x.json", "a/y.json"].map {
      try SampleResults.file(SampleResults.zeroShot(0.3), step: 100, path: $0)
    }
    let report = ScoreReport(files)
    #expect(report.curves.isEmpty)
    #expect(report.titles == ["books @100 (x.json)", "books @100 (y.json)"])
    #expect(report.runs == [0, 1])
  }

  @Test func anASCIITerminalGetsASCII() throws {
    let files = try [100, 200].map {
      try SampleResults.file(SampleResults.zeroShot(0.001 * Double($0)), step: $0)
    }
    let text = ScoreReport(files).rendered(
      for: TerminalCapabilities(width: 80, usesUnicode: false))
    #expect(text.unicodeScalars.allSatisfy { $0.isASCII }, "\(text)")
  }

  @Test func namesCannotReachTheTerminal() throws {
    let file = try SampleResults.file(SampleResults.arcAndNovels, name: "a\u{1B}[31m\u{202E}b")
    let text = ScoreReport([file]).rendered(for: .init())
    #expect(!text.contains("\u{1B}") && !text.contains("\u{202E}"))
  }
}
