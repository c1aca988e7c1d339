import Foundation

extension ChatTemplate {
  /// A template for models that bring none.
  public struct BuiltIn: Sendable {
    public let name: String
    public let purpose: String
    let source: String
    /// Texts that end an answer where the model has no token for it.
    public let stops: [String]
  }

  /// The templates that `--template` knows by name.
  public static let builtIn: [BuiltIn] = [
    BuiltIn(
      name: "chatml", purpose: "ChatML: OLMo 2 and Qwen in form, with <|im_start|> and <|im_end|>",
      source: """
        {{ bos_token or '' }}
        {%- for message in messages %}
        <|im_start|>{{ message.role }}
        {{ message.content }}<|im_end|>
        {% endfor %}
        {% if add_generation_prompt %}
        <|im_start|>assistant
        {{ '' }}
        {%- endif %}
        """, stops: ["<|im_end|>"]),
    BuiltIn(
      name: "llama2", purpose: "Llama 2: [INST] and <<SYS>>",
      source: """
        {% set first = 0 %}
        {% set system = '' %}
        {% if messages and messages[0].role == 'system' %}
          {% set first = 1 %}
          {% set system = '<<SYS>>\\n' ~ messages[0].content.strip() ~ '\\n<</SYS>>\\n\\n' %}
        {% endif %}
        {% for message in messages[first:] %}
          {%- if (message.role == 'user') != (loop.index0 % 2 == 0) %}
            {{- raise_exception('user and assistant have to take turns, the user first') }}
          {%- elif message.role == 'user' %}
            {{- (bos_token or '') ~ '[INST] ' ~ (system if loop.first else '')
                ~ message.content.strip() ~ ' [/INST]' }}
          {%- else %}
            {{- ' ' ~ message.content.strip() ~ ' ' ~ (eos_token or '') }}
          {%- endif %}
        {% endfor %}
        """, stops: ["[INST]"]),
    BuiltIn(
      name: "zephyr", purpose: "Zephyr and TinyLlama: <|user|> on a line of its own",
      source: """
        {{ bos_token or '' }}
        {%- for message in messages %}
        <|{{ message.role }}|>
        {{ message.content ~ (eos_token or '') }}
        {{ '' }}
        {%- endfor %}
        {% if add_generation_prompt %}
        <|assistant|>
        {{ '' }}
        {%- endif %}
        """, stops: ["<|user|>", "<|system|>"]),
    BuiltIn(
      name: "plain", purpose: "for base models: User: and Assistant: before each turn",
      source: """
        {{ bos_token or '' }}
        {%- for message in messages %}
          {%- if message.role == 'system' %}
            {{- message.content.strip() ~ '\\n\\n' }}
          {%- else %}
            {{- message.role.capitalize() ~ ': ' ~ message.content.strip() ~ '\\n' }}
          {%- endif %}
        {%- endfor %}
        {%- if add_generation_prompt %}{{ 'Assistant:' }}{% endif %}
        """, stops: ["\nUser:", "\nSystem:"]),
  ]

  /// The built-in template of a name, or the one in the file of that path.
  ///
  /// - Throws: `ChatTemplateError`.
  public static func named(
    _ name: String, tokens: SpecialTexts
  ) throws(ChatTemplateError) -> (template: ChatTemplate, stops: [String]) {
    if let known = builtIn.first(where: { $0.name == name }) {
      let template = try ChatTemplate(
        known.source, name: "the template \(name)", tokens: tokens)
      return (template, known.stops)
    }
    guard FileManager.default.fileExists(atPath: name) else {
      throw .unknown(name: name, known: builtIn.map(\.name))
    }
    let bytes: Data
    do {
      bytes = try Data(contentsOf: URL(fileURLWithPath: name))
    } catch {
      throw .unreadable(path: name, reason: error.localizedDescription)
    }
    guard let source = String(validating: bytes, as: UTF8.self) else {
      throw .unreadable(path: name, reason: "it is not UTF-8")
    }
    return (try ChatTemplate(source, name: name, tokens: tokens), [])
  }
}
