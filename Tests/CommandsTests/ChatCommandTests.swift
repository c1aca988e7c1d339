import Foundation
import Testing

/// `samara chat` without a terminal: a line is a turn.
@Suite struct ChatCommandTests {
  private static func trained() throws -> Program {
    let program = try Program()
    let outcome = try program.run(
      "pretrain", "seedling", "--steps", "1", "--sequences-per-step", "1")
    try #require(outcome.status == 0, "\(outcome.errors)")
    return program
  }

  @Test func linesAreTurns() throws {
    let program = try Self.trained()
    let outcome = try program.run(
      "chat", "seedling", "--template", "plain", "--max-tokens", "5", "--type", "f32",
      input: "hello\n/stats\n/save turns.json\n/histori\n\"\"\"\na\nb\n\"\"\"\n/exit\nnever\n")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("tokens written"))
    #expect(outcome.errors.contains("did you mean /history"))
    let saved = try #require(program.bytes("turns.json"))
    let turns = try #require(
      try JSONSerialization.jsonObject(with: saved) as? [[String: String]])
    #expect(turns.map { $0["role"] } == ["user", "assistant"])
    #expect(turns.first?["content"] == "hello")
    // The answer is what was written before the figures.
    let answer = try #require(turns.last?["content"])
    #expect(outcome.output.hasPrefix(String(answer.drop { $0.isWhitespace })))
    // The same again, from the turns that were saved.
    let other = try program.run(
      "chat", "seedling", "--template", "plain", "--max-tokens", "5", "--type", "f32",
      input: "/load turns.json\n/history\n")
    #expect(other.output.contains("user: hello\n"), "\(other.errors)")
  }

  @Test func whatCannotBeDoneIsSaid() throws {
    let program = try Self.trained()
    let bare = try program.run("chat", "seedling", input: "hello\n")
    #expect(bare.status != 0)
    #expect(bare.errors.contains("no chat template") && bare.errors.contains("--template"))
    #expect(bare.errors.contains("plain"))
    let unknown = try program.run("chat", "seedling", "--template", "chatmll", input: "")
    #expect(unknown.errors.contains("chatml, llama2"), "\(unknown.errors)")
    try Data("{{ 1 + }}".utf8).write(to: URL(filePath: "\(program.folder.path)/broken.jinja"))
    let broken = try program.run("chat", "seedling", "--template", "broken.jinja", input: "")
    #expect(broken.errors.contains("broken.jinja, line 1"), "\(broken.errors)")
    let type = try program.run("chat", "seedling", "--type", "q5", input: "")
    #expect(type.errors.contains("q8_0"), "\(type.errors)")
    let top = try program.run("chat", "seedling", "--top-p", "3", input: "")
    #expect(top.errors.contains("top-p"), "\(top.errors)")
  }
}
