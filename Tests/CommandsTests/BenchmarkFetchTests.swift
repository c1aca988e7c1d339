import Foundation
import TestSupport
import Testing

/// Benchmarks fetched by the program from a hub on this machine.
@Suite(.serialized, .enabled(if: RangeServer.python != nil, "no python3 to serve files"))
struct BenchmarkFetchTests {
  /// The hub of the experiments' tests.
  private static let script = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent()
    .appendingPathComponent("ExperimentsTests/Fixtures/hub_server.py").path

  private let program: Program
  private let hub: TemporaryFolder
  private let process = Process()
  private let input = Pipe()
  private let environment: [String: String]

  init() throws {
    program = try Program()
    hub = try TemporaryFolder()
    let output = Pipe()
    process.executableURL = URL(filePath: try #require(RangeServer.python))
    process.arguments = ["-B", Self.script, hub.path]
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    let port = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
      .trimmingCharacters(in: .whitespacesAndNewlines)
    environment = ["HF_ENDPOINT": "http://127.0.0.1:\(port)", "HF_TOKEN": ""]
  }

  private func run(_ arguments: String...) throws -> Program.Outcome {
    program.outcome(of: try program.launch(arguments, environment: environment))
  }

  private func end() {
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
  }

  @Test func tasksAreFetchedOnceAndPathsArePrinted() throws {
    defer { end() }
    let line = #"{"goal": "g", "sol1": "a", "sol2": "b", "label": 0}"# + "\n"
    try hub.write(line, to: "baber/piqa/main/data/validation.jsonl")
    let path = "baber/piqa/validation-00000-of-00001.jsonl"
    let fetched = try run("data", "fetch", "--tasks", "piqa")
    #expect(fetched.status == 0, "\(fetched.errors)")
    #expect(fetched.output == "data/benchmarks/\(path)\n")
    #expect(program.bytes("data/benchmarks/\(path)") == Data(line.utf8))
    let elsewhere = try run("data", "fetch", "--tasks", "piqa,", "--directory", "there")
    #expect(elsewhere.output == "there/\(path)\n", "\(elsewhere.errors)")
    let missing = try run("data", "fetch", "--tasks", "piqa,sciq")
    #expect(missing.status != 0 && missing.output == "data/benchmarks/\(path)\n")
    #expect(
      missing.errors.contains("sciq: hf://datasets/allenai/sciq: there is no such data set"),
      "\(missing.errors)")
    end()
    let offline = try run("data", "fetch", "--tasks", "piqa")
    #expect(offline.status == 0 && offline.output == fetched.output, "\(offline.errors)")
  }

  @Test(arguments: [
    (["--tasks", "piqqa"], "did you mean piqa"), (["--tasks", ","], "--tasks names none"),
    (["--tasks", "piqa", "--shots", "-1"], "--shots is -1"),
    (["--shots", "1", "--corpus", "x"], "--shots is for --tasks"),
    (["--tasks", "piqa", "--corpus", "x"], "not both"),
    (["--tasks", "piqa", "--files", "1"], "are for corpora"), ([], "name a recipe"),
  ])
  func errorsTeach(arguments: [String], message: String) throws {
    defer { end() }
    let outcome = program.outcome(
      of: try program.launch(["data", "fetch"] + arguments, environment: environment))
    #expect(outcome.status != 0 && !outcome.wasSignalled)
    #expect(outcome.errors.contains(message), "\(outcome.errors)")
  }
}
