import ArgumentParser
import Experiments
import Foundation
import Layers
import Terminal

struct BenchCompareCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Train the same model here and in a peer, in turn, and compare.",
    discussion: """
      Each run is a fresh process: this program, the peer, this program, the peer. A ratio is taken \
      within a round, so that a machine that slows down slows both. OPENBLAS_CORETYPE and \
      OPENBLAS_L2_SIZE are removed from the environment. A peer that cannot run is told of, and \
      this program's figures stand alone.

      EXAMPLES
        samara bench compare
        samara bench compare --recipe openelm-12m --precision fp32 --rounds 5
        samara bench compare --peer-python venv/bin/python --peer-script peer.py --json
      """)

  /// Both precisions, or one.
  enum Choice: String, ExpressibleByArgument, CaseIterable {
    case float32 = "fp32"
    case bfloat16 = "bf16"
    case both

    var precisions: [Precision] {
      switch self {
      case .float32: [.float32]
      case .bfloat16: [.bfloat16]
      case .both: [.float32, .bfloat16]
      }
    }
  }

  @OptionGroup var recipe: BenchmarkedRecipe

  @Option(help: "What products are made of; all that this build can if left out.")
  var precision: Choice?

  @Option(parsing: .unconditional, help: "How often each program runs.")
  var rounds = 2

  @Option(parsing: .unconditional, help: "Steps of a run, the one that warms up included.")
  var steps = 4

  @Option(help: "The Python that the peer needs; `make peer` makes this one.")
  var peerPython = ".peer/bin/python"

  @Option(help: "The peer's script.")
  var peerScript = "Benchmarks/torch_openelm.py"

  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    guard rounds >= 1 else {
      throw ValidationError("--rounds is \(rounds), expected 1 or more")
    }
  }

  func run() async throws {
    let resolved = try recipe.resolved().forBenchmark(
      batch: recipe.batch, sequenceLength: recipe.sequence)
    let possible = Precision.allCases.filter { precision in
      ProductEngine.all.contains { $0.precision == precision }
    }
    for precision in precision?.precisions ?? [] { _ = try ProductEngine.inUse(for: precision) }
    let comparison = try PeerComparison(
      resolved,
      settings: .init(
        batch: resolved.batching.sequencesPerPass, sequence: resolved.batching.sequenceLength,
        precisions: precision?.precisions ?? possible, rounds: rounds, steps: steps),
      program: Bundle.main.executablePath ?? CommandLine.arguments[0], python: peerPython,
      script: peerScript)
    let figures: ComparisonFigures
    do throws(BenchmarkError) {
      figures = try comparison.run()
    } catch {
      guard case .interrupted(let signal) = error else { throw error }
      throw ExitCode(128 + signal)
    }
    if json {
      print(String(decoding: try figures.json(), as: UTF8.self), terminator: "")
    } else {
      let view = ComparisonView(figures, terminal: TerminalCapabilities(of: .output))
      print(view.text, terminator: "")
    }
  }
}
