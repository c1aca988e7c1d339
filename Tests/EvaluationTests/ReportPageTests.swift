import Foundation
import TestSupport
import Testing

@testable import Evaluation

@Suite struct ReportPageTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// Two runs, one of them at three steps, with everything that a page can show, and hostile names.
  private func report() throws -> ScoreReport {
    let files = try [100, 200, 300].map { step in
      try SampleResults.file(
        SampleResults.zeroShot(0.3 + 0.0005 * Double(step)) + SampleResults.group(shots: 5)
          + [
            SampleResults.generation, SampleResults.novels(bitsPerByte: 3 - 0.005 * Double(step)),
          ],
        name: "books", step: step, tokens: step * 1_000_000, parameterCount: 271_527_168)
    }
    let hostile = try SampleResults.file(
      SampleResults.zeroShot(0.45), name: "<script>alert(1)</script>&\"'\u{202E}\u{0}")
    return ScoreReport(files + [hostile])
  }

  @Test func everyTextIsEscaped() throws {
    let html = ReportPage(try report()).html
    #expect(!html.contains("<script"))
    #expect(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;&amp;&quot;&#39;\u{FFFD}\u{FFFD}"))
    for bad in ["\u{202E}", "\u{0}", "http://", "https://", "url(", "@import", "src="] {
      #expect(!html.contains(bad), "\(bad)")
    }
  }

  @Test func theSameFilesGiveTheSamePage() throws {
    #expect(ReportPage(try report()).html == ReportPage(try report()).html)
  }

  @Test func figuresStandInTheTable() throws {
    let html = ReportPage(try report()).html
    #expect(html.contains("<strong title=\"best of these runs\">0.4500</strong>"))
    #expect(html.contains("<span class=\"error-figure\">± 0.0100</span>"))
    #expect(html.contains("published, OpenELM"))
    #expect(html.contains("exact_match,flexible-extract"))
    #expect(html.components(separatedBy: "<polyline").count - 1 == 11)
  }

  @Test func aFileWithoutFiguresIsAPageStill() throws {
    let html = ReportPage(ScoreReport([try SampleResults.file([])])).html
    #expect(html.contains("<tbody>") && !html.contains("<svg viewBox=\"0 0 1120"))
    let infinite = ReportPage(
      ScoreReport([try SampleResults.file([SampleResults.novels(bitsPerByte: .infinity)])])
    ).html
    #expect(infinite.contains("inf"))
  }

  private static let hasBrowser: Bool = ["chromium", "google-chrome"].contains { name in
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains {
      FileManager.default.isExecutableFile(atPath: "\($0)/\(name)")
    }
  }

  /// Lets the script open a page in the browser, and returns its status with what it says.
  private func check(_ path: String, expecting texts: [String]) throws -> (Int32, String) {
    let folder = try TemporaryFolder()
    let log = try folder.write("", to: "check.log")
    let handle = FileHandle(forWritingAtPath: log)
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments =
      ["python3", Self.root.appendingPathComponent("Tests/Interop/check_page.py").path, path]
      + texts.flatMap { ["--expect", $0] }
    process.standardOutput = handle
    process.standardError = handle
    try process.run()
    process.waitUntilExit()
    return (process.terminationStatus, try String(contentsOfFile: log, encoding: .utf8))
  }

  @Test(.enabled(if: hasBrowser, "chromium is not installed"), .timeLimit(.minutes(5)))
  func aBrowserShowsThePage() throws {
    let folder = try TemporaryFolder()
    try ReportPage(try report()).write(to: folder("made/report.html"))
    let (status, log) = try check(
      folder("made/report.html"),
      expecting: [
        "Evaluation of books, <script>alert(1)</script>", "step 300", "300M tokens",
        "average of seven",
        "OpenELM-270M, published", "0.4500 ± 0.0100", "Over the training of books", "anatomy",
        "Which of acc and acc_norm",
      ])
    #expect(status == 0, "\(log)")
  }

  /// The check itself can fail: a page that loads, runs, and shows nothing.
  @Test(.enabled(if: hasBrowser, "chromium is not installed"), .timeLimit(.minutes(5)))
  func aBrowserFindsABadPage() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(
      """
      <!DOCTYPE html><title>x</title><body><img src="missing.png"><script>nothing()</script></body>
      """, to: "bad.html")
    let (status, log) = try check(path, expecting: ["Scores"])
    #expect(status == 1)
    for fault in ["console:", "blank", "lacks 'Scores'", "loads or runs"] {
      #expect(log.contains(fault), "\(log)")
    }
  }
}
