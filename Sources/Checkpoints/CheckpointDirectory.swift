import Files
import Foundation

/// The folder of a run's checkpoints, each in a folder `step-00000040` of its own.
///
/// A folder gets that name only when all in it is on the disk, so that a crash leaves either a
/// whole checkpoint or a `.partial` folder, which the next write removes. One process at a time
/// may write; any number may read.
public struct CheckpointDirectory: Sendable {
  public let path: String

  public init(path: String) {
    self.path = path
  }

  /// A checkpoint that cannot be used, and why.
  public struct Broken: Sendable, Equatable {
    public var checkpoint: Checkpoint
    public var reason: CheckpointError
  }

  /// The checkpoints, oldest first, verified or not; none if the folder is missing.
  public func all() throws(CheckpointError) -> [Checkpoint] {
    try names().compactMap { name in
      guard name.hasPrefix("step-"), let step = Int(name.dropFirst(5)), step >= 0,
        name == Self.name(step)
      else { return nil }
      return Checkpoint(step: step, path: path + "/" + name)
    }.sorted { $0.step < $1.step }
  }

  /// The newest checkpoint whose files are all as they were written, and the newer ones that are
  /// not, newest first.
  public func newestWhole() throws(CheckpointError) -> (whole: Checkpoint?, broken: [Broken]) {
    var broken: [Broken] = []
    for checkpoint in try all().reversed() {
      do throws(CheckpointError) {
        try checkpoint.verify()
        return (checkpoint, broken)
      } catch {
        broken.append(Broken(checkpoint: checkpoint, reason: error))
      }
    }
    return (nil, broken)
  }

  /// Writes the checkpoint of `step`, in place of an earlier one of that step if there is one.
  ///
  /// - Parameter body: Writes the files into the folder whose path it gets. If it throws, the
  ///   folder is removed, and the earlier checkpoint stays.
  /// - Throws: `FileError` where something cannot be written, ``CheckpointError``, and whatever
  ///   `body` throws.
  @discardableResult
  public func write(
    step: Int, _ body: (_ folder: String) throws -> Void
  ) throws -> Checkpoint {
    try write(named: Self.name(step), step: step, body)
  }

  /// The same under another name, `average`, which no listing of steps shows.
  @discardableResult
  public func write(
    named name: String, step: Int, _ body: (_ folder: String) throws -> Void
  ) throws -> Checkpoint {
    guard step >= 0 else {
      throw CheckpointError.invalidRequest(
        path: path, expected: "a step of 0 or more", found: "\(step)")
    }
    let files = FileManager.default
    try makeFolder()
    try removeLeftovers()
    let final = path + "/" + name
    let partial = "\(final).partial-\(getpid())"
    do {
      guard mkdir(partial, 0o755) == 0 else {
        throw FileError.latest("making the folder", partial)
      }
      try body(partial)
      try Checkpoint.seal(partial, step: step)
      try FileSystem.syncFolder(partial)
      // A folder with files cannot be renamed over, so that the earlier one steps aside first.
      let removed = "\(final).removed-\(getpid())"
      let replaces = rename(final, removed) == 0
      guard rename(partial, final) == 0 else {
        let error = FileError.latest("naming the folder", final)
        if replaces { rename(removed, final) }
        throw error
      }
      try FileSystem.syncFolder(path)
      if replaces { try? files.removeItem(atPath: removed) }
    } catch {
      try? files.removeItem(atPath: partial)
      throw error
    }
    return Checkpoint(step: step, path: final)
  }

  /// Removes all checkpoints that are older than the newest `count` that can be used.
  ///
  /// Broken ones do not count, so that damage never costs the last good checkpoint. Sizes are
  /// compared, and contents not read: this runs after every write.
  ///
  /// - Returns: The checkpoints that were removed, newest first.
  @discardableResult
  public func prune(keeping count: Int) throws(CheckpointError) -> [Checkpoint] {
    guard count > 0 else {
      throw .invalidRequest(
        path: path, expected: "1 or more checkpoints to keep", found: "\(count)")
    }
    var kept = 0
    var removed: [Checkpoint] = []
    for checkpoint in try all().reversed() {
      if kept < count {
        if (try? checkpoint.verify(.sizes)) != nil { kept += 1 }
        continue
      }
      // Under another name first: half a checkpoint must not look like a broken one.
      let aside = "\(checkpoint.path).removed-\(getpid())"
      guard rename(checkpoint.path, aside) == 0 else {
        throw .latest("removing", checkpoint.path)
      }
      do {
        try FileManager.default.removeItem(atPath: aside)
      } catch {
        throw .latest("removing", aside)
      }
      removed.append(checkpoint)
    }
    guard !removed.isEmpty else { return [] }
    try CheckpointError.wrapping { () throws(FileError) in try FileSystem.syncFolder(path) }
    return removed
  }

  /// Renames a checkpoint to `broken-step-…`, where it can be looked at and does not count.
  public func setAside(_ checkpoint: Checkpoint) throws(CheckpointError) {
    let aside = "\(path)/broken-\(Self.name(checkpoint.step))"
    try? FileManager.default.removeItem(atPath: aside)
    guard rename(checkpoint.path, aside) == 0 else {
      throw .latest("setting aside", checkpoint.path)
    }
  }

  /// "step-00000040"; eight digits keep a listing in order.
  static func name(_ step: Int) -> String {
    let digits = String(step)
    return "step-" + String(repeating: "0", count: max(0, 8 - digits.count)) + digits
  }

  private func names() throws(CheckpointError) -> [String] {
    var status = stat()
    if stat(path, &status) != 0, errno == ENOENT { return [] }
    do {
      return try FileManager.default.contentsOfDirectory(atPath: path)
    } catch {
      throw .latest("listing", path)
    }
  }

  private func makeFolder() throws(FileError) {
    try FileSystem.makeFolder(path)
    try FileSystem.syncFolder(FileSystem.parent(of: path))
  }

  /// Removes what processes that are gone, or this one, left half written or half removed.
  private func removeLeftovers() throws(CheckpointError) {
    for name in try names() where name.hasPrefix("step-") || name.hasPrefix("average.") {
      let parts = name.split(separator: ".")
      guard parts.count == 2,
        let suffix = ["partial-", "removed-"].first(where: { parts[1].hasPrefix($0) }),
        let process = Int32(parts[1].dropFirst(suffix.count)), process > 0
      else { continue }
      let isGone = kill(process, 0) != 0 && errno == ESRCH
      if isGone || process == getpid() {
        try? FileManager.default.removeItem(atPath: path + "/" + name)
      }
    }
  }
}
