import Generation
import Testing

/// Templates against Jinja itself, and what bounds them.
@Suite struct ChatTemplateTests {
  private static func outcome(
    _ source: String, _ variables: [String: ChatVariable],
    tokens: ChatTemplate.SpecialTexts = .init()
  ) -> Result<String, ChatTemplateError> {
    do throws(ChatTemplateError) {
      return .success(
        try ChatTemplate(source, tokens: tokens)
          .render(variables: variables, clock: ChatTemplateFixture.clock).text)
    } catch {
      return .failure(error)
    }
  }

  /// What Jinja refuses is refused, what the template says of it included.
  private static func check(
    _ expected: ChatTemplateFixture.Outcome, _ source: String,
    _ variables: [String: ChatVariable], tokens: ChatTemplate.SpecialTexts = .init()
  ) {
    switch outcome(source, variables, tokens: tokens) {
    case .success(let text): #expect(text == expected.output, "\(source)")
    case .failure(.unsupported(_, _, let feature)):
      // Said to be left out: nothing else is claimed.
      #expect(known.contains { feature.contains($0) }, "\(source): \(feature)")
    case .failure(let error):
      #expect(expected.output == nil, "\(source): \(error)")
      if let message = expected.raised {
        #expect(error == .refused(name: "the chat template", message: message))
      }
    }
  }

  /// The parts of Jinja and Python that the fixture holds and that are left out.
  private static let known = ["64 bits", "formatted with"]

  @Test func snippetsAreAsJinjaHasThem() throws {
    let fixture = try ChatTemplateFixture.load()
    #expect(fixture.snippets.count > 500)
    for snippet in fixture.snippets {
      Self.check(snippet, try #require(snippet.template), fixture.values.variables)
    }
  }

  @Test func conversationsAreAsJinjaHasThem() throws {
    let fixture = try ChatTemplateFixture.load()
    var count = 0
    for whole in fixture.templates {
      for (conversation, expected) in zip(fixture.conversations, whole.outcomes) {
        Self.check(
          expected, whole.template, conversation.variables,
          tokens: .init(start: "<s>", end: "</s>"))
        count += 1
      }
    }
    #expect(count >= 70)
  }
}
