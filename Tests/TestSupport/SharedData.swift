import Foundation

/// Reference values and real corpora that lie beside a checkout, where there are any.
public enum SharedData {
  /// `SAMARA_SHARED`, or `../shared` beside the package.
  public static let directory: String =
    ProcessInfo.processInfo.environment["SAMARA_SHARED"]
    ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("shared").path

  /// Whether a file or folder of it is there.
  public static func has(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: self.path(path))
  }

  /// The path of a file or folder of it.
  public static func path(_ name: String) -> String { "\(directory)/\(name)" }
}
