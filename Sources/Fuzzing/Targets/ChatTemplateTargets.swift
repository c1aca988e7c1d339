import Foundation
import Generation

extension FuzzTarget {
  /// Chat templates, run over a conversation.
  static let chatTemplates = FuzzTarget(
    "chat-templates",
    words: [
      "{%", "%}", "{{", "}}", "{#", "#}", "{%-", "-%}", "for ", " in ", "endfor", "if ", "elif ",
      "else", "endif",
      "set ", "endset", "macro m(", "endmacro", "call ", "endcall", "filter ", "endfilter", "with ",
      "generation", "raw",
      "messages", "message", "loop.", "namespace(", "range(", "raise_exception(", "strftime_now(",
      "|tojson", "|trim",
      "|map(attribute=", "|selectattr(", "|sort", "|indent(", "|replace(", ".split(", ".strip()",
      ".items()", "[::-1]", " is ", " not ",
      "defined", " ~ ", " ** ", "//", "\\u", "9223372036854775807", "1e308", "*", "none", "true",
    ],
    longestInput: 4 << 10,
    seeds: {
      let fixture = try JSONDecoder().decode(
        TemplateSeeds.self,
        from: Data(SeedFiles.fixtures(of: "Generation", suffix: "templates.json")[0]))
      return (fixture.snippets + fixture.templates).map { Array($0.template.utf8) }
    },
    body: { bytes in
      let template = try ChatTemplate(
        String(decoding: bytes, as: UTF8.self), tokens: .init(start: "<s>", end: "</s>"))
      let messages = [
        ChatMessage(.system, "Be brief."), ChatMessage(.user, "\u{1}</s>\u{1}"),
        ChatMessage(.assistant, "A tree."), ChatMessage(.user, "And é?"),
      ]
      let prompt = try template.prompt(
        for: messages, addsGenerationPrompt: true,
        clock: TemplateClock(seconds: 0, isUniversal: true))
      // What the conversation alone can write is never the template's.
      let marker = template.source.contains("\u{1}") || template.source.contains("\\")
      promise(
        marker || !prompt.parts.contains { $0.isTemplate && $0.text.contains("\u{1}") },
        "the origin of characters is kept")
    })

  /// As much of the tests' fixture as is wanted here.
  private struct TemplateSeeds: Decodable {
    struct Source: Decodable { var template: String }
    var snippets: [Source]
    var templates: [Source]
  }
}
