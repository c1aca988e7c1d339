import Foundation
import TestSupport
import Testing

/// What a user types, and what comes back.
@Suite struct CommandLineTests {
  private static let snapshots = URL(filePath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Fixtures/help")

  private static let commands = [
    "", "recipes", "pretrain", "resume", "average", "evaluate", "tasks", "report", "generate",
    "chat", "convert", "inspect", "logs", "tokenize",
    "verify", "bench", "bench train", "bench matmul", "bench compare", "bench tokenize", "doctor",
    "bench evaluate", "bench generate",
    "tokenizer", "tokenizer train", "tokenizer inspect", "tokenizer convert",
    "data", "data list", "data fetch", "data inspect", "data count", "bench read",
  ]

  /// After a change that is meant, run the tests with SAMARA_WRITE_SNAPSHOTS=1 and read the
  /// difference.
  @Test(arguments: commands)
  func helpIsAsWritten(command: String) throws {
    let program = try Program()
    let arguments = command.split(separator: " ").map(String.init) + ["--help"]
    let help = program.outcome(of: try program.launch(arguments)).output
    let name = command.isEmpty ? "samara" : arguments.dropLast().joined(separator: "-")
    let path = Self.snapshots.appendingPathComponent("\(name).txt")
    if ProcessInfo.processInfo.environment["SAMARA_WRITE_SNAPSHOTS"] != nil {
      try FileManager.default.createDirectory(
        at: Self.snapshots, withIntermediateDirectories: true)
      try Data(help.utf8).write(to: path)
    }
    #expect(help == (try String(contentsOf: path, encoding: .utf8)))
  }

  @Test func recipesAsJSON() throws {
    let outcome = try Program().run("recipes", "show", "openelm-1.1b", "--json")
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    #expect(object["parameters"] as? Int == 1_079_891_456)
    #expect(object["tokens_per_step"] as? Int == 4_194_304)
    #expect(object["flops_per_token"] is Double)
    #expect(object["predicted_peak_bytes"] is Int)
    #expect(object["recipe"] is [String: Any])
  }

  @Test func aFirstRun() throws {
    let program = try Program()
    let trained = try program.run(
      "pretrain", "seedling", "--steps", "12", "--checkpoint-every", "3",
      "--sequences-per-step", "4")
    #expect(trained.status == 0, "\(trained.errors)")
    #expect(trained.output == "checkpoints/seedling/step-00000012\n")
    let averaged = try program.run("average", "seedling", "--last", "3")
    #expect(averaged.output == "checkpoints/seedling/average\n")
    let evaluated = try program.run(
      "evaluate", "checkpoints/seedling/average", "--tasks", "stories", "--limit", "8",
      "--output", "results.json", "--beside-untrained")
    #expect(evaluated.status == 0, "\(evaluated.errors)")
    #expect(evaluated.output.contains("untrained"))
    let results = try #require(program.bytes("results.json"))
    #expect(String(decoding: results, as: UTF8.self).contains("acc_stderr,none"))
    let generated = try program.run(
      "generate", "seedling", "--prompt", "It all began", "--max-tokens", "8")
    #expect(generated.output.hasPrefix("It all began"))
    let logs = try program.run("logs", "seedling")
    #expect(logs.output.contains("12"))
    // The default is scored at its end at least.
    #expect(logs.output.contains("bits_per_byte"))
    #expect(logs.output.contains("% of training's time"))
    #expect(try program.run("logs").output.contains("finished"))
  }

  @Test func tokenizeReadsAndWritesJSONLines() throws {
    let program = try Program()
    try program.run(
      "pretrain", "seedling", "--steps", "1", "--sequences-per-step", "1", "--run", "run")
    let model = "checkpoints/run/step-00000001/tokenizer.model"
    let outcome = try program.run(
      "tokenize", "--tokenizer", model, input: "\"\"\n\"\\n é \\u0000\"\n")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let lines = outcome.output.split(separator: "\n")
    #expect(lines.count == 2)
    #expect(lines[0] == "[]")
    let broken = try program.run("tokenize", "--tokenizer", model, input: "\"a\"\nb\n")
    #expect(broken.status != 0)
    #expect(broken.errors.contains("line 2"))
  }

  private static func training(_ corpus: String, _ more: String...) -> [String] {
    ["tokenizer", "train", "--corpus", corpus, "--vocabulary-size", "500", "--output", "x.model"]
      + more
  }

  /// Each message names what is wrong and what to do; no message is a crash.
  @Test(arguments: [
    (["pretrain", "seedlin"], "did you mean seedling"),
    (["pretrain", "openelm-12m"], "--corpus"),
    (["pretrain", "openelm-12m", "--corpus", "missing.jsonl"], "missing.jsonl"),
    (["pretrain", "openelm-12m", "--corpus", "*.none"], "matches no file"),
    (["pretrain", "seedling", "--corpus", "empty.jsonl"], "empty.jsonl"),
    (["pretrain", "seedling", "--tokenizer", "empty.jsonl"], "empty.jsonl"),
    (["pretrain", "seedling", "--run", "../x"], "cannot name a run"),
    (["pretrain", "seedling", "--steps", "0"], "steps is 0"),
    (["pretrain", "seedling", "--threads", "0"], "--threads"),
    (["pretrain", "seedling", "--evaluate-every", "-1"], "--evaluate-every is -1"),
    (["pretrain", "seedling", "--evaluate-limit", "0"], "--evaluate-limit is 0"),
    (["pretrain", "seedling", "--evaluate-tasks", "arc-easie", "--dry-run"], "arc_easy"),
    (["pretrain", "seedling", "--evaluate-tasks", "piqa"], "piqa: no data found"),
    (["pretrain", "seedling", "--evaluate-text", "missing.txt"], "missing.txt"),
    (["pretrain", "seedling", "--steps", "-1"], "steps is -1"),
    (["pretrain", "seedling", "--steps", "9223372036854775807", "--dry-run"], "steps is"),
    (["pretrain", "seedling", "--corpus", "wordless.jsonl"], "nothing to read"),
    (["evaluate", "seedling", "--threads", "0"], "--threads"),
    (["evaluate", "seedling", "--limit", "-1"], "--limit"),
    (["average", "seedling", "--last", "0"], "--last"),
    (["resume", "nothing"], "no run is called"),
    (["generate", "nothing"], "--prompt-file"),
    (["generate", "nothing", "--prompt", "x"], "no run is called"),
    (["generate", "x", "--prompt", "x", "--max-tokens", "-1"], "--max-tokens is -1"),
    (["generate", "x", "--prompt", "x", "--temperature", "-1"], "--temperature is -1"),
    (["generate", "x", "--prompt", "x", "--top-k", "-2"], "--top-k is -2"),
    (["generate", "x", "--prompt", "x", "--top-p", "0"], "--top-p is 0"),
    (["generate", "x", "--prompt", "x", "--min-p", "1.5"], "--min-p is 1.5"),
    (["generate", "x", "--prompt", "x", "--repetition-penalty", "0"], "--repetition-penalty is 0"),
    (["generate", "x", "--prompt", "x", "--stop", ""], "--stop is an empty text"),
    (["generate", "x", "--prompt", "x", "--type", "f16"], "q8_0"),
    (["generate", "x", "--prompt", "x", "--prompt-lookup", "0"], "--prompt-lookup is 0"),
    (
      ["generate", "x", "--prompt", "x", "--prompt-lookup", "3", "--draft", "y"], "give one of them"
    ),
    (["generate", "x", "--prompt-file", "missing.txt"], "missing.txt"),
    (["generate", "x", "--prompt", "-", "--prompt", "-"], "standard input"),
    (["bench", "generate", "--recipe", "seedlin"], "did you mean seedling"),
    (["bench", "generate", "--recipe", "x", "--model", "y"], "give one of them"),
    (["bench", "generate", "--new", "-1"], "--new is -1"),
    (["bench", "generate", "--peer-python", "p"], "belong together"),
    (["bench", "generate", "--peer-python", "p", "--peer-script", "s"], "--model"),
    (["average", "nothing"], "no run is called"),
    (["evaluate", "nothing", "--tasks", "stories"], "no run is called"),
    (["logs", "nothing"], "nothing"),
    (["verify", "nothing"], "reference.json"),
    (
      ["bench", "evaluate", "--tokenizer", "x", "--data", ".", "--batch-tokens", "0"],
      "--batch-tokens is 0"
    ),
    (["bench", "evaluate", "--tokenizer", "none.model", "--data", "."], "none.model"),
    (["bench", "train", "--recipe", "openelm-27m"], "did you mean"),
    (["bench", "train", "--recipe", "seedling", "--steps", "1"], "--steps is 1"),
    (["bench", "train", "--recipe", "seedling", "--steps", "-1"], "--steps is -1"),
    (["bench", "train", "--recipe", "seedling", "--batch", "0"], "--batch is 0"),
    (["bench", "train", "--recipe", "seedling", "--sequence", "257"], "context of 256"),
    (["bench", "train", "--recipe", "seedling", "--threads", "0"], "--threads is 0"),
    (["bench", "train", "--recipe", "seedling", "--recompute", "some"], "--recompute"),
    (["bench", "train", "--batch", "100000"], "lower --batch"),
    (["bench", "train", "--batch", "16777216"], "lower --batch"),
    (["bench", "train", "--batch", "9223372036854775807"], "sequences per step is"),
    (["bench", "matmul", "--batch", "500000"], "lower --batch"),
    (["bench", "matmul", "--threads", "-1"], "--threads is -1"),
    (["bench", "compare", "--recipe", "seedling"], "no size for recipe seedling"),
    (["bench", "compare", "--rounds", "0"], "--rounds is 0"),
    (["bench", "compare", "--steps", "1"], "--steps is 1"),
    (["tokenize", "--tokenizer", "nothing.model"], "nothing.model"),
    (["bench", "tokenize", "--tokenizer", "nothing.model", "--corpus", "x.txt"], "nothing.model"),
    (
      ["bench", "tokenize", "--tokenizer", "x", "--corpus", "x", "--megabytes", "0"],
      "--megabytes is 0"
    ),
    (
      ["bench", "tokenize", "--tokenizer", "x", "--corpus", "x", "--threads", "0"],
      "--threads is 0"
    ),
    (["convert", "nothing", "x.gguf"], "no run is called"),
    (["convert", "few.txt", "x.pt"], "found a file that begins with"),
    (["convert", "seedling", "x"], "say what to write with --to"),
    (["convert", "seedling", "x", "--to", "mlx", "--vocabulary", "0"], "--vocabulary is 0"),
    (["convert", "seedling", "x", "--to", "mlx", "--recipe", "y"], "--recipe is for --to samara"),
    (["inspect", "nothing"], "no run is called"),
    (["inspect", "few.txt"], "found a file that begins with"),
    (["tokenizer", "inspect", "nothing.model"], "nothing.model"),
    (["tokenizer", "inspect", "wordless.jsonl"], "not a whole tokenizer"),
    (["tokenizer", "convert", "nothing.model", "x.json"], "nothing.model"),
    (["tokenizer", "convert", "empty.jsonl", "empty.jsonl"], "written over"),
    (Self.training("missing.txt"), "missing.txt"),
    (Self.training("wordless.jsonl"), "nothing to read"),
    (Self.training("wordless.jsonl", "--threads", "0"), "--threads is 0"),
    (Self.training("wordless.jsonl", "--limit-bytes", "-1"), "--limit-bytes is -1"),
    (Self.training("wordless.jsonl", "--character-coverage", "2"), "characterCoverage is 2"),
    (Self.training("wordless.jsonl", "--control", "<s>"), "controlPieces is"),
    (Self.training("few.txt"), "these documents allow"),
    (Self.training("few.txt", "--output-json", "x.model"), "name two files"),
    (Self.training("few.txt", "--output-json", "none/x.json"), "the folder none is not there"),
  ])
  func errorsTeach(arguments: [String], message: String) throws {
    let program = try Program()
    try Data().write(to: URL(filePath: "\(program.folder.path)/empty.jsonl"))
    try Data("{\"text\": \"\"}\n".utf8).write(
      to: URL(filePath: "\(program.folder.path)/wordless.jsonl"))
    try program.folder.write("a few words, a few words", to: "few.txt")
    let outcome = program.outcome(of: try program.launch(arguments))
    #expect(!outcome.wasSignalled)
    #expect(outcome.status != 0)
    #expect(outcome.errors.contains(message), "\(outcome.errors)")
    #expect(program.bytes("checkpoints/seedling/run.json") == nil)
  }

  @Test(
    .enabled(
      if: SharedData.has("data/tokenizers/llama2/tokenizer.model"),
      "needs the shared tokenizers"))
  func aVocabularyTooLargeForTheModel() throws {
    let outcome = try Program().run(
      "pretrain", "seedling", "--tokenizer",
      SharedData.path("data/tokenizers/llama2/tokenizer.model"))
    #expect(outcome.errors.contains("32000 pieces do not fit"), "\(outcome.errors)")
  }

  /// A disk that fills up while a checkpoint is written costs that checkpoint and nothing else.
  @Test func aFullDiskLosesNothing() throws {
    let program = try Program()
    let prepared = try program.run(
      "pretrain", "seedling", "--run", "small", "--steps", "2", "--sequences-per-step", "1")
    #expect(prepared.status == 0, "\(prepared.errors)")
    // Files of more than 2,000 blocks of 1 KiB cannot be written; the weights need more.
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = [
      "-c",
      "ulimit -f 2000; exec '\(Program.path)' pretrain seedling --run large --steps 2 "
        + "--sequences-per-step 1 2> full.errors",
    ]
    process.currentDirectoryURL = URL(filePath: program.folder.path)
    try process.run()
    process.waitUntilExit()
    let errors = String(decoding: program.bytes("full.errors") ?? Data(), as: UTF8.self)
    #expect(process.terminationReason == .exit, "\(errors)")
    #expect(process.terminationStatus != 0)
    #expect(errors.contains("weights.safetensors"), "\(errors)")
    #expect(errors.contains("bytes are needed"), "\(errors)")
    let left = try? FileManager.default.contentsOfDirectory(
      atPath: "\(program.folder.path)/checkpoints/large")
    #expect(!(left ?? []).contains { $0.hasPrefix("step-") }, "\(left ?? [])")
  }
}
