import Foundation

/// Turns a conversation into the text of a prompt, as a model's publisher wrote it down in Jinja.
///
/// It gives the same text as `apply_chat_template` of transformers, whose settings and functions it has;
/// `TemplateLimit` bounds what a template may do, since it comes from a stranger.
public struct ChatTemplate: Sendable {
  /// What messages call it: a file's path, or a built-in template's name.
  public let name: String
  public let source: String
  /// The texts of the tokens that `bos_token`, `eos_token` and the like stand for.
  public var tokens: SpecialTexts
  private let statements: [TemplateStatement]

  /// The texts of special tokens; nil where the tokenizer has none.
  public struct SpecialTexts: Sendable, Equatable {
    public var start: String?
    public var end: String?
    public var padding: String?

    public init(start: String? = nil, end: String? = nil, padding: String? = nil) {
      self.start = start
      self.end = end
      self.padding = padding
    }
  }

  /// Reads a template.
  ///
  /// - Throws: `ChatTemplateError.malformed`, `.unsupported` or `.unbounded`.
  public init(
    _ source: String, name: String = "the chat template", tokens: SpecialTexts = SpecialTexts()
  ) throws(ChatTemplateError) {
    self.name = name
    self.source = source
    self.tokens = tokens
    do throws(TemplateFault) {
      statements = try TemplateParser.statements(of: source)
    } catch {
      throw ChatTemplateError(error, name: name)
    }
  }

  /// Returns the prompt of a conversation.
  ///
  /// - Parameters:
  ///   - addsGenerationPrompt: Whether what begins an answer comes last.
  ///   - variables: What else the template may ask for, such as `enable_thinking`.
  ///   - clock: What `strftime_now` takes for the present.
  /// - Throws: `ChatTemplateError.failed`, `.refused`, `.unsupported` or `.unbounded`.
  public func prompt(
    for messages: [ChatMessage], addsGenerationPrompt: Bool,
    variables: [String: ChatVariable] = [:], clock: TemplateClock = .present
  ) throws(ChatTemplateError) -> ChatPrompt {
    var values = variables.mapValues { $0.value(origin: .conversation) }
    values["messages"] = .array(
      messages.map { message in
        // Roles are this program's own words, and templates build markers of them.
        .mapping(
          TemplateMapping([
            ("role", .text(message.role.rawValue)),
            ("content", .text(TemplateText(message.content, origin: .conversation))),
          ]))
      })
    values["add_generation_prompt"] = .bool(addsGenerationPrompt)
    return try render(values, clock: clock)
  }

  /// Runs the template over variables as they are.
  package func render(
    variables: [String: ChatVariable], clock: TemplateClock
  ) throws(ChatTemplateError) -> ChatPrompt {
    try render(variables.mapValues { $0.value(origin: .conversation) }, clock: clock)
  }

  private func render(
    _ given: [String: TemplateValue], clock: TemplateClock
  ) throws(ChatTemplateError) -> ChatPrompt {
    // transformers gives these two whether there are any or not.
    var values: [String: TemplateValue] = ["tools": .none, "documents": .none]
    values["bos_token"] = tokens.start.map { .text($0) }
    values["eos_token"] = tokens.end.map { .text($0) }
    values["pad_token"] = tokens.padding.map { .text($0) }
    values.merge(given) { $1 }
    do throws(TemplateFault) {
      let interpreter = TemplateInterpreter(variables: values, clock: clock)
      return ChatPrompt(try interpreter.run(statements))
    } catch {
      throw ChatTemplateError(error, name: name)
    }
  }
}

/// A value that is given to a template: what JSON knows, the entries of objects in order.
public indirect enum ChatVariable: Sendable {
  case none
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case text(String)
  case list([ChatVariable])
  case mapping([(key: String, value: ChatVariable)])

  func value(origin: TemplateText.Origin) -> TemplateValue {
    switch self {
    case .none: .none
    case .bool(let value): .bool(value)
    case .integer(let value): .integer(value)
    case .number(let value): .number(value)
    case .text(let text): .text(TemplateText(text, origin: origin))
    case .list(let elements): .array(elements.map { $0.value(origin: origin) })
    case .mapping(let entries):
      .mapping(TemplateMapping(entries.map { ($0.key, $0.value.value(origin: origin)) }))
    }
  }
}

/// The text of a prompt, of which each part is known to be the template's or the conversation's.
public struct ChatPrompt: Sendable, Equatable {
  /// A run of characters by one writer.
  public struct Part: Sendable, Equatable {
    public var text: String
    /// Whether the template wrote it; only there may text become special tokens.
    public var isTemplate: Bool
  }

  /// All parts in order; neighbours have different writers.
  public let parts: [Part]

  /// The whole text.
  public var text: String { parts.map(\.text).joined() }

  init(_ text: TemplateText) {
    var parts: [Part] = []
    var start = 0
    for place in 0...text.count where place > start {
      let isTemplate = TemplateText.isTemplate(text.units[start])
      if place == text.count || TemplateText.isTemplate(text.units[place]) != isTemplate {
        parts.append(Part(text: text[start..<place].string, isTemplate: isTemplate))
        start = place
      }
    }
    self.parts = parts
  }
}
