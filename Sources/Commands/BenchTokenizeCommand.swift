import ArgumentParser
import Corpora
import Experiments
import Foundation
import Terminal
import Tokenization

struct BenchTokenizeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokenize",
    abstract: "Time a tokenizer on a corpus and on hostile texts.",
    discussion: """
      The corpus's first documents, cut at 4,096 characters, are encoded on one thread and on all \
      of them; figures are medians of three passes. Then texts made to slow a tokenizer down are \
      encoded at a quarter of a million bytes and at a million: time that grows as n log n grows \
      4.4-fold, and quadratic time 16-fold.

      EXAMPLES
        samara bench tokenize --tokenizer tokenizer.model --corpus novels.jsonl.zst
        samara bench tokenize --tokenizer a.model --corpus a.txt --megabytes 64 --json
      """)

  @Option(help: "A tokenizer's file.")
  var tokenizer: String

  @Option(
    parsing: .upToNextOption,
    help: "Files: paths, patterns and addresses of text, JSON lines, Parquet.")
  var corpus: [String]

  @Option(help: "The field of a JSON line that holds the text.")
  var textField = "text"

  @Option(parsing: .unconditional, help: "How many megabytes of the corpus are encoded.")
  var megabytes = 16

  @OptionGroup var threads: BenchmarkThreads

  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    guard (1...65_536).contains(megabytes) else {
      throw ValidationError("--megabytes is \(megabytes), expected 1 to 65536")
    }
  }

  func run() async throws {
    let loaded = try TokenizerFile.load(tokenizer)
    let benchmark = try TokenizationBenchmark(
      loaded, path: tokenizer,
      source: FileDocumentSource(files: corpus, textField: textField),
      byteLimit: megabytes << 20, threadCount: threads.count)
    let progress = ProgressLine(label: "measured", total: nil)
    let figures = benchmark.run { completed, _ in progress.update(completed: completed) }
    progress.finish()
    if json {
      print(String(decoding: try figures.json(), as: UTF8.self), terminator: "")
    } else {
      let view = TokenizationFiguresView(figures, terminal: TerminalCapabilities(of: .output))
      print(view.text, terminator: "")
    }
  }
}
