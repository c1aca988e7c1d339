import ArgumentParser
import Evaluation
import Experiments
import Terminal

struct ReportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Show results side by side, beside chance and the published scores.",
    discussion: """
      RESULTS are files that `samara evaluate --output` or lm-evaluation-harness wrote. Several \
      steps of one run become a curve. The page of --html is one file that loads nothing.

      EXAMPLES
        samara report results.json
        samara report mine.json harness.json --html report.html
        samara report results/step-*.json --html curve.html
      """)

  @Argument(help: "Files of results.")
  var results: [String]

  @Option(help: "Where to write the report as a page.")
  var html: String?

  func validate() throws {
    if let html, results.contains(html) {
      throw ValidationError("--html would overwrite \(html), which is read; name another file")
    }
  }

  func run() async throws {
    if let html { try EvaluationFiles.prepare(html) }
    let report = ScoreReport(try results.map { try EvaluationResultsFile(path: $0) })
    print(report.rendered(for: TerminalCapabilities(of: .output)), terminator: "")
    if let html {
      try ReportPage(report).write(to: html)
      ProgressLine.writeToStandardError("The page is in \(html)\n")
    }
  }
}
