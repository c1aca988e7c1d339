import Foundation
import TestSupport
import Testing

/// `samara tokenizer` and `samara bench tokenize`, run as a user would.
@Suite struct TokenizerCommandTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// Some text that every checkout has.
  private func corpus(in program: Program) throws -> String {
    let names = ["README.md", "CONTRIBUTING.md", "docs/log.md"]
    let text = try names.map {
      try String(contentsOf: Self.root.appendingPathComponent($0), encoding: .utf8)
    }.joined(separator: "\n")
    return try program.folder.write(text, to: "corpus.txt")
  }

  @discardableResult
  private func train(_ program: Program, _ more: String...) throws -> Program.Outcome {
    let arguments =
      [
        "tokenizer", "train", "--corpus", try corpus(in: program), "--vocabulary-size", "900",
        "--output", "x.model", "--output-json", "x.json",
      ] + more
    let outcome = program.outcome(of: try program.launch(arguments))
    #expect(outcome.status == 0, "\(outcome.errors)")
    return outcome
  }

  @Test func trainInspectConvert() throws {
    let program = try Program()
    let trained = try train(program, "--user-defined", "<sep>", "--threads", "2")
    for word in ["bytes a token", "user-defined", "characters", "merged", "<sep>"] {
      #expect(trained.output.contains(word), "\(trained.output)")
    }
    #expect(trained.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
    for word in ["documents", "different words", "900/900"] {
      #expect(trained.errors.contains(word), "\(trained.errors)")
    }
    let inspected = try program.run("tokenizer", "inspect", "x.model")
    for word in ["SentencePiece", "900 pieces", "<s> (1)", "</s> (2)", "none", "fingerprint"] {
      #expect(inspected.output.contains(word), "\(inspected.output)")
    }
    let converted = try program.run("tokenizer", "convert", "x.model", "y.json")
    #expect(converted.output == "y.json\n", "\(converted.errors)")
    let json = try #require(program.bytes("x.json"))
    #expect(program.bytes("y.json") == json)
    let again = try Program()
    try train(again, "--user-defined", "<sep>", "--threads", "1")
    #expect(again.bytes("x.model") == program.bytes("x.model"))
  }

  @Test func limitAndSwitches() throws {
    let program = try Program()
    try program.folder.write(
      (0..<50).map { "{\"body\": \"line \($0 % 7) of the text, 1987 and 2024\"}" }
        .joined(separator: "\n"), to: "c.jsonl")
    let arguments = [
      "tokenizer", "train", "--corpus", "c.jsonl", "--text-field", "body", "--output", "z.model",
      "--no-byte-fallback", "--no-split-digits",
    ]
    let short = program.outcome(
      of: try program.launch(arguments + ["--vocabulary-size", "40", "--limit-bytes", "100"]))
    #expect(short.status == 0, "\(short.errors)")
    #expect(short.errors.contains("documents 4 "), "\(short.errors)")
    #expect(!short.output.contains("<0x00>"))
    // Only numbers that stay whole allow so many pieces.
    let whole = program.outcome(of: try program.launch(arguments + ["--vocabulary-size", "54"]))
    #expect(whole.status == 0, "\(whole.errors)")
    let model = try #require(program.bytes("z.model"))
    #expect(model.range(of: Data("1987".utf8)) != nil)
  }

  @Test func bench() throws {
    let program = try Program()
    try train(program)
    let arguments = [
      "bench", "tokenize", "--tokenizer", "x.model", "--corpus", "corpus.txt", "--megabytes", "1",
      "--threads", "2",
    ]
    let outcome = program.outcome(of: try program.launch(arguments + ["--json"]))
    #expect(outcome.status == 0, "\(outcome.errors)")
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    let rates = try #require(object["rates"] as? [[String: Any]])
    #expect(rates.map { $0["threads"] as? Int } == [1, 2])
    #expect(rates[0]["tokens"] as? Int == rates[1]["tokens"] as? Int)
    #expect(rates[0]["bytes"] as? Int == program.bytes("corpus.txt")?.count)
    #expect((rates[0]["bytes_per_second"] as? Double ?? 0) > 0)
    #expect((rates[0]["tokens_per_second"] as? Double ?? 0) > 0)
    let hostile = try #require(object["hostile"] as? [[String: Any]])
    #expect(hostile.contains { $0["text"] as? String == "one letter" })
    #expect(hostile.contains { $0["text"] as? String == "random bytes" })
    #expect(hostile.allSatisfy { ($0["growth"] as? Double ?? 0) > 0 })
    let table = program.outcome(of: try program.launch(arguments)).output
    for word in ["MB/s", "tokens/s", "one letter", "random bytes", "n log n"] {
      #expect(table.contains(word), "\(table)")
    }
    #expect(table.split(separator: "\n").allSatisfy { $0.count <= 80 })
  }

  /// `SAMARA_PYTHON`, or the `python3` of the path, if it has both libraries.
  private static let python: String? = {
    let python = ProcessInfo.processInfo.environment["SAMARA_PYTHON"] ?? "python3"
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [python, "-c", "import sentencepiece, tokenizers"]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    process.waitUntilExit()
    return process.terminationStatus == 0 ? python : nil
  }()

  /// Both files in the libraries that their formats come from, on thousands of hostile texts.
  @Test(
    .enabled(if: python != nil, "python3 with sentencepiece and tokenizers is not here"),
    arguments: [
      [], ["--no-byte-fallback", "--character-coverage", "0.99", "--no-split-digits"],
      ["--user-defined", "<sep>", "in the", "a.b"],
    ])
  func sameIdsInTheOriginalLibraries(options: [String]) throws {
    let program = try Program()
    let arguments = [
      "tokenizer", "train", "--corpus", try corpus(in: program), "--vocabulary-size", "900",
      "--output", "x.model", "--output-json", "x.json",
    ]
    let trained = program.outcome(of: try program.launch(arguments + options))
    #expect(trained.status == 0, "\(trained.errors)")
    try check(program, model: program.folder("x.model"), json: program.folder("x.json"))
  }

  private static let llamaModel = "data/tokenizers/llama2/tokenizer.model"

  @Test(
    .enabled(
      if: python != nil && SharedData.has(llamaModel),
      "python3 with sentencepiece and tokenizers, or Llama 2's tokenizer, is not here"))
  func llamaInTheOriginalLibraries() throws {
    let program = try Program()
    _ = try corpus(in: program)
    let model = SharedData.path(Self.llamaModel)
    let converted = try program.run("tokenizer", "convert", model, "l.json")
    #expect(converted.status == 0, "\(converted.errors)")
    try check(program, model: model, json: program.folder("l.json"))
  }

  private func check(_ program: Program, model: String, json: String) throws {
    let process = Process()
    let log = try program.folder.write("", to: "check.log")
    let handle = FileHandle(forWritingAtPath: log)
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [
      Self.python ?? "python3",
      Self.root.appendingPathComponent("Tests/Interop/check_tokenizer.py").path,
      "--samara", Program.path, "--model", model, "--json", json,
      "--text", program.folder("corpus.txt"), "--count", "1500",
    ]
    process.standardOutput = handle
    process.standardError = handle
    try process.run()
    process.waitUntilExit()
    let found = try String(contentsOfFile: log, encoding: .utf8)
    #expect(process.terminationStatus == 0, "\(found)")
  }
}
