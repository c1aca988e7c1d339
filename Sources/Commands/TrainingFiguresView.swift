import Experiments
import Foundation
import Layers
import Terminal

/// A training benchmark for people: the figures, then where the time of a step goes.
struct TrainingFiguresView {
  let figures: TrainingFigures
  let terminal: TerminalCapabilities

  /// The dearest operation's bar, where there is room for it.
  private static let widestBar = 24
  /// What stands between the names and the bars.
  private static let figureWidth = 37

  init(_ figures: TrainingFigures, terminal: TerminalCapabilities) {
    self.figures = figures
    self.terminal = terminal
  }

  var text: String { title + "\n" + summary + "\n" + operations }

  private var title: String {
    let step = BenchmarkText.step(
      batch: figures.batch, sequence: figures.sequence, for: terminal)
    let parameters = Format.abbreviated(Double(figures.parameters))
    let name = TextStyle.bold.applied(to: figures.recipe, on: terminal)
    return "\(name): \(parameters) parameters, \(step) a step, \(figures.precision.rawValue)"
      + "\(recomputation)\n\(figures.processor), \(BenchmarkText.threads(figures.threads)), "
      + "\(figures.engine) (\(figures.kernels))\n"
  }

  private var recomputation: String {
    switch figures.recompute {
    case .none: ""
    case .layers(let count): ", \(count) layers recomputed"
    case .allLayers: ", every layer recomputed"
    }
  }

  private var summary: String {
    let arrow = terminal.usesUnicode ? "→" : "->"
    let losses = figures.losses.map { loss in
      loss.map { Format.decimal($0, places: 3) } ?? "not finite"
    }
    return BenchmarkText.pairs(
      [
        ("speed", "\(BenchmarkText.rate(figures.tokensPerSecond)) tokens/s"),
        ("step", "\(Format.seconds(figures.stepSeconds)), the median of \(spread)"),
        ("model", "\(BenchmarkText.gflops(figures.achievedGflops)) Gflop/s over the whole step"),
        ("products", "\(BenchmarkText.gflops(figures.matmulGflops)) Gflop/s alone"),
        ("efficiency", efficiency),
        (
          "memory",
          "\(Format.bytes(figures.peakResidentBytes)) at the peak, "
            + "\(Format.bytes(figures.predictedPeakBytes)) planned"
        ),
        ("loss", [losses.first, losses.last].compactMap { $0 }.joined(separator: " \(arrow) ")),
      ], for: terminal)
  }

  /// No step is faster than its products, unless something else slowed those down.
  private var efficiency: String {
    Format.percent(figures.efficiency, places: 1)
      + (figures.efficiency > 1 ? ": more than can be; measure on a machine that is quiet" : "")
  }

  private var spread: String {
    let steps = figures.timedSteps
    guard steps.count > 1, let least = steps.min(), let greatest = steps.max() else {
      return "1 step"
    }
    return "\(steps.count) steps of \(Format.seconds(least)) to \(Format.seconds(greatest))"
  }

  private var operations: String {
    var table = TextTable(columns: [
      .init("operation", alignment: .leading), .init("calls", dropRank: 1),
      .init("time"), .init("Gflop/s", dropRank: 2), .init("share"),
      .init("", alignment: .leading, dropRank: 0, style: .cyan),
    ])
    let names = figures.operations.map { DisplayWidth.of($0.name) }.max() ?? 0
    let room = max(1, terminal.width - names - Self.figureWidth)
    let most = figures.operations.map(\.share).max() ?? 1
    for operation in figures.operations {
      table.append([
        operation.name, Format.decimal(operation.calls, places: operation.calls < 1 ? 1 : 0),
        Format.seconds(operation.seconds),
        operation.gflops.map(BenchmarkText.gflops) ?? "",
        Format.percent(operation.share, places: 1),
        BenchmarkText.bar(operation.share / most, width: min(Self.widestBar, room), for: terminal),
      ])
    }
    return table.rendered(for: terminal)
  }
}
