import ArgumentParser
import Experiments
import Foundation
import Terminal

struct DataFetchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fetch",
    abstract: "Fetch the files of a corpus to the disk.",
    discussion: """
      Files go to DIRECTORY/SOURCE/HOST/PATH. What is there whole is left alone; what was begun goes \
      on from the byte where it stopped, also after Ctrl-C or a crash. Runs need no fetching: they read \
      addresses as they go.

      EXAMPLES
        samara data fetch openelm-270m --source dolma-wiki
        samara data fetch --corpus s3://bucket/books/*.jsonl.zst --files 3 --directory data/books
      """)

  @OptionGroup var data: DataArguments

  @Option(help: "Where to.")
  var directory = "data/corpora"

  func run() async throws {
    SignalWatch.start()
    do {
      try fetch()
    } catch  where SignalWatch.signal != nil {
      ProgressLine.writeToStandardError("stopped; the same command goes on from here\n")
      throw ExitCode(128 + (SignalWatch.signal ?? 0))
    }
  }

  private func fetch() throws {
    let listed = try data.listedSources(data.resolvedRecipe())
    let fetch = try CorpusFetch(listed, to: directory, in: data.workspace)
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
