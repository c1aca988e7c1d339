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

  /// Plans what is to be fetched: `DIRECTORY/SOURCE/HOST/PATH` for each file that is not on disk, so
  /// that files of one name from two places stay two.
  ///
  /// - Throws: `TransferError` about the environment, `CorpusError.unusable` for an address that
  ///   names no file.
  public init(_ sources: [ListedSource], to directory: String, in workspace: Workspace) throws {
    client = try workspace.transferClient()
    var items: [Item] = []
    for listed in sources {
      for file in listed.files where CorpusStorage.isRemote(file.path) {
        let place = try Self.place(of: file)
        items.append(Item(file: file, path: "\(directory)/\(listed.source.name)/\(place)"))
      }
    }
    self.items = items
  }

  /// The address without its scheme, port and query, as a path below a folder.
  private static func place(of file: CorpusFile) throws(CorpusError) -> String {
    let address = file.path.prefix { $0 != "?" && $0 != "#" }
    let rest = address.range(of: "://").map { address[$0.upperBound...] } ?? address
    var parts = rest.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    parts[0] = String(parts[0].prefix { $0 != ":" })
    if let user = parts[0].lastIndex(of: "@") {
      parts[0] = String(parts[0][parts[0].index(after: user)...])
    }
    guard parts.count > 1, !parts.contains(where: { ["", ".", ".."].contains($0) }) else {
      throw .unusable(
        path: file.displayName,
        reason: "it names no file to keep it under; give the address of a file")
    }
    return parts.joined(separator: "/")
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
