import Foundation

/// A call to the system about a file or folder that failed: what was done, to what, and why.
public struct FileError: Error, Sendable, Equatable, CustomStringConvertible {
  public var path: String
  /// What was being done, such as "writing".
  public var operation: String
  /// The system's number of the reason (`errno`).
  public var code: Int32
  /// The size that was to be written, if any is known.
  public var bytesNeeded: Int?

  public init(path: String, operation: String, code: Int32, bytesNeeded: Int? = nil) {
    self.path = path
    self.operation = operation
    self.code = code
    self.bytesNeeded = bytesNeeded
  }

  /// The failure of the latest call to the system.
  package static func latest(
    _ operation: String, _ path: String, bytesNeeded: Int? = nil
  ) -> FileError {
    FileError(path: path, operation: operation, code: errno, bytesNeeded: bytesNeeded)
  }

  public var description: String {
    let reason = String(cString: strerror(code))
    let need = bytesNeeded.map { "; \($0) bytes are needed" } ?? ""
    return "\(path): \(operation) failed: \(reason) (errno \(code))\(need). \(advice)"
  }

  private var advice: String {
    switch code {
    case ENOSPC, EDQUOT: "Make room on this disk, or choose another, and run again."
    case EFBIG: "Raise the limit on file size (ulimit -f), and run again."
    case ENOENT, ENOTDIR, EISDIR: "Check the path, and that its folder exists."
    case EACCES, EPERM, EROFS:
      operation.hasPrefix("opening") || operation.hasPrefix("listing")
        ? "Check that you may read it." : "Choose a folder that you may write to."
    default: "Check the disk, and run again."
    }
  }
}
