import ArgumentParser
import Experiments
import Foundation
import Terminal

struct DataFetchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fetch",
    abstract: "Fetch the files of a corpus, or of benchmarks, to the disk.",
    discussion: """
      A corpus goes to DIRECTORY/SOURCE/HOST/PATH. Runs need no fetching: they read addresses as they go.

      With --tasks, the splits that the tasks read come from the Hugging Face hub to \
      DIRECTORY/OWNER/NAME/CONFIG/SPLIT-….EXT, and `samara evaluate --data DIRECTORY` reads them without a \
      network. With --shots, as with a suite that shows examples, so do the splits of those.

      What is there whole is left alone; what was begun goes on from the byte where it stopped, also \
      after Ctrl-C or a crash. HF_TOKEN is for gated data sets, HF_ENDPOINT for another hub.

      EXAMPLES
        samara data fetch openelm-270m --source dolma-wiki
        samara data fetch --corpus s3://bucket/books/*.jsonl.zst --files 3 --directory data/books
        samara data fetch --tasks openelm-zero-shot
        samara data fetch --tasks arc-easy,hellaswag --shots 5 --directory benchmarks
      """)

  @OptionGroup var data: DataArguments

  @Option(help: "Names of tasks, groups and suites, separated by commas, instead of a corpus.")
  var tasks: String?

  @Option(
    parsing: .unconditional,
    help: "Examples before each question; each task's own number if left out.")
  var shots: Int?

  @Option(help: "Where to; data/corpora or data/benchmarks if left out.")
  var directory: String?

  func validate() throws {
    guard let tasks else {
      if shots != nil { throw ValidationError("--shots is for --tasks, which is missing") }
      return
    }
    if !data.source.isEmpty || data.files != nil {
      throw ValidationError("--source and --files are for corpora, not for --tasks")
    }
    if data.namesCorpus { throw ValidationError("name a corpus or --tasks, not both") }
    if tasks.allSatisfy({ $0 == "," || $0 == " " }) {
      throw ValidationError("--tasks names none; write names, separated by commas")
    }
    if let shots, shots < 0 { throw ValidationError("--shots is \(shots), expected 0 or more") }
  }

  func run() async throws {
    SignalWatch.start()
    do {
      if let tasks { try fetchBenchmarks(tasks) } else { try fetchCorpus() }
    } catch  where SignalWatch.signal != nil {
      ProgressLine.writeToStandardError("stopped; the same command goes on from here\n")
      throw ExitCode(128 + (SignalWatch.signal ?? 0))
    }
  }

  private func fetchBenchmarks(_ tasks: String) throws {
    let names = tasks.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    let place = directory ?? BenchmarkData.directory(in: data.workspace)
    var shown: Set<String> = []
    try BenchmarkFetch(names.filter { !$0.isEmpty }, shots: shots)
      .run(BenchmarkData.fetchingTaskData(to: place, in: data.workspace)) { item in
        for path in item.paths where shown.insert(path).inserted { print(path) }
      }
  }

  private func fetchCorpus() throws {
    let listed = try data.listedSources(data.resolvedRecipe())
    let fetch = try CorpusFetch(listed, to: directory ?? "data/corpora", in: data.workspace)
    guard !fetch.items.isEmpty else {
      print("all files are on this disk")
      return
    }
    let line = ProgressLine(label: "bytes", total: fetch.byteCount)
    defer { line.finish() }
    try fetch.run { progress in
      line.update(
        completed: progress.bytesDone,
        details: [
          "file \(min(progress.file + 1, fetch.items.count))/\(fetch.items.count)",
          Format.bytes(progress.bytesDone),
        ])
    }
    line.finish()
    for item in fetch.items { print(item.path) }
  }
}
