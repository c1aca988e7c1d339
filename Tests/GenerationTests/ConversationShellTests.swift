import Foundation
import Generation
import Terminal
import TestSupport
import Testing

/// A conversation as its user sees it.
@Suite struct ConversationShellTests {
  /// What was written for some lines.
  private static func talk(
    _ conversation: Conversation, _ lines: [String], isInterrupted: @escaping () -> Bool = { false }
  ) throws -> (output: String, notices: String, goesOn: Bool) {
    var (output, notices, goesOn) = ("", "", true)
    let shell = ConversationShell(
      conversation, for: TerminalCapabilities(), output: { output += $0 },
      notices: { notices += $0 }, isInterrupted: isInterrupted)
    for line in lines where goesOn { goesOn = try shell.take(line) }
    return (output, notices, goesOn)
  }

  @Test func answersAreTheOutput() throws {
    let result = try Self.talk(ConversationTests.conversation(), ["hello", "  ", "//slash"])
    #expect(result.output == "re: hello\nre: /slash\n")
    #expect(result.notices.isEmpty)
    #expect(result.goesOn)
  }

  @Test func commandsActOnTheConversation() throws {
    let folder = try TemporaryFolder()
    let conversation = try ConversationTests.conversation()
    let path = folder("saved.json")
    let result = try Self.talk(
      conversation,
      [
        "/system be brief", "one", "/save \(path)", "/clear", "/history", "/load \(path)",
        "/history",
        "/set temperature 0.5", "/set", "two", "/undo", "/retry", "/stats", "/help", "/exit",
        "never",
      ])
    #expect(!result.goesOn)
    #expect(result.output.contains("nothing was said yet") == false)
    #expect(result.output.contains("system: be brief\nuser: one\nassistant: re: one\n"))
    #expect(result.output.contains("temperature         0.5"))
    #expect(result.output.contains("tokens written"))
    #expect(result.output.contains("/retry"))
    #expect(result.notices.contains("taken back: 2 messages, \u{201C}two\u{201D}"))
    #expect(!result.output.contains("never"))
    #expect(
      try ConversationFile.read(path) == [
        ChatMessage(.system, "be brief"), ChatMessage(.user, "one"),
        ChatMessage(.assistant, "re: one"),
      ])
  }

  @Test(arguments: [
    ("/retri", "did you mean /retry"), ("/zzzzzzz", "there is no command /zzzzzzz"),
    ("/save", "/save FILE"), ("/load missing.json", "missing.json"), ("/undo", "no turn"),
    ("/retry", "no answer"), ("/set temprature 1", "did you mean temperature"),
    ("/set temperature hot", "expected a number"), ("/set top-p 7", "top-p"),
    ("/set max-tokens 0", "1 or more"), ("/set seed -1", "0 or more"),
    ("/set seed", "/set seed VALUE"),
  ])
  func mistakesAreExplained(_ line: String, _ words: String) throws {
    let conversation = try ConversationTests.conversation()
    let result = try Self.talk(conversation, [line, "still here"])
    #expect(result.notices.contains(words), "\(result.notices)")
    #expect(result.output == "re: still here\n")
  }

  @Test func limitsAreSaid() throws {
    let short = try Self.talk(
      ConversationTests.conversation(maximumTokens: 3), ["hello"])
    #expect(short.output == "re:\n")
    #expect(short.notices.contains("after 3 tokens"))
    let full = try Self.talk(
      ConversationTests.conversation(
        ConversationTests.echo(contextLength: 64), maximumTokens: 20),
      (0..<5).map { "question \($0)" })
    #expect(full.notices.contains("no longer shown to the model"))
    #expect(full.notices.contains("question 0"))
  }

  @Test func anInterruptStopsTheAnswerAlone() throws {
    nonisolated(unsafe) var checks = 0
    let result = try Self.talk(
      ConversationTests.conversation(), ["question", "/exit"],
      isInterrupted: {
        checks += 1
        return checks == 4
      })
    #expect(result.output == "re:\n")
    #expect(result.notices.contains("stopped"))
  }

  @Test func aFailingOutputEndsTheConversation() throws {
    struct Closed: Error {}
    let shell = ConversationShell(
      try ConversationTests.conversation(), for: TerminalCapabilities(),
      output: { _ in throw Closed() }, notices: { _ in })
    #expect(throws: Closed.self) { try shell.take("hello") }
  }
}

@Suite struct ConversationFileTests {
  @Test(arguments: [
    ("[{\"role\": \"user\"}]", "message 1: no content"),
    (
      "[{\"role\": \"user\", \"content\": \"a\"}, {\"role\": \"king\", \"content\": \"a\"}]",
      "message 2"
    ),
    ("{\"messages\": 3}", "expected a JSON array"), ("", "expected a JSON array"),
    ("[1]", "message 1"), ("[{\"role\": \"user\", \"content\": 1}]", "message 1"),
  ])
  func brokenFilesAreExplained(_ text: String, _ words: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(text, to: "messages.json")
    do throws(ConversationError) {
      _ = try ConversationFile.read(path)
      Issue.record("\(text) was read")
    } catch {
      #expect("\(error)".contains(words), "\(error)")
      #expect("\(error)".contains(path))
    }
  }

  @Test func othersFilesAreRead() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(
      "{\"model\": \"x\", \"messages\": [{\"role\": \"user\", \"content\": \"é\", \"name\": \"y\"}]}",
      to: "messages.json")
    #expect(try ConversationFile.read(path) == [ChatMessage(.user, "é")])
  }
}

@Suite struct ConversationInputTests {
  @Test func linesAreJoined() {
    var input = ConversationInput()
    #expect(input.take("one") == "one")
    #expect(input.take("a\\") == nil)
    #expect(input.isContinued)
    #expect(input.take("b") == "a\nb")
    #expect(input.take("\"\"\"") == nil)
    #expect(input.take("x\\") == nil)
    #expect(input.take("") == nil)
    #expect(input.take("y\"\"\"") == "x\\\n\ny")
    #expect(input.take("\"\"\"z\"\"\"") == "z")
    #expect(!input.isContinued)
    #expect(input.take("") == "")
    #expect(input.take("\"\"\"open") == nil)
    #expect(input.finish() == "open")
    #expect(input.finish() == nil)
  }
}
