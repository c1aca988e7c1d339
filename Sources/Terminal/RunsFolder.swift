import Foundation

/// The folder that runs log to: `FOLDER/RUN/metrics.jsonl`.
public struct RunsFolder: Sendable {
  /// The path of the folder.
  public let path: String

  /// Creates a reader of the folder at a path; nothing is read yet.
  public init(path: String) {
    self.path = path
  }

  /// Returns the names of the runs, in the order of their bytes.
  ///
  /// - Throws: `TerminalError.unreadable`.
  public func runNames() throws -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: path)
        .filter { FileManager.default.fileExists(atPath: metricsPath(ofRun: $0)) }
        .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    } catch {
      throw TerminalError.unreadable(path: path, because: error)
    }
  }

  /// Returns what a run has logged, at least one step.
  ///
  /// - Throws: `TerminalError.missingRun` with the names nearest to the one given, `noRuns`,
  ///   `emptyRun`, and what reading throws.
  public func history(ofRun name: String) throws -> RunHistory {
    let names = try runNames()
    guard !names.isEmpty else { throw TerminalError.noRuns(folder: path) }
    guard names.contains(where: { $0.utf8.elementsEqual(name.utf8) }) else {
      throw TerminalError.missingRun(
        name: name, folder: path, nearest: NearestNames.of(name, among: names), all: names)
    }
    let metricsPath = metricsPath(ofRun: name)
    let history = try RunHistory(name: name, metricsPath: metricsPath)
    guard !history.records.isEmpty else {
      throw TerminalError.emptyRun(name: name, path: metricsPath)
    }
    return history
  }

  /// Returns the path of a run's metrics file.
  public func metricsPath(ofRun name: String) -> String {
    "\(path)/\(name)/metrics.jsonl"
  }
}
