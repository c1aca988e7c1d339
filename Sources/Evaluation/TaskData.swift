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
/// A data set `OWNER/NAME`, configuration `CONFIG`, split `SPLIT` is looked for in the folder
/// `DIRECTORY/OWNER/NAME/CONFIG` or, where the data set has but one configuration, which the hub calls
/// `default`, in `DIRECTORY/OWNER/NAME`, its `data` and its `default`. A split is the file `SPLIT.EXT`
/// or its shards `SPLIT-*.EXT`, such as `test-00000-of-00002.parquet`, in the order of their names;
/// where a shard of those that the names tell of is missing, that is an error. After those folders
/// comes the file `DIRECTORY/TASK.EXT`. Where a test split is in none of these places, the validation
/// split is read instead, as the harness does for data sets without one, and `report` is told. What is
/// in none of the places ``fetch`` may bring.
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
    directory: String?,
    readers: [any DocumentFileReader] = [JSONLinesDocumentReader(), ParquetDocumentReader()],
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
        lookedAt.append("no folder (give one with --data DIR, or fetch with --data hf://)")
        break
      }
      let folders = Self.folders(of: name, configuration: configuration, in: directory)
      let suffixes = readers.map(\.fileExtension).joined(separator: ",")
      let pattern = readers.count == 1 ? suffixes : "{\(suffixes)}"
      if let found = try files(of: split, in: folders, task: task) { return found }
      lookedAt += folders.map { "\($0)/\(split)*.\(pattern)" }
      for reader in readers {
        let path = "\(directory)/\(task).\(reader.fileExtension)"
        if Self.isFile(path) { return ([path], reader) }
      }
      lookedAt.append("\(directory)/\(task).\(pattern)")
      if split == "test", validationForTest {
        if let found = try files(of: "validation", in: folders, task: task) {
          report("\(task): no test split in \(folders[0]), reading the validation split")
          return found
        }
        lookedAt += folders.map { "\($0)/validation*.\(pattern)" }
      }
    }
    throw EvaluationError.missingData(task: task, lookedAt: lookedAt)
  }

  /// The folders that may hold a data set's splits, the first the likeliest.
  private static func folders(of name: String, configuration: String?, in directory: String)
    -> [String]
  {
    let folder = "\(directory)/\(name)"
    guard let configuration else { return [folder, "\(folder)/data", "\(folder)/default"] }
    // `data` never holds one of several configurations: those have folders of their own.
    if configuration == "default" { return ["\(folder)/default", folder, "\(folder)/data"] }
    return ["\(folder)/\(configuration)"]
  }

  private func files(of split: String, in folders: [String], task: String) throws
    -> Files?
  {
    for folder in folders {
      for reader in readers {
        let paths = try Self.shards(
          of: split, fileExtension: reader.fileExtension, in: folder, task: task)
        if !paths.isEmpty { return (paths, reader) }
      }
    }
    return nil
  }

  private static func shards(
    of split: String, fileExtension: String, in folder: String, task: String
  ) throws -> [String] {
    let whole = "\(folder)/\(split).\(fileExtension)"
    if isFile(whole) { return [whole] }
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
      .filter { $0.hasPrefix("\(split)-") && $0.hasSuffix(".\(fileExtension)") }
      .filter { isFile("\(folder)/\($0)") }
      .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let sets = shardSets(names, of: split, fileExtension: fileExtension)
    guard sets.count <= 1 else {
      throw EvaluationError.unreadableFile(
        task: task, path: folder,
        reason: "shards of \(split) of \(sets.keys.sorted().joined(separator: " and of ")) files, "
          + "expected one set; remove the others")
    }
    for (count, numbers) in sets {
      let missing = (0..<(Int(count) ?? 0)).lazy.filter { !numbers.contains($0) }.prefix(3)
      guard missing.isEmpty else {
        throw EvaluationError.missingData(
          task: task,
          lookedAt: missing.map { number in
            let digits = String(number)
            let zeros = String(repeating: "0", count: max(0, count.count - digits.count))
            return "\(folder)/\(split)-\(zeros)\(digits)-of-\(count).\(fileExtension)"
          })
      }
    }
    return names.map { "\(folder)/\($0)" }
  }

  /// The numbers of shards with names such as `test-00000-of-00002.parquet`, by how many there are
  /// said to be.
  private static func shardSets(
    _ names: [String], of split: String, fileExtension: String
  ) -> [String: Set<Int>] {
    var sets: [String: Set<Int>] = [:]
    for name in names {
      let parts = name.dropFirst(split.count + 1).dropLast(fileExtension.count + 1)
        .split(separator: "-", omittingEmptySubsequences: false)
      // A checksum may stand behind.
      guard parts.count >= 3, parts[1] == "of", let number = Int(parts[0]) else { continue }
      sets[String(parts[2]), default: []].insert(number)
    }
    return sets
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
