import Files
import Foundation

/// The files that an evaluation writes.
public enum EvaluationFiles {
  /// Finds out before hours of scoring whether a file can be written: its folder is made, and the
  /// path must not be a folder itself.
  ///
  /// - Throws: `FileError`, `ExperimentError.writeFailed`.
  public static func prepare(_ path: String) throws {
    var isDirectory: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
    if path.isEmpty || path.hasSuffix("/") || exists && isDirectory.boolValue {
      throw ExperimentError.writeFailed(path: path, reason: "it is a folder; name a file")
    }
    let folder = FileSystem.parent(of: path)
    try FileSystem.makeFolder(folder)
    if !FileManager.default.isWritableFile(atPath: folder) {
      throw ExperimentError.writeFailed(path: path, reason: "its folder cannot be written to")
    }
  }

  /// `results.json` for step 1,200 becomes `results-001200.json`; without a step, the folder's name
  /// takes its place (`results-average.json`).
  public static func path(_ path: String, of subject: EvaluationSubject) -> String {
    let url = URL(fileURLWithPath: path)
    let folder = URL(fileURLWithPath: subject.path).lastPathComponent
    let isAverage = folder == RunDirectory.averageName
    let label =
      isAverage ? folder : subject.step.map { String(format: "%06d", $0) } ?? folder
    let name = url.deletingPathExtension().lastPathComponent
    let suffix = url.pathExtension.isEmpty ? "" : ".\(url.pathExtension)"
    let parent = (path as NSString).deletingLastPathComponent
    return (parent as NSString).appendingPathComponent("\(name)-\(label)\(suffix)")
  }
}
