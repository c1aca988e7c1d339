import Foundation

/// A folder that appears under its name only when all in it is on the disk.
///
/// It is written beside its final place and renamed; a folder that it replaces steps aside first and is
/// removed last. If anything fails, what was there stays.
public enum AtomicFolder {
  /// Writes a folder to `path`.
  ///
  /// - Parameters:
  ///   - replaces: Whether a folder or file that is there gives way; an empty folder does in any case.
  ///   - body: Writes the files into the folder whose path it gets.
  /// - Throws: ``FileError``, `EEXIST` where something is there that may not be replaced, and whatever
  ///   `body` throws.
  public static func write<Result>(
    to path: String, replacing replaces: Bool, _ body: (_ folder: String) throws -> Result
  ) throws -> Result {
    let files = FileManager.default
    try FileSystem.makeFolder(FileSystem.parent(of: path))
    let partial = "\(path).partial-\(getpid())"
    try? files.removeItem(atPath: partial)
    guard mkdir(partial, 0o755) == 0 else {
      throw FileError.latest("making the folder", partial)
    }
    do {
      let result = try body(partial)
      try FileSystem.syncFolder(partial)
      let aside = "\(path).removed-\(getpid())"
      let stepsAside = replaces && rename(path, aside) == 0
      guard rename(partial, path) == 0 else {
        let failure = FileError.latest("naming the folder", path)
        if stepsAside { rename(aside, path) }
        throw failure
      }
      try FileSystem.syncFolder(FileSystem.parent(of: path))
      if stepsAside { try? files.removeItem(atPath: aside) }
      return result
    } catch {
      try? files.removeItem(atPath: partial)
      throw error
    }
  }
}
