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
    FileManager.default.fileExists(atPath: "\(directory)/\(path)")
  }
}

/// A folder of a test's own, removed with it.
public final class TemporaryFolder: Sendable {
  public let path: String

  public init() throws {
    path =
      FileManager.default.temporaryDirectory
      .appendingPathComponent("samara-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
