import Foundation
import Synchronization
import TestSupport
import Testing

import Transfers

/// A server of the fixtures, on a port of this machine, for as long as the value lives.
///
/// It ends when its standard input does: with this process, however that ends.
final class FixtureServer: Sendable {
  let port: Int
  private let process: ProcessBox

  private struct ProcessBox: @unchecked Sendable {
    let process: Process
    let input: Pipe
  }

  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Fixtures").path

  /// The interpreter that runs the servers; nil where there is none.
  static let python: String? = (ProcessInfo.processInfo.environment["PATH"] ?? "")
    .split(separator: ":").map { "\($0)/python3" }
    .first { FileManager.default.isExecutableFile(atPath: $0) }

  static let openssl: String? = ["/usr/bin/openssl", "/opt/homebrew/bin/openssl"]
    .first { FileManager.default.isExecutableFile(atPath: $0) }

  /// An interpreter that has moto, `SAMARA_PYTHON` or the first python3.
  static let pythonWithMoto: String? = {
    let candidates = [ProcessInfo.processInfo.environment["SAMARA_PYTHON"], python]
    return candidates.compactMap { $0 }.first { python in
      let process = Process()
      process.executableURL = URL(filePath: python)
      process.arguments = ["-c", "import moto.server"]
      process.standardError = FileHandle.nullDevice
      guard (try? process.run()) != nil else { return false }
      for _ in 0..<3_000 where process.isRunning { Thread.sleep(forTimeInterval: 0.01) }
      return !process.isRunning && process.terminationStatus == 0
    }
  }()

  static let isPossible = python != nil

  /// The faulty server that most tests share; their objects have names of their own.
  static let faulty = try? FixtureServer("faulty_server.py")
  static let objects = try? FixtureServer("object_server.py")

  init(
    _ script: String, _ arguments: String..., python: String? = FixtureServer.python
  ) throws {
    guard let python else { throw CocoaError(.fileNoSuchFile) }
    let process = Process()
    let (input, output) = (Pipe(), Pipe())
    process.executableURL = URL(filePath: python)
    process.arguments = ["-B", "\(Self.folder)/\(script)"] + arguments
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    var line: [UInt8] = []
    while let byte = try output.fileHandleForReading.read(upToCount: 1)?.first, byte != 0x0A {
      line.append(byte)
    }
    self.process = ProcessBox(process: process, input: input)
    guard let port = Int(String(decoding: line, as: UTF8.self)) else {
      process.terminate()
      throw CocoaError(.fileReadUnknown)
    }
    self.port = port
  }

  deinit {
    kill(process.process.processIdentifier, SIGKILL)
    for _ in 0..<500 where process.process.isRunning { Thread.sleep(forTimeInterval: 0.01) }
  }

  var address: String { "http://127.0.0.1:\(port)" }

  /// The address of an object with faults.
  func file(_ name: String, _ query: String) -> String { "\(address)/f/\(name)?\(query)" }

  struct Request: Decodable {
    var method: String
    var host: String
    var peer: Int
    var headers: [String: String]
  }

  /// What was asked of an object.
  func requests(_ name: String) throws -> [Request] {
    let log = try TransferClient.hasty().stream(
      "\(address)/log?name=\(PercentEncoding.component(name))")
    return try JSONDecoder().decode([Request].self, from: Data(log.rest()))
  }
}

/// The bytes that the servers have under a seed.
func content(_ count: Int, seed: Int = 1) -> [UInt8] {
  (0..<count).map { i in
    UInt8(truncatingIfNeeded: i * 7 + (i >> 8) * 13 + (i >> 16) * 31 + seed * 101)
  }
}

extension TransferPolicy {
  /// Waits of milliseconds, so that a test of ten failures is soon over.
  static var hasty: TransferPolicy {
    var policy = TransferPolicy()
    policy.connectTimeout = .seconds(20)
    policy.firstDelay = .milliseconds(1)
    policy.longestDelay = .milliseconds(4)
    policy.longestRetryAfter = .milliseconds(200)
    policy.attemptLimit = 4
    return policy
  }
}

extension TransferClient {
  /// A client with short waits.
  static func hasty(
    cache: TransferCache? = nil, environment: TransferEnvironment = TransferEnvironment(),
    _ change: (inout TransferPolicy) -> Void = { _ in }
  ) -> TransferClient {
    var policy = TransferPolicy.hasty
    change(&policy)
    return TransferClient(policy: policy, environment: environment, cache: cache)
  }

  /// Opens an address as it is, without asking about it first.
  func stream(_ address: String, from offset: Int = 0) throws -> RemoteStream {
    try RemoteStream(
      RemoteEntry(address: RemoteAddress(address)), from: offset, client: self)
  }
}

extension RemoteStream {
  /// All that is left, read in pieces of a size.
  func rest(pieces: Int = 10_000) throws -> [UInt8] {
    var bytes: [UInt8] = []
    let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: pieces, alignment: 1)
    defer { piece.deallocate() }
    while case let count = try read(into: piece), count > 0 {
      bytes += piece[..<count]
    }
    return bytes
  }
}

/// What is thrown, whatever its case.
func transferError(_ body: () throws -> Void) -> TransferError? {
  do {
    try body()
    return nil
  } catch {
    return error as? TransferError
  }
}
