import ArgumentParser
import Experiments
import Foundation
import Layers
import Terminal
import Tokenization

struct BenchEvaluateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Time the evaluation of tasks, alone or in turn with a peer.",
    discussion: """
      The weights are random. Reading the documents, making prompts and tokenizing them count; \
      making the model does not. With --peer, each run is a fresh process: this program, the peer, \
      this program, the peer. The peer is any command that answers with a line of JSON that has \
      `documents_per_s`; a ratio is taken within a round.

      EXAMPLES
        samara bench evaluate --tokenizer t.model --data benchmarks --type bf16
        samara bench evaluate --tokenizer t.model --data benchmarks --tasks piqa
        samara bench evaluate --tokenizer t.model --data d --peer "python peer.py"
      """)

  @Option(help: "The recipe whose model is evaluated; `samara recipes` lists them.")
  var recipe = "openelm-270m"

  @Option(help: "A tokenizer's file, or a folder with one.")
  var tokenizer: String

  @Option(help: "Names of tasks, or openelm-zero-shot for its seven, separated by commas.")
  var tasks = "openelm-zero-shot"

  @Option(help: "The folder of the tasks' documents.")
  var data: String

  @Option(parsing: .unconditional, help: "Documents a task, from the first; all if left out.")
  var limit: Int?

  @Option(help: "What products are made of.")
  var type: Precision = .float32

  @Option(parsing: .unconditional, help: "Tokens given to the model at once.")
  var batchTokens = 4_096

  @OptionGroup var threads: BenchmarkThreads

  @Option(help: "A command to run in turn.")
  var peer: String?

  @Option(parsing: .unconditional, help: "How often each program runs if there is a peer.")
  var rounds = 2

  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    for (name, value) in [
      ("--limit", limit ?? 1), ("--batch-tokens", batchTokens), ("--rounds", rounds),
    ]
    where value < 1 {
      throw ValidationError("\(name) is \(value), expected 1 or more")
    }
  }

  func run() async throws {
    let benchmark = try EvaluationBenchmark(
      Program.recipes.recipe(named: recipe), tokenizer: TokenizerFile.load(tokenizer),
      settings: .init(
        tasks: tasks.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) },
        dataDirectory: data, limit: limit, precision: type, tokensPerBatch: batchTokens,
        threads: threads.count))
    let terminal = TerminalCapabilities(of: .output)
    guard let peer else {
      let figures = try benchmark.run()
      show(try figures.json(), EvaluationFiguresView(figures, terminal: terminal).text)
      return
    }
    let comparison = EvaluationComparison(
      program: Bundle.main.executablePath ?? CommandLine.arguments[0], arguments: arguments,
      peer: peer, rounds: rounds)
    let figures: EvaluationComparisonFigures
    do throws(BenchmarkError) {
      figures = try comparison.run()
    } catch {
      guard case .interrupted(let signal) = error else { throw error }
      throw ExitCode(128 + signal)
    }
    show(try figures.json(), EvaluationFiguresView(figures.last, figures, terminal: terminal).text)
  }

  /// This command again, for a process of its own.
  private var arguments: [String] {
    [
      "bench", "evaluate", "--json", "--recipe", recipe, "--tokenizer", tokenizer, "--tasks", tasks,
      "--data", data, "--type", type.rawValue, "--batch-tokens", "\(batchTokens)",
      "--threads", "\(threads.count)",
    ] + (limit.map { ["--limit", "\($0)"] } ?? [])
  }

  private func show(_ object: Data, _ text: String) {
    print(json ? String(decoding: object, as: UTF8.self) : text, terminator: "")
  }
}
