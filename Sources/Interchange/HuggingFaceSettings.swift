import Files
import Foundation
import Tokenization

/// The settings beside the weights: how conversations become prompts and how text is written.
enum HuggingFaceSettings {
  static let generationName = "generation_config.json"
  static let tokenizerName = "tokenizer_config.json"
  static let templateName = "chat_template.jinja"

  /// Reads what a folder has of them; none is needed.
  ///
  /// - Throws: ``InterchangeError``.
  static func read(
    folder: String, into contents: inout ModelContents
  ) throws(InterchangeError) {
    if let settings = try settings("\(folder)/\(generationName)") {
      contents.generation = try generation(settings)
    }
    let tokenizer = try settings("\(folder)/\(tokenizerName)")
    contents.chatTemplate = try template(folder: folder, tokenizer)
  }

  private static func settings(_ path: String) throws(InterchangeError) -> JSONSettings? {
    FileManager.default.fileExists(atPath: path) ? try JSONSettings(path: path) : nil
  }

  /// `generation_config.json`.
  static func generation(_ settings: JSONSettings) throws(InterchangeError) -> GenerationSettings {
    var result = GenerationSettings()
    result.startToken = try token("bos_token_id", settings)
    result.paddingToken = try token("pad_token_id", settings)
    result.endTokens = try (settings.integers("eos_token_id") ?? []).map {
      (id) throws(InterchangeError) in
      guard let token = Int32(exactly: id) else {
        throw settings.failure("eos_token_id", "tokens", settings.root["eos_token_id"])
      }
      return token
    }
    // Without sampling, the other settings have no meaning, whatever they are.
    if try settings.bool("do_sample") == false { return result }
    result.temperature = try settings.optionalNumber("temperature")
    result.topP = try settings.optionalNumber("top_p")
    result.topK =
      settings.has("top_k") ? try settings.integer("top_k", in: 0...Int(Int32.max)) : nil
    result.repetitionPenalty = try settings.optionalNumber("repetition_penalty")
    return result
  }

  private static func token(
    _ key: String, _ settings: JSONSettings
  ) throws(InterchangeError) -> Int32? {
    guard settings.has(key) else { return nil }
    return Int32(try settings.integer(key, in: 0...Int(Int32.max)))
  }

  /// `chat_template.jinja`, or what `tokenizer_config.json` holds: a text, or a list of named ones, of
  /// which the default is taken.
  private static func template(
    folder: String, _ tokenizer: JSONSettings?
  ) throws(InterchangeError) -> String? {
    let path = "\(folder)/\(templateName)"
    if FileManager.default.fileExists(atPath: path) {
      let bytes: MappedFile
      do {
        bytes = try MappedFile(path: path)
      } catch {
        throw .unreadable(path: path, reason: error.description)
      }
      guard bytes.bytes.count <= 1 << 24, let text = String(validating: bytes.bytes, as: UTF8.self)
      else { throw .unreadable(path: path, reason: "expected a text of at most 16 MiB in UTF-8") }
      return text
    }
    guard let tokenizer, let value = tokenizer.root["chat_template"] else { return nil }
    if let text = value.string { return text }
    let named = value.array ?? []
    for entry in named where entry["name"]?.string == "default" {
      if let text = entry["template"]?.string { return text }
    }
    if let text = named.first?["template"]?.string { return text }
    throw tokenizer.failure("chat_template", "a text, or a list of named ones", value)
  }
}
