import ArgumentParser
import Corpora
import Experiments
import Foundation
import Terminal

struct DataCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data",
    abstract: "Look at corpora, fetch them and benchmarks, count tokens.",
    discussion: """
      A corpus is a recipe's, or is named with --corpus. Addresses may be https://, s3:// and \
      hf://datasets/ ones; HF_TOKEN, AWS_ACCESS_KEY_ID and the like are honoured.

      EXAMPLES
        samara data list openelm-270m
        samara data fetch openelm-270m --source dolma-wiki
        samara data fetch --tasks openelm-zero-shot
        samara data inspect --corpus books.jsonl.zst --tokenizer tokenizer.model
        samara data count --corpus 'web/*.parquet' --text-field content --tokenizer tokenizer.model
      """,
    subcommands: [
      DataListCommand.self, DataFetchCommand.self, DataInspectCommand.self,
      DataCountCommand.self,
    ])
}

/// Which corpus a command is about.
struct DataArguments: ParsableArguments {
  @Argument(help: "A recipe whose corpus is meant; left out with --corpus.")
  var recipe: String?

  @OptionGroup var corpus: CorpusArguments

  @Option(parsing: .upToNextOption, help: "Only these sources of a mixture.")
  var source: [String] = []

  @Option(parsing: .unconditional, help: "At most so many files of each source.")
  var files: Int?

  func validate() throws {
    if let files, files < 1 { throw ValidationError("--files is \(files), expected 1 or more") }
  }

  var workspace: Workspace { corpus.workspace }

  /// Whether any corpus is meant.
  var namesCorpus: Bool { recipe != nil || !corpus.corpus.isEmpty }

  /// The recipe whose reading applies: the named one, or one that keeps documents as they are.
  func resolvedRecipe(_ reading: ReadingArguments? = nil) throws -> Recipe {
    guard namesCorpus else { throw ValidationError("name a recipe, or files with --corpus") }
    var overrides = RecipeOverrides()
    corpus.apply(to: &overrides)
    reading?.apply(to: &overrides)
    let base = try Program.recipes.recipe(named: recipe ?? "openelm-12m")
    return overrides.applied(to: base)
  }

  /// The sources with their files listed, those that were asked for.
  func listedSources(_ recipe: Recipe) throws -> [ListedSource] {
    let all = try recipe.corpus.prepare(in: workspace) {
      ProgressLine.writeToStandardError($0 + "\n")
    }
    for name in source where !all.contains(where: { $0.name == name }) {
      throw ValidationError(
        "no source is called \"\(name)\"; there are \(all.map(\.name).joined(separator: ", "))")
    }
    let chosen = all.filter { source.isEmpty || source.contains($0.name) }
    let storage = workspace.corpusStorage
    return try chosen.map {
      var listed = try ListedSource($0, in: storage)
      if let files { listed.files = Array(listed.files.prefix(files)) }
      return listed
    }
  }
}
