/// Where a data set's files on the hub have a split.
///
/// Publishers keep it, by the hub's conventions, at `CONFIG/SPLIT-*.EXT` or `data/CONFIG/SPLIT-*.EXT`,
/// and without a configuration, or with the one that is called `default`, at `data/SPLIT-*.EXT`, at
/// `SPLIT*.EXT` beside the data set's card, or in the only folder that has it. What is kept in any other
/// way, as CSV or by a program, the hub itself converts: its revision `refs/convert/parquet` has
/// `CONFIG/SPLIT/0000.parquet` and so on for nearly every public data set
/// (https://huggingface.co/docs/dataset-viewer/parquet), `CONFIG/partial-SPLIT` for the first 5 GB of a
/// larger split, which is not the split.
///
/// `data/` and the top hold some configuration without saying which. They are therefore not searched
/// for a named one: documents of another configuration would be worse than none.
package struct HubLayout {
  /// The revision of the hub's own conversion.
  static let conversion = "refs/convert/parquet"

  /// The name of the configuration of a data set that has no name for it.
  private static let unnamed = "default"

  /// A split's files as they lie on the hub.
  package struct Found: Equatable {
    package var paths: [String]
    package var fileExtension: String

    package init(paths: [String], fileExtension: String) {
      self.paths = paths
      self.fileExtension = fileExtension
    }
  }

  /// The paths of all files of a revision.
  package let paths: [String]
  /// The formats that can be read, the preferred first.
  let fileExtensions: [String]
  private let names: [String: [String]]

  package init(paths: [String], fileExtensions: [String]) {
    self.paths = paths
    self.fileExtensions = fileExtensions
    names = Dictionary(grouping: paths, by: Self.folder(of:))
      .mapValues { $0.map(Self.name(of:)) }
  }

  /// The patterns looked for among the publishers' files.
  static func patterns(split: String, configuration: String?, fileExtensions: [String])
    -> [String]
  {
    folders(of: configuration).flatMap { folder in
      fileExtensions.map { "\(folder)\(split)*.\($0)" }
    }
  }

  /// The pattern looked for in the hub's conversion.
  static func conversionPattern(split: String, configuration: String?) -> String {
    "\(configuration ?? unnamed)/\(split)/*.parquet at \(conversion)"
  }

  /// The folders where publishers keep a configuration, with their slashes.
  private static func folders(of configuration: String?) -> [String] {
    switch configuration {
    case nil: ["data/", "", "\(unnamed)/"]
    case unnamed: ["\(unnamed)/", "data/", ""]
    case let name?: ["\(name)/", "data/\(name)/"]
    }
  }

  /// The split among the publishers' files.
  package func published(_ split: String, configuration: String?) -> Found? {
    for folder in Self.folders(of: configuration) {
      if let found = self.split(split, in: folder) { return found }
    }
    guard configuration == nil else { return nil }
    let others = names.keys.compactMap { self.split(split, in: $0) }
    return others.count == 1 ? others.first : nil
  }

  /// The split in the hub's conversion.
  package func converted(_ split: String, configuration: String?) -> Found? {
    guard fileExtensions.contains("parquet") else { return nil }
    let known = convertedSplits
    // A data set's only configuration is meant where the task names none.
    let only = known.count == 1 ? known.keys.first : nil
    let name = configuration ?? (known[Self.unnamed] == nil ? only : nil) ?? Self.unnamed
    let folder = "\(name)/\(split)/"
    let files = (names[folder] ?? []).filter { $0.hasSuffix(".parquet") }.sorted()
    return files.isEmpty
      ? nil : Found(paths: files.map { folder + $0 }, fileExtension: "parquet")
  }

  /// The configurations of the hub's conversion, each with its splits.
  var convertedSplits: [String: [String]] {
    var splits: [String: [String]] = [:]
    for folder in names.keys {
      let parts = folder.split(separator: "/").map(String.init)
      if parts.count == 2 { splits[parts[0], default: []].append(parts[1]) }
    }
    return splits.mapValues { $0.sorted() }
  }

  private func split(_ split: String, in folder: String) -> Found? {
    for fileExtension in fileExtensions {
      let files = SplitFiles(
        of: split, fileExtension: fileExtension, among: names[folder] ?? [])
      if case .files(let names) = files {
        return Found(paths: names.map { folder + $0 }, fileExtension: fileExtension)
      }
    }
    return nil
  }

  /// The folder of a path with its slash, or nothing at the top.
  private static func folder(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
  }

  private static func name(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
  }
}
