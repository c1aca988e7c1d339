import Foundation

/// Returns a file's bytes.
func readFile(_ path: String) throws(TokenizationError) -> [UInt8] {
  do {
    return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
  } catch {
    throw .unreadableFile(path: path, reason: error.localizedDescription)
  }
}

/// Writes a file aside, flushes it to disk, and renames it, so that no reader and no power cut sees
/// a part of it.
func writeFile(_ bytes: [UInt8], to path: String) throws(TokenizationError) {
  let aside = "\(path).\(ProcessInfo.processInfo.processIdentifier).partial"
  do {
    try Data().write(to: URL(fileURLWithPath: aside))
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: aside))
    try handle.write(contentsOf: Data(bytes))
    try handle.synchronize()
    try handle.close()
  } catch {
    unlink(aside)
    throw .unwritableFile(path: path, reason: error.localizedDescription)
  }
  guard rename(aside, path) == 0 else {
    let reason = String(cString: strerror(errno))
    unlink(aside)
    throw .unwritableFile(path: path, reason: reason)
  }
  // The rename itself lives in the folder: without this it may be lost with the power.
  let folder = open((path as NSString).deletingLastPathComponent.orCurrentFolder, O_RDONLY)
  if folder >= 0 {
    fsync(folder)
    close(folder)
  }
}

extension String {
  fileprivate var orCurrentFolder: String { isEmpty ? "." : self }
}
