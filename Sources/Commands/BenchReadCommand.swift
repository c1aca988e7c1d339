import ArgumentParser
import Experiments
import Foundation
import Terminal
import Tokenization

struct BenchReadCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "read",
    abstract: "Time the way from a corpus's files to text, and on to rows of tokens.",
    discussion: """
      One thread; figures are medians of three passes. With a tokenizer the whole way is timed too: \
      read, unwrap, filter, tokenize, pack. Hold it against what training takes.

      EXAMPLES
        samara bench read --corpus books.jsonl.zst
        samara bench read --corpus web.parquet --text-field content --tokenizer t.model --json
      """)

  @OptionGroup var corpus: CorpusArguments

  @OptionGroup var reading: ReadingArguments

  @Option(help: "A tokenizer's file, to time the whole way to rows.")
  var tokenizer: String?

  @Option(parsing: .unconditional, help: "Megabytes of text a pass; all if left out.")
  var megabytes: Int?

  @Option(
    parsing: .unconditional,
    help: "Tokens a second that training takes, to be held against the whole way.")
  var training: Double?

  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    if corpus.corpus.isEmpty { throw ValidationError("name files with --corpus") }
    if let training, tokenizer == nil || !(training > 0) {
      throw ValidationError("--training is \(training), expected above 0 and with --tokenizer")
    }
    if let megabytes, !(1...(1 << 20)).contains(megabytes) {
      throw ValidationError("--megabytes is \(megabytes), expected 1 to \(1 << 20)")
    }
  }

  func run() async throws {
    var overrides = RecipeOverrides()
    corpus.apply(to: &overrides)
    reading.apply(to: &overrides)
    let recipe = overrides.applied(to: try Program.recipes.recipe(named: "openelm-12m"))
    let storage = corpus.workspace.corpusStorage
    let benchmark = ReadingBenchmark(
      try ListedSource(TextSource(addresses: corpus.corpus), in: storage), in: storage,
      reading: recipe.reading, textByteLimit: megabytes.map { $0 << 20 } ?? .max)
    let figures = try benchmark.run(
      tokenizer: tokenizer.map { try TokenizerFile.load($0) },
      trainingTokensPerSecond: training)
    if json {
      print(String(decoding: try figures.json(), as: UTF8.self), terminator: "")
      return
    }
    var facts = [
      ("files", "\(Format.grouped(figures.files)) of \(Format.bytes(figures.fileBytes))"),
      (
        "text",
        "\(Format.grouped(figures.text.documents)) documents of "
          + "\(Format.bytes(figures.text.bytes)) in \(Format.seconds(figures.text.seconds)): "
          + "\(Format.bytes(Int(figures.text.bytesPerSecond)))/s"
      ),
    ]
    if let tokens = figures.pipelineTokensPerSecond,
      let bytes = figures.pipelineTextBytesPerSecond
    {
      facts.append(
        ("rows", "\(Format.grouped(tokens)) tokens/s, \(Format.bytes(Int(bytes)))/s of text"))
      if let training = figures.trainingTokensPerSecond, training > 0 {
        facts.append(
          ("training", "\(Format.grouped(tokens / training)) times what a step takes"))
      }
    }
    print(
      BenchmarkText.pairs(facts, for: TerminalCapabilities(of: .output)), terminator: "")
  }
}
