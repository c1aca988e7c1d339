import ArgumentParser
import Experiments
import Foundation
import Terminal
import Tokenization

struct DataInspectCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "What the documents of a corpus look like, and what filters leave of them.",
    discussion: """
      Reads the first documents of each source: how many, how long, in which scripts. With a \
      tokenizer also tokens a document, and what the recipe's filters would drop.

      EXAMPLES
        samara data inspect --corpus books.jsonl.zst
        samara data inspect openelm-270m --source refinedweb --files 1 --tokenizer tokenizer.model
        samara data inspect --corpus a.jsonl --tokenizer t.model --drop duplicates repetitions
      """)

  @OptionGroup var data: DataArguments

  @OptionGroup var reading: ReadingArguments

  @Option(help: "A tokenizer's file.")
  var tokenizer: String?

  @Option(parsing: .unconditional, help: "Documents of each source.")
  var documents = 10_000

  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    if documents < 1 { throw ValidationError("--documents is \(documents), expected 1 or more") }
  }

  func run() async throws {
    let recipe = try data.resolvedRecipe(reading)
    let listed = try data.listedSources(recipe)
    let loaded = try tokenizer.map { try TokenizerFile.load($0) }
    let storage = data.workspace.corpusStorage
    let line = ProgressLine(label: "documents", total: documents * listed.count)
    var inspections: [CorpusInspection] = []
    for (index, source) in listed.enumerated() {
      inspections.append(
        try CorpusInspection.run(
          source, in: storage, reading: recipe.reading, tokenizer: loaded,
          documentLimit: documents
        ) { line.update(completed: index * documents + $0, details: [source.source.name]) })
    }
    line.finish()
    let filtered = try loaded.map {
      try CorpusCount.run(
        listed, in: storage, reading: recipe.reading,
        sequenceLength: recipe.batching.sequenceLength, tokenizer: $0, readers: 2,
        documentLimit: documents * listed.count)
    }
    if json {
      let report = CorpusReport(sources: inspections, filtered: filtered)
      print(String(decoding: try report.json(), as: UTF8.self), terminator: "")
      return
    }
    let terminal = TerminalCapabilities(of: .output)
    for inspection in inspections {
      print(CorpusInspectionView(inspection, terminal: terminal).text)
    }
    if let filtered {
      print("the recipe's filters, on the first documents\n")
      print(CorpusCountView(filtered, terminal: terminal).text, terminator: "")
    }
  }
}
