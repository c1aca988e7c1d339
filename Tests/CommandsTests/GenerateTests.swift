import Foundation
import Testing

/// `samara generate` and `samara bench generate`, run as a user would.
@Suite struct GenerateTests {
  private static func trained() throws -> Program {
    let program = try Program()
    let outcome = try program.run(
      "pretrain", "seedling", "--steps", "2", "--sequences-per-step", "2")
    #expect(outcome.status == 0, "\(outcome.errors)")
    return program
  }

  private static func objects(_ outcome: Program.Outcome) throws -> [[String: Any]] {
    #expect(outcome.status == 0, "\(outcome.errors)")
    return try outcome.output.split(separator: "\n").map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
  }

  /// One run serves all: training it costs most of the time.
  @Test func everyWayToWrite() throws {
    let program = try Self.trained()
    func generate(_ arguments: [String], input: String? = nil) throws -> Program.Outcome {
      program.outcome(of: try program.launch(["generate", "seedling"] + arguments, input: input))
    }
    let base = ["--prompt", "It all began", "--max-tokens", "24"]
    let plain = try generate(base)
    #expect(plain.status == 0, "\(plain.errors)")
    #expect(plain.output.hasPrefix("It all began") && plain.output.hasSuffix("\n"))
    // No terminal: nothing but the text.
    #expect(plain.errors == "")

    let records = try Self.objects(try generate(base + ["--json"]))
    #expect(records.count == 1)
    let record = try #require(records.first)
    #expect(plain.output == "It all began\(record["text"] as? String ?? "?")\n")
    #expect((record["tokens"] as? [Int])?.count == 24)
    #expect(record["finish_reason"] as? String == "length")
    #expect((record["tokens_per_second"] as? Double ?? 0) > 0)
    let settings = try #require(record["settings"] as? [String: Any])
    #expect(settings["type"] as? String == "f32")
    #expect(settings["temperature"] as? Double == 0)

    // Guessing changes nothing but the speed, which is told.
    for guess in [["--prompt-lookup", "5"], ["--draft", "seedling"]] {
      let guessed = try generate(base + guess + ["--verbose"])
      #expect(guessed.output == plain.output)
      #expect(guessed.errors.contains("tokens a step"), "\(guessed.errors)")
      #expect(guessed.errors.contains("speed-up"), "\(guessed.errors)")
    }
    let drafted = try #require(
      try Self.objects(try generate(base + ["--draft", "seedling", "--json"])).first)
    #expect(drafted["acceptance_rate"] as? Double == 1)

    // A batch prints in the order of the prompts, and standard input is one of them.
    let batch = try generate(
      ["--prompt", "-", "--prompt", "It all began", "--max-tokens", "24"], input: "One day")
    #expect(batch.output.hasPrefix("One day"))
    #expect(batch.output.hasSuffix("\n\n" + plain.output))

    // A seed gives one text, another seed another.
    let sampled = ["--temperature", "1.5", "--top-k", "50", "--top-p", "0.95", "--min-p", "0.01"]
    let first = try generate(base + sampled + ["--seed", "3"])
    #expect(first.status == 0, "\(first.errors)")
    #expect(try generate(base + sampled + ["--seed", "3"]).output == first.output)
    #expect(try generate(base + sampled + ["--seed", "4"]).output != first.output)

    // Stop texts are not printed, and what came before them is.
    let text = try #require(record["text"] as? String)
    let stop = String(text.dropFirst(text.count / 2).prefix(3))
    let stopped = try #require(
      try Self.objects(try generate(base + ["--stop", stop, "--json"])).first)
    #expect(stopped["finish_reason"] as? String == "stop")
    #expect(stopped["text"] as? String == text.components(separatedBy: stop).first)

    for type in ["bf16", "q8_0", "q4_0"] {
      #expect(try generate(base + ["--type", type]).status == 0)
    }

    // A prompt that is too long is refused with the numbers, or cut with the number.
    let long = String(repeating: "It all began on a day. ", count: 400)
    try program.folder.write(long, to: "long.txt")
    let refused = try generate(["--prompt-file", "long.txt"])
    #expect(refused.status != 0)
    #expect(refused.errors.contains("--truncate-prompt"), "\(refused.errors)")
    let cut = try generate(
      ["--prompt-file", "long.txt", "--truncate-prompt", "--max-tokens", "3"])
    #expect(cut.status == 0, "\(cut.errors)")
    #expect(cut.errors.contains("tokens are left out"), "\(cut.errors)")
  }

  @Test func benchmark() throws {
    let arguments = [
      "bench", "generate", "--recipe", "seedling", "--prompt", "16", "--new", "4", "--type", "q8_0",
      "--threads", "1",
    ]
    let program = try Program()
    let outcome = program.outcome(of: try program.launch(arguments + ["--json"]))
    #expect(outcome.status == 0, "\(outcome.errors)")
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    #expect(object["type"] as? String == "q8_0")
    #expect(object["prompt"] as? Int == 16)
    #expect(object["threads"] as? Int == 1)
    #expect((object["bytes_per_step"] as? Int ?? 0) > 1 << 16)
    #expect((object["bandwidth_fraction"] as? Double ?? 0) > 0)
    let table = program.outcome(of: try program.launch(arguments))
    for word in ["seedling", "q8_0", "prefill", "writing", "a step reads", "of plain reading"] {
      #expect(table.output.contains(word), "\(table.output)\(table.errors)")
    }
    #expect(table.output.split(separator: "\n").allSatisfy { $0.count <= 80 }, "\(table.output)")
  }
}
