import Corpora
import Files
import Foundation
import Transfers

/// Fetches the files of sources to a folder, so that runs read them from the disk.
public struct CorpusFetch {
  /// How far it is.
  public struct Progress: Sendable {
    /// The file that is being fetched, from 0, and its name.
    public var file: Int
    public var name: String
    /// Bytes of all files, those that were there before among them.
    public var bytesDone: Int
  }

  /// A file to fetch and where to.
  public struct Item: Sendable, Equatable {
    public var file: CorpusFile
    public var path: String
  }

  private let client: TransferClient
  public let items: [Item]

  /// The bytes of all files.
  public var byteCount: Int { items.reduce(0) { $0 + $1.file.byteCount } }

  /// Plans what is to be fetched: `DIRECTORY/SOURCE/NAME` for each file that is not on disk.
  ///
  /// - Throws: `TransferError` about the environment, `ExperimentError.invalidSetting` if two files
  ///   of a source have one name.
  public init(_ sources: [ListedSource], to directory: String, in workspace: Workspace) throws {
    client = try workspace.transferClient()
    var items: [Item] = []
    var paths: Set<String> = []
    for listed in sources {
      for file in listed.files where CorpusStorage.isRemote(file.path) {
        let name = file.name.prefix { $0 != "?" && $0 != "#" }
        var path = "\(directory)/\(listed.source.name)/\(name)"
        // Names that repeat, as in folders side by side, get their place in the list.
        if !paths.insert(path).inserted {
          path = "\(directory)/\(listed.source.name)/\(items.count)-\(name)"
          paths.insert(path)
        }
        items.append(Item(file: file, path: path))
      }
    }
    self.items = items
  }

  /// Fetches what is not there yet; what was begun goes on from the byte where it stopped.
  ///
  /// - Throws: `TransferError`, `FileError`; what was fetched so far stays.
  public func run(progress: (Progress) -> Void = { _ in }) throws {
    var before = 0
    for (index, item) in items.enumerated() {
      let name = String(item.file.name)
      progress(Progress(file: index, name: name, bytesDone: before))
      if FileSystem.sizeOfPlainFile(item.path) != item.file.byteCount {
        try FileSystem.makeFolder(FileSystem.parent(of: item.path))
        try Download.fetch(
          RemoteEntry(
            address: RemoteAddress(item.file.path), byteCount: item.file.byteCount,
            entityTag: item.file.version), to: item.path, client: client
        ) { progress(Progress(file: index, name: name, bytesDone: before + $0.bytesDone)) }
      }
      before += item.file.byteCount
    }
    progress(Progress(file: items.count, name: "", bytesDone: before))
  }
}
