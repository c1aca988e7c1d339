import Foundation

/// Reads documents from files of one format.
public protocol DocumentFileReader: Sendable {
  /// The format's file extension without its dot.
  var fileExtension: String { get }
  /// Returns the first `limit` documents of a file, or all of them.
  func documents(in path: String, task: String, limit: Int?) throws -> [TaskDocument]
}

/// Where documents are looked for, and in what formats.
///
/// A data set `OWNER/NAME`, configuration `CONFIG`, split `SPLIT` is looked for, in this order, at
/// `DIRECTORY/OWNER/NAME/CONFIG/SPLIT.EXT`, at its shards `SPLIT*.EXT` in the order of their names
/// (the hub's layout; `CONFIG` is left out where the data set has none), and at
/// `DIRECTORY/TASK.EXT`. Where a test split is in none of these places, the validation split is read
/// instead, as the harness does for data sets without one, and `report` is told.
public struct TaskData: Sendable {
  /// The folder that holds the data sets; nil where every task has a file of its own.
  public var directory: String?
  /// The formats, the preferred first.
  public var readers: [any DocumentFileReader]
  /// Is told what a reader of the figures should know.
  public var report: @Sendable (String) -> Void
  /// Brings what is in none of these places; nil where nothing is fetched.
  public var fetch: Fetch?

  public init(
    directory: String?, readers: [any DocumentFileReader] = [JSONLinesDocumentReader()],
    report: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.directory = directory
    self.readers = readers
    self.report = report
  }

  /// Returns a data set's documents in the order of files and lines.
  ///
  /// - Throws: `EvaluationError.missingData` with every place looked at, `.noDocuments`,
  ///   `.unreadableFile`, and what the reader throws.
  public func documents(of dataset: TaskDataset, task: String, limit: Int? = nil) throws
    -> [TaskDocument]
  {
    let (paths, reader) = try files(of: dataset, task: task)
    var documents: [TaskDocument] = []
    for path in paths {
      let remaining = limit.map { $0 - documents.count }
      if let remaining, remaining <= 0 { break }
      documents += try reader.documents(in: path, task: task, limit: remaining)
    }
    if documents.isEmpty { throw EvaluationError.noDocuments(task: task, paths: paths) }
    return documents
  }

  /// A split's files with what reads them.
  typealias Files = (paths: [String], reader: any DocumentFileReader)

  /// The files of a split in the places named above.
  ///
  /// - Parameter validationForTest: Whether the validation split is read for want of a test split.
  func filesAtHand(
    of dataset: TaskDataset, task: String, validationForTest: Bool = true
  ) throws -> Files {
    var lookedAt: [String] = []
    switch dataset {
    case .file(let path):
      lookedAt.append(path)
      if Self.isFile(path) {
        let suffix = Self.fileExtension(of: path)
        if let reader = readers.first(where: { $0.fileExtension == suffix }) ?? readers.first {
          return ([path], reader)
        }
      }
    case .hub(let name, let configuration, let split):
      guard let directory else {
        lookedAt.append("no folder (none was given)")
        break
      }
      let components = [directory, name] + (configuration.map { [$0] } ?? [])
      let folder = components.joined(separator: "/")
      for reader in readers {
        let shards = Self.shards(of: split, fileExtension: reader.fileExtension, in: folder)
        if !shards.isEmpty { return (shards, reader) }
        lookedAt.append("\(folder)/\(split)*.\(reader.fileExtension)")
      }
      for reader in readers {
        let path = "\(directory)/\(task).\(reader.fileExtension)"
        if Self.isFile(path) { return ([path], reader) }
        lookedAt.append(path)
      }
      if split == "test", validationForTest {
        for reader in readers {
          let shards = Self.shards(
            of: "validation", fileExtension: reader.fileExtension, in: folder)
          if !shards.isEmpty {
            report("\(task): no test split in \(folder), reading the validation split")
            return (shards, reader)
          }
        }
        lookedAt.append("\(folder)/validation*")
      }
    }
    throw EvaluationError.missingData(task: task, lookedAt: lookedAt)
  }

  private static func shards(of split: String, fileExtension: String, in folder: String)
    -> [String]
  {
    let whole = "\(folder)/\(split).\(fileExtension)"
    if isFile(whole) { return [whole] }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return
      names
      .filter { $0.hasPrefix(split) && $0.hasSuffix(".\(fileExtension)") }
      .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      .map { "\(folder)/\($0)" }
      .filter(isFile)
  }

  private static func isFile(_ path: String) -> Bool {
    var isDirectory: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
      && !isDirectory.boolValue
  }

  private static func fileExtension(of path: String) -> String {
    URL(fileURLWithPath: path).pathExtension
  }
}
