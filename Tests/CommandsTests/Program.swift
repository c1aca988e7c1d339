import Foundation
import TestSupport

/// The built command-line program, run as a user would.
struct Program {
  /// What came of one call.
  struct Outcome {
    let status: Int32
    let wasSignalled: Bool
    let output: String
    let errors: String
  }

  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// The executable beside the test bundle.
  static let path: String = {
    let bundle = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    return bundle.deletingLastPathComponent().appendingPathComponent("samara").path
  }()

  /// Starts the program in the test's folder, its output going to files there.
  func launch(
    _ arguments: [String], input: String? = nil, name: String = "out",
    environment: [String: String] = [:]
  ) throws -> Process {
    let process = Process()
    process.executableURL = URL(filePath: Self.path)
    process.arguments = arguments
    process.currentDirectoryURL = URL(filePath: folder.path)
    process.environment = ProcessInfo.processInfo.environment.merging(
      ["LC_ALL": "C.UTF-8", "COLUMNS": "80"].merging(environment) { _, new in new }
    ) { _, new in new }
    for (stream, assign) in [
      ("\(name).output", { process.standardOutput = $0 }),
      ("\(name).errors", { process.standardError = $0 }),
    ] as [(String, (FileHandle) -> Void)] {
      _ = FileManager.default.createFile(atPath: "\(folder.path)/\(stream)", contents: nil)
      if let handle = FileHandle(forWritingAtPath: "\(folder.path)/\(stream)") { assign(handle) }
    }
    if let input {
      let path = "\(folder.path)/\(name).input"
      try Data(input.utf8).write(to: URL(filePath: path))
      process.standardInput = FileHandle(forReadingAtPath: path)
    } else {
      process.standardInput = FileHandle.nullDevice
    }
    try process.run()
    return process
  }

  /// Waits for a program that was launched under `name`.
  func outcome(of process: Process, name: String = "out") -> Outcome {
    process.waitUntilExit()
    func text(_ stream: String) -> String {
      String(
        decoding: FileManager.default.contents(atPath: "\(folder.path)/\(name).\(stream)")
          ?? Data(),
        as: UTF8.self)
    }
    return Outcome(
      status: process.terminationStatus,
      wasSignalled: process.terminationReason == .uncaughtSignal,
      output: text("output"), errors: text("errors"))
  }

  @discardableResult
  func run(_ arguments: String..., input: String? = nil) throws -> Outcome {
    outcome(of: try launch(arguments, input: input))
  }

  func bytes(_ path: String) -> Data? {
    FileManager.default.contents(atPath: "\(folder.path)/\(path)")
  }
}
