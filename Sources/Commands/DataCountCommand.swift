import ArgumentParser
import Experiments
import Foundation
import Terminal
import Tokenization

struct DataCountCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "count",
    abstract: "Read a corpus once, as a run would, and count what comes of it.",
    discussion: """
      Documents, text, tokens, rows, and what filters drop, for each source.

      EXAMPLES
        samara data count --corpus books.jsonl.zst --tokenizer tokenizer.model
        samara data count --corpus 'web/*.parquet' --text-field content --tokenizer t.model \\
          --packing best-fit --drop duplicates near-duplicates
      """)

  @OptionGroup var data: DataArguments

  @OptionGroup var reading: ReadingArguments

  @Option(help: "A tokenizer's file.")
  var tokenizer: String

  @Option(parsing: .unconditional, help: "Tokens of a row; the recipe's if left out.")
  var sequence: Int?

  @Option(parsing: .unconditional, help: "Threads that read and tokenize; 0 for none beside.")
  var readers = ProcessInfo.processInfo.activeProcessorCount

  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    guard (0...64).contains(readers) else {
      throw ValidationError("--readers is \(readers), expected 0 to 64")
    }
    if let sequence, !(1...(1 << 24)).contains(sequence) {
      throw ValidationError("--sequence is \(sequence), expected 1 to \(1 << 24)")
    }
  }

  func run() async throws {
    let recipe = try data.resolvedRecipe(reading)
    let listed = try data.listedSources(recipe)
    let loaded = try TokenizerFile.load(tokenizer)
    let line = ProgressLine(label: "documents", total: nil)
    let count = try CorpusCount.run(
      listed, in: data.workspace.corpusStorage, reading: recipe.reading,
      sequenceLength: sequence ?? recipe.batching.sequenceLength, tokenizer: loaded,
      readers: readers
    ) { counts in
      line.update(
        completed: counts.documentsRead,
        details: [
          Format.bytes(counts.textBytesRead), "\(Format.grouped(counts.tokensRead)) tokens",
        ])
    }
    line.finish()
    if json {
      print(String(decoding: try count.json(), as: UTF8.self), terminator: "")
    } else {
      let view = CorpusCountView(count, terminal: TerminalCapabilities(of: .output))
      print(view.text, terminator: "")
    }
  }
}
