import Generation
import TestSupport
import Testing

@Suite struct BuiltInTemplateTests {
  private static let messages = [
    ChatMessage(.system, "Be brief."), ChatMessage(.user, " Hi "),
    ChatMessage(.assistant, "Hello."),
    ChatMessage(.user, "Bye"),
  ]

  static let prompts = [
    "chatml": """
    <s><|im_start|>system
    Be brief.<|im_end|>
    <|im_start|>user
     Hi <|im_end|>
    <|im_start|>assistant
    Hello.<|im_end|>
    <|im_start|>user
    Bye<|im_end|>
    <|im_start|>assistant

    """,
    "llama2":
      "<s>[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\nHi [/INST] Hello. </s><s>[INST] Bye [/INST]",
    "zephyr": """
    <s><|system|>
    Be brief.</s>
    <|user|>
     Hi </s>
    <|assistant|>
    Hello.</s>
    <|user|>
    Bye</s>
    <|assistant|>

    """,
    "plain": "<s>Be brief.\n\nUser: Hi\nAssistant: Hello.\nUser: Bye\nAssistant:",
  ]

  @Test func everyTemplateWritesItsForm() throws {
    #expect(Set(ChatTemplate.builtIn.map(\.name)) == Set(Self.prompts.keys))
    for (name, expected) in Self.prompts {
      let (template, stops) = try ChatTemplate.named(name, tokens: .init(start: "<s>", end: "</s>"))
      let prompt = try template.prompt(for: Self.messages, addsGenerationPrompt: true)
      #expect(prompt.text == expected, "\(name)")
      #expect(!stops.isEmpty)
      // And for vocabularies that have no such tokens.
      let bare = try ChatTemplate.named(name, tokens: .init()).template
      #expect(
        try bare.prompt(for: Self.messages, addsGenerationPrompt: true).text
          == expected.replacing("<s>", with: "").replacing("</s>", with: ""))
    }
  }

  @Test func turnsThatDoNotAlternateAreRefused() throws {
    let template = try ChatTemplate.named("llama2", tokens: .init()).template
    #expect(throws: ChatTemplateError.self) {
      try template.prompt(
        for: [ChatMessage(.user, "a"), ChatMessage(.user, "b")], addsGenerationPrompt: true)
    }
  }

  @Test func filesAreRead() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("{{ messages[0].content }}!", to: "own.jinja")
    let template = try ChatTemplate.named(path, tokens: .init()).template
    #expect(
      try template.prompt(for: [ChatMessage(.user, "a")], addsGenerationPrompt: false).text == "a!")
    #expect(
      throws: ChatTemplateError.unknown(name: "chatmll", known: ChatTemplate.builtIn.map(\.name))
    ) {
      try ChatTemplate.named("chatmll", tokens: .init())
    }
    let broken = try folder.write([0xFF, 0xFE], to: "broken.jinja")
    #expect(throws: ChatTemplateError.unreadable(path: broken, reason: "it is not UTF-8")) {
      try ChatTemplate.named(broken, tokens: .init())
    }
  }
}
