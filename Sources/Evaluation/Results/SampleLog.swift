import Files
import Foundation

/// The documents' answers as JSON lines, written as they come and in place only when they are whole.
///
/// lm-evaluation-harness writes a file a task, `samples_TASK_DATE.jsonl`. So does this log where its path is a
/// folder (without the date, so that the same evaluation writes the same names). Where it is a file, the file
/// has the lines of all tasks, and each line of several tasks begins with its `task`, the key that the
/// results have; the lines of a single task are the harness's to the key.
public final class SampleLog {
  private let path: String
  private let isFolder: Bool
  private let labelsTasks: Bool
  private var files: [AtomicFile] = []

  /// Opens a log; folders that lack are made.
  ///
  /// - Parameters:
  ///   - path: A file, or a folder: one that exists, or a path that ends in `/`.
  ///   - taskCount: The tasks that will be written; more than one are told apart by a key.
  /// - Throws: `FileError`.
  public init(path: String, taskCount: Int) throws {
    var isDirectory: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
    isFolder = path.hasSuffix("/") || exists && isDirectory.boolValue
    self.path = isFolder && path.hasSuffix("/") ? String(path.dropLast()) : path
    labelsTasks = !isFolder && taskCount > 1
    try FileSystem.makeFolder(isFolder ? self.path : FileSystem.parent(of: path))
    if !isFolder { files = [try AtomicFile(path: path)] }
  }

  /// Writes a task's samples, filter by filter and in the order of the documents; nothing of a group.
  ///
  /// - Parameter key: The task's name in the results; its own where it is nil.
  public func append(_ result: EvaluationResult, key: String? = nil) throws {
    if result.isGroup { return }
    let key = key ?? result.task
    if isFolder {
      files.append(try AtomicFile(path: "\(path)/samples_\(Self.fileName(key)).jsonl"))
    }
    guard let file = files.last else { return }
    var filters: [String] = []
    for metric in result.metrics where !filters.contains(metric.filter) {
      filters.append(metric.filter)
    }
    for filter in filters {
      for sample in result.samples {
        let record = SampleRecord(
          sample: sample, metrics: result.metrics, filter: filter, task: labelsTasks ? key : nil)
        try Self.append(record.value.text() + [UInt8(ascii: "\n")], to: file)
      }
    }
  }

  private static func append(_ line: [UInt8], to file: AtomicFile) throws {
    try line.withUnsafeBytes { try file.append($0) }
  }

  /// Puts what was written in its place. Without it nothing is left behind.
  public func commit() throws {
    for file in files { try file.commit() }
    files = []
  }

  /// Writes the samples of several results at once; groups among them are passed over.
  ///
  /// - Throws: `FileError`.
  public static func write(_ results: [EvaluationResult], to path: String) throws {
    let log = try SampleLog(path: path, taskCount: results.count { !$0.isGroup })
    for (key, result) in zip(ReportKeys(results).keys, results) {
      try log.append(result, key: key)
    }
    try log.commit()
  }

  /// A task's name without what separates folders: a task of the user's own may have any.
  private static func fileName(_ key: String) -> String {
    EvaluationConfiguration.sanitized(key)
  }
}
