#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A file of a corpus, as it was when the corpus was opened.
public struct CorpusFile: Codable, Sendable, Equatable {
  /// Where it is: a path or an address.
  public let path: String
  /// Its size as it is stored.
  public let byteCount: Int
  /// What its server names its content, if it is not on disk: reading it fails where that has
  /// changed since.
  public let version: String?

  /// Describes a file.
  public init(path: String, byteCount: Int, version: String? = nil) {
    self.path = path
    self.byteCount = byteCount
    self.version = version
  }

  /// The last component of the path; of an address without what follows `?` or `#`.
  public var name: Substring {
    let place = CorpusStorage.isRemote(path) ? path.prefix { $0 != "?" && $0 != "#" } : path[...]
    return place.lastIndex(of: "/").map { place[place.index(after: $0)...] } ?? place
  }

  /// What messages call it: an address without its secrets.
  public var displayName: String { CorpusStorage.displayName(path) }

  /// The files on disk that a list of paths and patterns names.
  ///
  /// The list's order is kept; a pattern (`*`, `?`, `[…]`, `{a,b}`, as in the shell) stands for its
  /// matches in the order of their bytes, so that no locale and no file system changes it. A path
  /// that exists is never taken for a pattern. A file named twice is read twice an epoch.
  ///
  /// - Throws: `CorpusError` for an empty list, a pattern without matches, a file that is missing,
  ///   not regular, or unreadable.
  public static func expanding(_ patterns: [String]) throws(CorpusError) -> [CorpusFile] {
    guard !patterns.isEmpty else { throw .emptyFileList }
    var files: [CorpusFile] = []
    for pattern in patterns {
      if !exists(pattern), pattern.utf8.contains(where: "*?[{".utf8.contains) {
        for path in try matches(of: pattern) { files.append(try described(path)) }
      } else {
        files.append(try described(pattern))
      }
    }
    return files
  }

  private static func exists(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0
  }

  private static func matches(of pattern: String) throws(CorpusError) -> [String] {
    var found = glob_t()
    defer { globfree(&found) }
    let flags = GLOB_NOSORT | GLOB_BRACE
    let code = glob(pattern, flags, nil, &found)
    var paths: [String] = []
    if code == 0, let list = found.gl_pathv {
      for index in 0..<Int(found.gl_pathc) {
        if let path = list[index] { paths.append(String(cString: path)) }
      }
    }
    guard !paths.isEmpty else { throw .patternMatchesNothing(pattern: pattern) }
    return paths.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  static func described(_ path: String) throws(CorpusError) -> CorpusFile {
    var status = stat()
    guard stat(path, &status) == 0 else {
      if errno == ENOENT || errno == ENOTDIR { throw .missingFile(path: path) }
      throw .unreadable(path: path, reason: String(cString: strerror(errno)))
    }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile(path: path) }
    guard access(path, R_OK) == 0 else {
      throw .unreadable(path: path, reason: String(cString: strerror(errno)))
    }
    return CorpusFile(path: path, byteCount: Int(status.st_size))
  }
}
