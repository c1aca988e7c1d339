import Foundation
import Synchronization

/// Another program, run to its end with both of its outputs kept.
package struct ChildProgram: Sendable {
  /// A path, or a name to be looked for in `PATH`.
  let program: String
  let arguments: [String]

  package init(program: String, arguments: [String]) {
    self.program = program
    self.arguments = arguments
  }

  /// Removed from the environment: they force kernels on OpenBLAS, and the figures would not be
  /// this machine's.
  private static let forcedVariables = ["OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"]

  /// The lines of standard error that tell why a program failed.
  private static let lastLineCount = 6

  /// Runs it and gives what it wrote to standard output.
  ///
  /// Both outputs are read while it runs, so that it never waits for a reader. Asked to stop, this
  /// process stops the child first.
  ///
  /// - Throws: `BenchmarkError.notStarted`, `failed`, `interrupted`.
  package func run() throws(BenchmarkError) -> Data {
    let environment = Self.environment(from: ProcessInfo.processInfo.environment)
    let process = Process()
    process.executableURL = URL(filePath: try path(environment))
    process.arguments = arguments
    process.environment = environment
    process.standardInput = FileHandle.nullDevice
    let (output, errors) = (PipeReader(), PipeReader())
    process.standardOutput = output.pipe
    process.standardError = errors.pipe
    do { try process.run() } catch {
      throw .notStarted(program: program, reason: error.localizedDescription)
    }
    output.start()
    errors.start()
    try wait(for: process)
    let (data, messages) = (output.finish(), errors.finish())
    let exited = process.terminationReason == .exit
    guard exited, process.terminationStatus == 0 else {
      let lines = String(decoding: messages, as: UTF8.self).split(whereSeparator: \.isNewline)
      throw .failed(
        program: program,
        status: (exited ? "exit code " : "ended by signal ") + "\(process.terminationStatus)",
        lastLines: lines.suffix(Self.lastLineCount).map(String.init))
    }
    return data
  }

  /// Runs it and reads its answer: the last line that is a JSON object, or all of its output.
  ///
  /// - Throws: what `run` throws, and `BenchmarkError.unreadableReply`.
  func reply<Reply: Decodable>(_ type: Reply.Type) throws(BenchmarkError) -> Reply {
    let output = try run()
    do {
      return try JSONRecord.decode(type, from: output)
    } catch {
      let lines = output.split(separator: UInt8(ascii: "\n"))
      guard let line = lines.last(where: { $0.first == UInt8(ascii: "{") }) else {
        throw .unreadableReply(program: program, reason: "there is none")
      }
      do { return try JSONRecord.decode(type, from: Data(line)) } catch {
        throw .unreadableReply(program: program, reason: "\(error)")
      }
    }
  }

  /// The environment that a child gets.
  package static func environment(from environment: [String: String]) -> [String: String] {
    environment.filter { !forcedVariables.contains($0.key) }
  }

  private func path(_ environment: [String: String]) throws(BenchmarkError) -> String {
    let folders = (environment["PATH"] ?? "").split(separator: ":")
    let candidates = program.contains("/") ? [program] : folders.map { "\($0)/\(program)" }
    guard let path = candidates.first(where: FileManager.default.isExecutableFile) else {
      throw .notStarted(program: program, reason: "no such program")
    }
    return path
  }

  /// Ends a child and what it has started itself, which is in the process group that it leads.
  private static func stop(_ process: Process) {
    let identifier = process.processIdentifier
    if getpgid(identifier) == identifier {
      kill(-identifier, SIGTERM)
    } else {
      process.terminate()
    }
    process.waitUntilExit()
  }

  private func wait(for process: Process) throws(BenchmarkError) {
    while process.isRunning {
      if let signal = SignalWatch.signal {
        Self.stop(process)
        throw .interrupted(signal: signal)
      }
      Thread.sleep(forTimeInterval: 0.02)
    }
  }
}

/// Reads one output of a child on a thread of its own.
private final class PipeReader: Sendable {
  let pipe = Pipe()
  private let bytes = Mutex(Data())
  private let ended = DispatchSemaphore(value: 0)

  /// What a program writes before it ends is there at once; a grandchild that keeps the pipe open
  /// is not waited for.
  private static let patience = DispatchTimeInterval.seconds(2)

  func start() {
    Thread.detachNewThread { [self] in
      while true {
        let piece = pipe.fileHandleForReading.availableData
        if piece.isEmpty { break }
        bytes.withLock { $0.append(piece) }
      }
      ended.signal()
    }
  }

  /// What was read, once the child has ended.
  func finish() -> Data {
    _ = ended.wait(timeout: .now() + Self.patience)
    return bytes.withLock { $0 }
  }
}
