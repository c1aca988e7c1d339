import ArgumentParser
import Corpora
import Experiments

extension Packing: ExpressibleByArgument {
  public static var allValueStrings: [String] {
    ["concatenated", "pad-or-truncate", "best-fit", "best-fit:PIECES"]
  }
}

extension AttentionScope: ExpressibleByArgument {}

/// Which text a command reads.
struct CorpusArguments: ParsableArguments {
  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Files: paths, patterns, https://, s3:// and hf://datasets/ addresses.",
      discussion: "Text, JSON lines, in gzip or zstd, and Parquet are told by their contents."))
  var corpus: [String] = []

  @Option(help: "The field or column that holds the text; the recipe's if left out.")
  var textField: String?

  @OptionGroup var cache: CacheArguments

  /// The folders of this run, and the cache that was asked for.
  var workspace: Workspace { cache.workspace }

  /// These changes among a recipe's.
  func apply(to overrides: inout RecipeOverrides) {
    overrides.corpus = corpus.isEmpty ? nil : corpus
    overrides.textField = textField
  }
}

/// How much of what is fetched is kept.
struct CacheArguments: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: "Keep so many GiB of what is fetched from addresses in data/cache; none if left out.")
  var cacheGib: Int?

  mutating func validate() throws {
    if let cacheGib, !(1...(1 << 20)).contains(cacheGib) {
      throw ValidationError("--cache-gib is \(cacheGib), expected 1 to \(1 << 20)")
    }
  }

  var workspace: Workspace { Workspace(cacheByteLimit: cacheGib.map { $0 << 30 }) }
}

/// What the command line changes of the way a recipe reads text.
struct ReadingArguments: ParsableArguments {
  /// Documents that can be dropped whole, or pieces of them.
  enum Drop: String, ExpressibleByArgument, CaseIterable {
    case duplicates
    case nearDuplicates = "near-duplicates"
    case repetitions
  }

  @Flag(help: "Pass over records that cannot be read, and count them; else they are errors.")
  var skipMalformed = false

  @Option(
    parsing: .unconditional,
    help: "Shuffle files, and documents in windows of so many; 1 for as they lie.")
  var shuffle: Int?

  @Option(help: "How pieces of text are laid into rows.")
  var packing: Packing?

  @Option(help: "How far attention reaches in a row of several documents: row or document.")
  var attention: AttentionScope?

  @Option(parsing: .upToNextOption, help: "Drop duplicates, near-duplicates, repetitions.")
  var drop: [Drop] = []

  @Option(help: "Drop documents with text of these tasks, separated by commas.")
  var decontaminate: String?

  @Option(help: "The folder of the tasks' documents, for --decontaminate.")
  var evaluationData: String?

  mutating func validate() throws {
    if let shuffle, shuffle < 1 {
      throw ValidationError("--shuffle is \(shuffle), expected 1 or more")
    }
    if evaluationData != nil, decontaminate == nil {
      throw ValidationError("--evaluation-data is for --decontaminate, which is missing")
    }
    if case .bestFit(let pieces)? = packing, pieces < 1 {
      throw ValidationError("--packing best-fit takes 1 piece or more, found \(pieces)")
    }
  }

  /// These changes among a recipe's.
  func apply(to overrides: inout RecipeOverrides) {
    overrides.malformedLines = skipMalformed ? .skip : nil
    overrides.shuffleWindow = shuffle
    overrides.packing = packing
    overrides.attention = attention
    let tasks = decontaminate.map {
      $0.split(separator: ",").map { $0.filter { $0 != " " } }.filter { !$0.isEmpty }
    }
    if drop.contains(where: { $0 != .repetitions }) || tasks != nil {
      overrides.screening = DocumentScreening(
        exactDuplicates: drop.contains(.duplicates) ? ExactDuplicateFilter() : nil,
        nearDuplicates: drop.contains(.nearDuplicates) ? NearDuplicateFilter() : nil,
        contamination: tasks == nil ? nil : ContaminationFilter())
    }
    overrides.repetition = drop.contains(.repetitions) ? .olmo : nil
    overrides.evaluations = tasks.map { EvaluationTexts(tasks: $0, directory: evaluationData) }
  }
}
