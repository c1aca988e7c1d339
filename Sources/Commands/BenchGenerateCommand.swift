import ArgumentParser
import Experiments
import Foundation
import Kernels
import Terminal

struct BenchGenerateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Time reading prompts and writing tokens, alone or in turn with a peer.",
    discussion: """
      A recipe's model has drawn weights, made in the type that is asked for; a model's are its \
      own. A prompt of random tokens is read at once, then random tokens are taken in one by one. \
      Writing is bound by the bytes it reads: all weights, and the keys and values so far. They are \
      shown beside what plain reading reaches on the same threads.

      With --peer-python and --peer-script each run is a fresh process: this program, the peer, \
      this program, the peer, on one file; a ratio is taken within a round.

      EXAMPLES
        samara bench generate --recipe openelm-270m --type bf16
        samara bench generate --recipe openelm-1.1b --type q4_0 --new 64 --json
        samara bench generate --model OpenELM-270M --type q8_0 --batch 8
        samara bench generate --model model.gguf --rounds 3 \\
          --peer-python venv/bin/python --peer-script Benchmarks/llama_cpp.py
      """)

  @Option(help: "A run's name, or the path of a checkpoint, a folder or a file.")
  var model: String?

  @Option(help: "The recipe whose model is given drawn weights; openelm-270m if left out.")
  var recipe: String?

  @Option(parsing: .unconditional, help: "Tokens of the prompt.")
  var prompt = 512

  @Option(parsing: .unconditional, help: "Tokens behind it.")
  var new = 128

  @Option(help: "What weights are kept in; the model's own type or bf16 if left out.")
  var type: WritingType?

  @Option(parsing: .unconditional, help: "Texts that are written at once.")
  var batch = 1

  @Option(name: .customLong("repeat"), parsing: .unconditional, help: "How often it is measured.")
  var repeats = 3

  @OptionGroup var threads: BenchmarkThreads

  @Option(help: "The Python that the peer needs.")
  var peerPython: String?

  @Option(help: "The peer's script, which reads the same model file.")
  var peerScript: String?

  @Option(parsing: .unconditional, help: "How often each program runs if there is a peer.")
  var rounds = 3

  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    for (name, value, least) in [
      ("--prompt", prompt, 1), ("--new", new, 0), ("--batch", batch, 1), ("--repeat", repeats, 1),
      ("--rounds", rounds, 1),
    ] where value < least {
      throw ValidationError("\(name) is \(value), expected \(least) or more")
    }
    guard batch <= 1_024 else {
      throw ValidationError("--batch is \(batch), expected 1,024 or fewer")
    }
    if model != nil, recipe != nil {
      throw ValidationError("--model and --recipe both say what is timed; give one of them")
    }
    guard (peerPython == nil) == (peerScript == nil) else {
      throw ValidationError("--peer-python and --peer-script belong together; give both")
    }
    if peerScript != nil, model == nil {
      throw ValidationError("a peer reads the same file: give its path with --model")
    }
  }

  func run() async throws {
    let terminal = TerminalCapabilities(of: .output)
    guard let peerPython, let peerScript, let model else {
      let figures = try benchmark().run()
      show(try figures.json(), GenerationFiguresView(figures, terminal: terminal).text)
      return
    }
    let comparison = GenerationComparison(
      program: Bundle.main.executablePath ?? CommandLine.arguments[0], arguments: arguments(model),
      python: peerPython, script: peerScript, model: model, settings: settings, rounds: rounds)
    let figures: GenerationComparisonFigures
    do throws(BenchmarkError) {
      figures = try comparison.run()
    } catch {
      guard case .interrupted(let signal) = error else { throw error }
      throw ExitCode(128 + signal)
    }
    show(
      try figures.json(), GenerationFiguresView(figures.last, figures, terminal: terminal).text)
  }

  private var settings: GenerationBenchmark.Settings {
    .init(prompt: prompt, new: new, batch: batch, repeats: repeats, threads: threads.count)
  }

  private func benchmark() throws -> GenerationBenchmark {
    guard let model else {
      return try GenerationBenchmark(
        Program.recipes.recipe(named: recipe ?? "openelm-270m"), type: type?.format ?? .bfloat16,
        settings: settings)
    }
    return try GenerationBenchmark(
      ModelLocator.contents(named: model, recipes: Program.recipes, in: Workspace()),
      type: type?.format,
      settings: settings)
  }

  /// This command again, for a process of its own.
  private func arguments(_ model: String) -> [String] {
    [
      "bench", "generate", "--json", "--model", model, "--prompt", "\(prompt)", "--new", "\(new)",
      "--batch", "\(batch)", "--repeat", "\(repeats)", "--threads", "\(threads.count)",
    ] + (type.map { ["--type", $0.format.rawValue] } ?? [])
  }

  private func show(_ object: Data, _ text: String) {
    print(json ? String(decoding: object, as: UTF8.self) : text, terminator: "")
  }
}
