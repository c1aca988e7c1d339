import ArgumentParser
import Experiments
import Foundation
import Kernels
import Layers
import Terminal

struct BenchMatmulCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "matmul",
    abstract: "Time the matrix products of a recipe's training step alone.",
    discussion: """
      Every projection forward, for its input's gradient and for its weight's gradient, at the \
      widths of the first, a middle and the last layer. The column "times" says how many products of \
      a step each stands for, and the total counts it as often. What is reached here bounds what a \
      training step can reach.

      EXAMPLES
        samara bench matmul
        samara bench matmul --recipe openelm-12m --batch 16
      """)

  @OptionGroup var recipe: BenchmarkedRecipe

  @Option(help: "Only engines that multiply these; all engines if left out.")
  var precision: Precision?

  @OptionGroup var threads: BenchmarkThreads

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() async throws {
    let resolved = try recipe.resolved().forBenchmark(
      batch: recipe.batch, sequenceLength: recipe.sequence)
    let benchmark = try ProductBenchmark(resolved)
    if let precision { _ = try ProductEngine.inUse(for: precision) }
    let engines = ProductEngine.all.filter { precision == nil || $0.precision == precision }
    ThreadPool.configure(threadCount: threads.count)
    let report = ProductReport(resolved, engines.map(benchmark.run))
    if json {
      print(String(decoding: try report.json(), as: UTF8.self), terminator: "")
    } else {
      let view = ProductReportView(report, terminal: TerminalCapabilities(of: .output))
      print(view.text, terminator: "")
    }
  }
}
