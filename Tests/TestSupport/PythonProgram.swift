import Foundation

/// Python programs of `Tests/Interop`, where a Python has what they need.
public enum PythonProgram {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// A Python that imports `modules`: the one that a variable of the environment names, or `python3`.
  public static func python(_ variable: String, importing modules: String) -> String? {
    let name = ProcessInfo.processInfo.environment[variable] ?? "python3"
    return (try? run([name, "-c", "import \(modules)"]))?.status == 0 ? name : nil
  }

  /// Runs a program of `Tests/Interop`.
  public static func run(
    _ name: String, with python: String, _ arguments: [String]
  ) throws -> (status: Int32, log: String) {
    try run([python, root.appending(path: "Tests/Interop/\(name)").path] + arguments)
  }

  private static func run(_ arguments: [String]) throws -> (status: Int32, log: String) {
    let folder = try TemporaryFolder()
    let path = try folder.write("", to: "log")
    let handle = FileHandle(forWritingAtPath: path)
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = arguments
    process.standardOutput = handle
    process.standardError = handle
    try process.run()
    process.waitUntilExit()
    return (process.terminationStatus, try String(contentsOfFile: path, encoding: .utf8))
  }
}
