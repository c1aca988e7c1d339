import Foundation
import Testing

/// `samara bench`, run as a user would.
@Suite struct BenchTests {
  private static func object(_ outcome: Program.Outcome) throws -> [String: Any] {
    #expect(outcome.status == 0, "\(outcome.errors)")
    return try #require(
      try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
  }

  /// Nothing but the object goes to standard output; progress is told beside it.
  @Test func trainAsJSON() throws {
    let outcome = try Program().run(
      "bench", "train", "--recipe", "seedling", "--batch", "2", "--sequence", "32", "--steps", "3",
      "--threads", "1", "--same-batch", "--json")
    let object = try Self.object(outcome)
    #expect(object["batch"] as? Int == 2)
    #expect(object["sequence"] as? Int == 32)
    #expect(object["threads"] as? Int == 1)
    #expect(object["precision"] as? String == "fp32")
    #expect(object["recompute"] as? String == "none")
    let losses = try #require(object["losses"] as? [Double])
    #expect(losses.count == 3)
    #expect(losses[2] < losses[0])
    #expect((object["tokens_per_second"] as? Double ?? 0) > 0)
    #expect((object["matmul_gflops"] as? Double ?? 0) > 0)
    #expect((object["peak_resident_bytes"] as? Int ?? 0) > 1 << 20)
    #expect(outcome.errors.contains("step"))
    // No run, no corpus, no tokenizer.
    #expect(!outcome.errors.contains("corpus"))
  }

  @Test func trainForPeople() throws {
    let outcome = try Program().run(
      "bench", "train", "--recipe", "openelm-12m", "--batch", "1", "--sequence", "16",
      "--steps", "2")
    #expect(outcome.status == 0, "\(outcome.errors)")
    for word in ["openelm-12m", "tokens/s", "efficiency", "memory", "loss", "everything else"] {
      #expect(outcome.output.contains(word), "\(outcome.output)")
    }
    #expect(outcome.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
  }

  @Test func matmul() throws {
    let arguments = ["bench", "matmul", "--recipe", "seedling", "--batch", "1", "--threads", "2"]
    let program = try Program()
    let outcome = program.outcome(of: try program.launch(arguments + ["--json"]))
    let object = try Self.object(outcome)
    let engines = try #require(object["engines"] as? [[String: Any]])
    let engine = try #require(engines.first)
    #expect(engine["engine"] as? String == "OpenBLAS")
    #expect(engine["threads"] as? Int == 2)
    let products = try #require(engine["products"] as? [[String: Any]])
    let matrices = Set(products.compactMap { $0["matrix"] as? String })
    #expect(matrices == ["qkv_proj", "out_proj", "proj_1", "proj_2", "output table"])
    let table = program.outcome(of: try program.launch(arguments)).output
    for word in ["OpenBLAS", "proj_1", "weight gradient", "Gflop/s"] {
      #expect(table.contains(word), "\(table)")
    }
    #expect(table.split(separator: "\n").allSatisfy { $0.count <= 80 })
  }

  @Test func compareWithAPeer() throws {
    let program = try Program()
    try program.folder.write(
      "echo '{\"tokens_per_s\": 0.5, \"step_s\": 1, \"peak_rss_gib\": 1, \"losses\": []}'",
      to: "peer.sh")
    let arguments = [
      "bench", "compare", "--recipe", "openelm-12m", "--batch", "1", "--sequence", "8",
      "--steps", "2", "--rounds", "1", "--precision", "fp32", "--peer-python", "/bin/sh",
    ]
    let outcome = program.outcome(
      of: try program.launch(arguments + ["--peer-script", "peer.sh", "--json"]))
    let object = try Self.object(outcome)
    let rows = try #require(object["precisions"] as? [[String: Any]])
    let row = try #require(rows.first)
    let peer = try #require(row["peer"] as? [String: Any])
    let ours = try #require(row["tokens_per_second"] as? Double)
    let ratio = try #require(peer["ratio"] as? Double)
    // Decimal figures that were read back may be off in the last place.
    #expect(abs(ratio / (2 * ours) - 1) < 1e-12)
    let alone = program.outcome(of: try program.launch(arguments + ["--peer-script", "none.sh"]))
    #expect(alone.status == 0, "\(alone.errors)")
    #expect(alone.output.contains("The peer did not run at fp32"))
    #expect(alone.output.contains("make peer"))
    #expect(alone.output.contains("tokens/s"))
  }

  /// Four documents of PIQA and a tokenizer trained on them.
  private static func evaluationArguments(in program: Program) throws -> [String] {
    let lines = (0..<4).map { index in
      "{\"goal\": \"how \(index) leaves fall\", \"sol1\": \"down to the ground\", "
        + "\"sol2\": \"down to the river\", \"label\": \(index % 2)}\n"
    }
    try program.folder.write(lines.joined(), to: "piqa.jsonl")
    let trained = program.outcome(
      of: try program.launch([
        "tokenizer", "train", "--corpus", "piqa.jsonl", "--text-field", "goal",
        "--vocabulary-size", "280", "--output", "x.model",
      ]))
    #expect(trained.status == 0, "\(trained.errors)")
    return [
      "bench", "evaluate", "--recipe", "seedling", "--tokenizer", "x.model", "--data", ".",
      "--tasks", "piqa",
    ]
  }

  @Test func evaluate() throws {
    let program = try Program()
    let arguments = try Self.evaluationArguments(in: program)
    let outcome = program.outcome(
      of: try program.launch(arguments + ["--limit", "3", "--threads", "1", "--json"]))
    let object = try Self.object(outcome)
    #expect(object["precision"] as? String == "fp32")
    let total = try #require(object["total"] as? [String: Any])
    #expect(total["documents"] as? Int == 3)
    #expect(total["requests"] as? Int == 6)
    let computed = try #require(total["computed_tokens"] as? Int)
    let padded = try #require(total["padded_tokens"] as? Int)
    // Two choices of three contexts that begin alike.
    #expect(computed > 0 && 2 * computed < padded)
    #expect((object["documents_per_second"] as? Double ?? 0) > 0)
    let table = program.outcome(of: try program.launch(arguments)).output
    for word in ["seedling", "piqa", "documents/s", "padded", "output and scores"] {
      #expect(table.contains(word), "\(table)")
    }
    #expect(table.split(separator: "\n").allSatisfy { $0.count <= 80 }, "\(table)")
  }

  @Test func evaluateBesideAPeer() throws {
    let program = try Program()
    let arguments = try Self.evaluationArguments(in: program)
    let answer = "{\"documents_per_s\": 0.5, \"tasks\": {\"piqa\": {\"documents_per_s\": 0.25}}}"
    let outcome = program.outcome(
      of: try program.launch(
        arguments + ["--rounds", "2", "--peer", "echo warning; echo '\(answer)'", "--json"]))
    let object = try Self.object(outcome)
    let total = try #require(object["total"] as? [String: Any])
    let task = try #require((object["tasks"] as? [[String: Any]])?.first)
    for (row, speed) in [(total, 0.5), (task, 0.25)] {
      let ours = try #require(row["documents_per_second"] as? Double)
      let ratio = try #require(row["ratio"] as? Double)
      #expect(row["peer_documents_per_second"] as? Double == speed)
      // Decimal figures that were read back may be off in the last place.
      #expect(abs(ratio * speed / ours - 1) < 1e-12)
    }
    let alone = program.outcome(
      of: try program.launch(arguments + ["--rounds", "1", "--peer", "echo no >&2; exit 3"]))
    #expect(alone.status == 0, "\(alone.errors)")
    #expect(alone.output.contains("The peer did not run: sh: exit code 3"), "\(alone.output)")
    #expect(alone.output.contains("documents/s"))
  }

  /// Asked to stop, a comparison leaves no process behind, not even its peer's.
  @Test func anInterruptedComparisonStopsThePeer() throws {
    let program = try Program()
    try program.folder.write("(sleep 3; touch ended) &\ntouch started\nwait\n", to: "peer.sh")
    let process = try program.launch([
      "bench", "compare", "--recipe", "openelm-12m", "--batch", "1", "--sequence", "8",
      "--steps", "2", "--rounds", "1", "--precision", "fp32", "--peer-python", "/bin/sh",
      "--peer-script", "peer.sh",
    ])
    while process.isRunning, program.bytes("started") == nil { Thread.sleep(forTimeInterval: 0.05) }
    process.interrupt()
    let outcome = program.outcome(of: process)
    #expect(!outcome.wasSignalled)
    #expect(outcome.status == 128 + SIGINT, "\(outcome.errors)")
    #expect(program.bytes("ended") == nil)
  }
}
