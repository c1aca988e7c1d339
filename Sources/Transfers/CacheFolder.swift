import Foundation

/// The files of a cache's folder.
struct CacheFolder {
  struct File {
    var path: String
    var byteCount: Int
    /// When it was used last, in nanoseconds.
    var used: Int
  }

  var path: String

  /// All blocks. What a process left half written an hour ago is removed.
  func files() -> [File] {
    var found: [File] = []
    let manager = FileManager.default
    for folder in (try? manager.contentsOfDirectory(atPath: path)) ?? [] where folder.count == 2 {
      for name in (try? manager.contentsOfDirectory(atPath: "\(path)/\(folder)")) ?? [] {
        let file = "\(path)/\(folder)/\(name)"
        var status = stat()
        guard lstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { continue }
        #if os(Linux)
          let time = status.st_mtim
        #else
          let time = status.st_mtimespec
        #endif
        if name.hasSuffix(".block") {
          found.append(
            File(
              path: file, byteCount: Int(status.st_size),
              used: time.tv_sec * 1_000_000_000 + time.tv_nsec))
        } else if name.contains(".block.partial-"),
          Int(Date().timeIntervalSince1970) > time.tv_sec + 3_600
        {
          unlink(file)
        }
      }
    }
    return found
  }
}
