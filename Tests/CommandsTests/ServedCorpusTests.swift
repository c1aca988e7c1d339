import Foundation
import Testing

/// A run whose corpus lies on a server, in the published mixes' format: shards of Parquet with a
/// column `content`.
@Suite(.serialized, .enabled(if: RangeServer.python != nil, "no python3 to serve files"))
struct ServedCorpusTests {
  private static let options = [
    "--text-field", "content", "--steps", "40", "--checkpoint-every", "6",
    "--sequences-per-step", "4", "--shuffle", "20", "--packing", "best-fit:50", "--attention",
    "document",
  ]

  private func pretrain(_ run: String, _ server: RangeServer) -> [String] {
    let address = "http://127.0.0.1:\(server.port)/train-{00000..00003}-of-00004.parquet"
    return ["pretrain", "seedling", "--run", run, "--corpus", address] + Self.options
  }

  private func expectEqual(_ program: Program, _ a: String, _ b: String) {
    for file in ["weights.safetensors", "optimizer.safetensors"] {
      let paths = [a, b].map { "checkpoints/\($0)/step-00000040/\(file)" }
      #expect(program.bytes(paths[0]) != nil)
      #expect(program.bytes(paths[0]) == program.bytes(paths[1]), "\(file) of \(a) and \(b)")
    }
  }

  private func steps(_ program: Program, _ run: String) -> Int {
    program.bytes("logs/\(run)/metrics.jsonl")?.count { $0 == 0x0A } ?? 0
  }

  /// Waits until a run has taken so many steps, but no longer than a minute.
  private func wait(_ program: Program, _ run: String, steps: Int, _ process: Process) {
    for _ in 0..<6_000 where process.isRunning && self.steps(program, run) < steps {
      Thread.sleep(forTimeInterval: 0.01)
    }
  }

  /// The server goes away while a run trains, which is killed and resumed before it comes back, and
  /// killed once more: it ends in the bytes of a run that nothing happened to.
  @Test func aServerThatRestartsAndAKilledRunChangeNothing() throws {
    let program = try Program()
    var server = try RangeServer()
    let whole = try program.outcome(of: program.launch(pretrain("whole", server)))
    #expect(whole.status == 0, "\(whole.errors)")

    let first = try program.launch(pretrain("broken", server))
    wait(program, "broken", steps: 3, first)
    let port = server.port
    server.stop()
    // Steps go on with what was read ahead, and the readers try again.
    Thread.sleep(forTimeInterval: 0.3)
    kill(first.processIdentifier, SIGKILL)
    let killed = program.outcome(of: first)
    #expect(killed.wasSignalled, "the run was over before it could be killed")

    // Resumed while nothing answers: the corpus cannot be read, until the server is there again.
    if killed.wasSignalled {
      let second = try program.launch(["resume", "broken"])
      Thread.sleep(forTimeInterval: 1)
      #expect(second.isRunning, "\(program.outcome(of: second).errors)")
      server = try RangeServer(port: port)
      wait(program, "broken", steps: 13, second)
      kill(second.processIdentifier, SIGKILL)
      let again = program.outcome(of: second)
      #expect(again.errors.contains("trying again") || again.errors.contains("attempt"))
      let third = try program.run("resume", "broken")
      #expect(
        third.status == 0 || third.errors.contains("has its 40 steps"), "\(third.errors)")
    }
    expectEqual(program, "whole", "broken")
  }

  @Test func fetchedFilesAreTheServersAndAreFetchedOnce() throws {
    let program = try Program()
    let server = try RangeServer()
    let address = "http://127.0.0.1:\(server.port)/train-0000{0,3}-of-00004.parquet"
    let fetched = try program.run("data", "fetch", "--corpus", address, "--directory", "got")
    #expect(fetched.status == 0, "\(fetched.errors)")
    let paths = fetched.output.split(separator: "\n").map(String.init)
    #expect(paths.count == 2)
    for path in paths {
      let name = path.split(separator: "/").last.map(String.init) ?? ""
      let original = try Data(contentsOf: URL(filePath: "\(RangeServer.folder)/\(name)"))
      #expect(program.bytes(path) == original, "\(path)")
    }
    server.stop()
    let listed = try program.run(
      "data", "list", "--corpus", "got/corpus/127.0.0.1/*.parquet", "--paths")
    #expect(listed.output.split(separator: "\n").count == 2, "\(listed.errors)")
    let counted = try program.run(
      "data", "inspect", "--corpus", "got/corpus/127.0.0.1/*.parquet", "--text-field", "content")
    #expect(counted.output.contains("200, all there are"), "\(counted.output)\(counted.errors)")
    let wrong = try program.run(
      "data", "inspect", "--corpus", "got/corpus/127.0.0.1/*.parquet", "--text-field", "contents")
    #expect(wrong.status != 0 && wrong.errors.contains("\"content\", \"url\", \"segment\""))
  }
}

/// The server of `Fixtures/range_server.py`, which ends with this value.
final class RangeServer {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Fixtures/served").path
  private static let script = URL(filePath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Fixtures/range_server.py").path

  /// Where Python is, if anywhere.
  static let python: String? = (ProcessInfo.processInfo.environment["PATH"] ?? "")
    .split(separator: ":").map { "\($0)/python3" }
    .first { FileManager.default.isExecutableFile(atPath: $0) }

  let port: Int
  private let process = Process()

  init(port: Int = 0) throws {
    let output = Pipe()
    process.executableURL = URL(filePath: try #require(Self.python))
    process.arguments = [Self.script, Self.folder, String(port)]
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
    self.port = try #require(Int(line.trimmingCharacters(in: .whitespacesAndNewlines)))
  }

  deinit { stop() }

  func stop() {
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
  }
}
