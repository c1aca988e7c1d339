import ArgumentParser
import Experiments
import Foundation
import Terminal

struct DataListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "The sources of a corpus: files, sizes, shares, licences.",
    discussion: """
      EXAMPLES
        samara data list openelm-270m --offline
        samara data list --corpus 'hf://datasets/allenai/c4/en/*.json.gz'
        samara data list openelm-270m --source dolma-wiki --paths
      """)

  @OptionGroup var data: DataArguments

  @Flag(help: "Ask no server: names, shares and licences alone.")
  var offline = false

  @Flag(help: "List every file with its size instead.")
  var paths = false

  func validate() throws {
    if offline, paths { throw ValidationError("--paths asks servers, --offline does not") }
  }

  func run() async throws {
    let recipe = try data.resolvedRecipe()
    let terminal = TerminalCapabilities(of: .output)
    if offline {
      let sources = try recipe.corpus.prepare(in: data.workspace) { _ in }
      print(table(sources.map { ($0, nil) }).rendered(for: terminal), terminator: "")
      return
    }
    let listed = try data.listedSources(recipe)
    if paths {
      for source in listed {
        for file in source.files { print("\(file.byteCount)\t\(file.path)") }
      }
      return
    }
    print(table(listed.map { ($0.source, $0) }).rendered(for: terminal), terminator: "")
  }

  private func table(_ sources: [(TextSource, ListedSource?)]) -> TextTable {
    var table = TextTable(columns: [
      .init("source", alignment: .leading, minimumWidth: 10), .init("share"), .init("files"),
      .init("size"), .init("text", alignment: .leading, dropRank: 1),
      .init("licence", alignment: .leading, minimumWidth: 16, dropRank: 0),
    ])
    let sum = sources.reduce(0) { $0 + $1.0.weight }
    for (source, listed) in sources {
      table.append([
        source.name, Format.percent(source.weight / max(sum, .leastNormalMagnitude), places: 1),
        listed.map { Format.grouped($0.files.count) } ?? "",
        listed.map { Format.bytes($0.byteCount) } ?? "", source.textField ?? "",
        source.license ?? "",
      ])
    }
    return table
  }
}
