import Checkpoints
import Files
import Foundation

/// The folders of one run, and the lock that keeps two processes from training it.
public struct RunDirectory: Sendable {
  public let name: String
  private let workspace: Workspace

  /// - Throws: `ExperimentError.invalidRunName` for a name that would leave its folder.
  public init(_ name: String, in workspace: Workspace) throws(ExperimentError) {
    let isValid =
      !name.isEmpty && !name.hasPrefix(".")
      && name.utf8.allSatisfy {
        ($0 >= 0x30 && $0 <= 0x39) || ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A)
          || $0 == 0x2E || $0 == 0x5F || $0 == 0x2D
      }
    guard isValid else { throw .invalidRunName(name) }
    self.name = name
    self.workspace = workspace
  }

  public var checkpoints: CheckpointDirectory {
    CheckpointDirectory(path: "\(workspace.checkpoints)/\(name)")
  }
  public var recordPath: String { "\(checkpoints.path)/run.json" }
  /// The name of the folder of averaged weights.
  static let averageName = "average"

  public var averagePath: String { "\(checkpoints.path)/\(Self.averageName)" }
  public var metricsPath: String { "\(logPath)/metrics.jsonl" }
  public var messagesPath: String { "\(logPath)/run.log" }
  private var logPath: String { "\(workspace.logs)/\(name)" }

  /// Whether a run of this name was ever started.
  public var exists: Bool {
    FileManager.default.fileExists(atPath: recordPath)
      || (try? checkpoints.all())?.isEmpty == false
  }

  /// The runs of a workspace, by name.
  public static func names(in workspace: Workspace) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: workspace.checkpoints)) ?? []
    return names.filter { (try? RunDirectory($0, in: workspace))?.exists == true }.sorted()
  }

  /// Makes the folders and writes what the run is started with.
  ///
  /// - Throws: `ExperimentError.runExists`, `.writeFailed`, `FileError`.
  public func create(_ record: RunRecord) throws {
    guard !exists else { throw ExperimentError.runExists(name: name) }
    try makeFolders()
    try AtomicFile.write(JSONRecord.encode(record), to: recordPath)
  }

  /// Frees the name of a run that failed before it had anything worth keeping, so that the same
  /// command, corrected, can be given again.
  func removeRecordUnlessTrained() {
    guard let all = try? checkpoints.all(), all.isEmpty else { return }
    unlink(recordPath)
    unlink("\(checkpoints.path)/lock")
    // Only if nothing else is in them, such as an average or the log of an earlier run.
    rmdir(checkpoints.path)
    rmdir(logPath)
  }

  /// What the run was started with.
  ///
  /// - Throws: `ExperimentError.unknownRun`, `.unreadableRecord`.
  public func record() throws -> RunRecord {
    guard exists else {
      throw ExperimentError.unknownRun(name: name, known: Self.names(in: workspace))
    }
    guard FileManager.default.fileExists(atPath: recordPath) else { return try recordOfState() }
    let record = try JSONRecord.read(RunRecord.self, from: recordPath)
    try record.validate(path: recordPath)
    return record
  }

  /// The record as the newest whole checkpoint remembers it, where `run.json` is lost.
  private func recordOfState() throws -> RunRecord {
    let (whole, broken) = try checkpoints.newestWhole()
    guard let whole else {
      throw ExperimentError.allCheckpointsBroken(
        run: name, path: checkpoints.path, broken: broken.map { "\($0.reason)" })
    }
    let state = try RunCheckpoint(path: whole.path).state
    return RunRecord(recipe: state.recipe, overrides: state.overrides, threads: state.threads)
  }

  /// Takes the run for this process until the lock is let go, or the process ends.
  ///
  /// - Throws: `ExperimentError.runIsActive`, `.writeFailed`.
  public func lock() throws(ExperimentError) -> RunLock {
    try makeFolders()
    return try RunLock(path: "\(checkpoints.path)/lock", run: name)
  }

  /// Whether a process trains it now.
  public var isLocked: Bool {
    let descriptor = open("\(checkpoints.path)/lock", O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    // The close lets go of the lock, if it was got.
    defer { close(descriptor) }
    return flock(descriptor, LOCK_EX | LOCK_NB) != 0
  }

  private func makeFolders() throws(ExperimentError) {
    for path in [checkpoints.path, logPath] {
      do {
        try FileManager.default.createDirectory(
          atPath: path, withIntermediateDirectories: true)
      } catch {
        throw .writeFailed(path: path, reason: error.localizedDescription)
      }
    }
  }
}

extension JSONRecord {
  /// Reads a record that this project wrote.
  ///
  /// - Throws: `ExperimentError.unreadableRecord`.
  static func read<Value: Decodable>(
    _ type: Value.Type, from path: String
  ) throws(ExperimentError) -> Value {
    do {
      return try decode(type, from: Data(contentsOf: URL(fileURLWithPath: path)))
    } catch {
      throw .unreadableRecord(path: path, reason: "not a record of this version (\(error))")
    }
  }
}

/// An exclusive lock on a run; the system lets go of it when the process ends, however it ends.
public final class RunLock: Sendable {
  private let descriptor: Int32

  fileprivate init(path: String, run: String) throws(ExperimentError) {
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw .writeFailed(path: path, reason: String(cString: strerror(errno)))
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      throw .runIsActive(name: run)
    }
  }

  deinit { close(descriptor) }
}
