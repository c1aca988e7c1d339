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

/// The names that someone may have meant.
public enum NearestNames {
  /// Returns up to three names, the nearest first: those that hold the text given, then those
  /// that a few typing errors turn into it (two, or one in three characters of a longer one).
  public static func of(_ name: String, among names: [String]) -> [String] {
    let wanted = name.lowercased()
    let limit = max(2, wanted.count / 3)
    let ranked = names.compactMap { candidate -> (distance: Int, name: String)? in
      let lowercase = candidate.lowercased()
      if !wanted.isEmpty, lowercase.contains(wanted) { return (0, candidate) }
      let distance = editDistance(wanted, lowercase)
      return distance <= limit ? (distance, candidate) : nil
    }
    return ranked.enumerated()
      .sorted { ($0.element.distance, $0.offset) < ($1.element.distance, $1.offset) }
      .prefix(3).map(\.element.name)
  }

  /// Returns the least count of insertions, deletions, replacements and swaps of neighbours that
  /// turns one text into the other (optimal string alignment).
  package static func editDistance(_ first: String, _ second: String) -> Int {
    let (a, b) = (Array(first.unicodeScalars), Array(second.unicodeScalars))
    var (before, previous) = ([Int](), Array(0...b.count))
    for i in 0..<a.count {
      var current = [i + 1]
      for j in 0..<b.count {
        let replaced = previous[j] + (a[i] == b[j] ? 0 : 1)
        var best = min(replaced, previous[j + 1] + 1, current[j] + 1)
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, before[j - 1] + 1) }
        current.append(best)
      }
      (before, previous) = (previous, current)
    }
    return previous[b.count]
  }
}
