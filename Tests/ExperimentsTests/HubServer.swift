import Foundation
import TestSupport
import Testing
import Transfers

/// A hub of data sets on this machine, for as long as the value lives (`Fixtures/hub_server.py`).
final class HubServer {
  static let python: String? = (ProcessInfo.processInfo.environment["PATH"] ?? "")
    .split(separator: ":").map { "\($0)/python3" }
    .first { FileManager.default.isExecutableFile(atPath: $0) }

  static let isPossible = python != nil

  private static let script = URL(filePath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Fixtures/hub_server.py").path

  /// What it serves: `OWNER/NAME/main/PATH` and `OWNER/NAME/convert/PATH`.
  let folder: TemporaryFolder
  let port: Int
  private let process = Process()
  private let input = Pipe()

  init() throws {
    folder = try TemporaryFolder()
    let output = Pipe()
    process.executableURL = URL(filePath: try #require(Self.python))
    process.arguments = ["-B", Self.script, folder.path]
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
    port = try #require(Int(line.trimmingCharacters(in: .whitespacesAndNewlines)))
  }

  deinit { stop() }

  func stop() {
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
  }

  /// The requests so far, each as `METHOD PATH RANGE`.
  var requests: [String] {
    (try? String(contentsOfFile: "\(folder.path)/.log", encoding: .utf8))?
      .split(separator: "\n").map(String.init) ?? []
  }

  /// What asks it, without long waits.
  func client(token: String? = nil) -> TransferClient {
    var environment = TransferEnvironment()
    environment.hubEndpoint = "http://127.0.0.1:\(port)"
    environment.hubToken = token
    var policy = TransferPolicy()
    policy.firstDelay = .milliseconds(1)
    policy.longestDelay = .milliseconds(4)
    policy.attemptLimit = 3
    return TransferClient(policy: policy, environment: environment)
  }
}
