import Foundation
import Kernels
import Models

/// `README.md` of a model's folder: what it is, how it was trained, how to load it.
struct ModelCard {
  private let contents: ModelContents
  private let format: ModelFormat
  private let options: WritingOptions
  private let tokens: SpecialTokens

  init(
    _ contents: ModelContents, format: ModelFormat, options: WritingOptions, tokens: SpecialTokens
  ) {
    self.contents = contents
    self.format = format
    self.options = options
    self.tokens = tokens
  }

  private var configuration: OpenELMConfiguration { contents.configuration }

  var text: String {
    [frontMatter, heading, sizes, training, scores, usage, origin]
      .filter { !$0.isEmpty }.joined(separator: "\n\n") + "\n"
  }

  private var name: String {
    contents.training?.recipe ?? "OpenELM of \(grouped(configuration.parameterCount)) parameters"
  }

  /// YAML that the hub reads.
  private var frontMatter: String {
    """
    ---
    library_name: \(format == .mlx ? "mlx" : "transformers")
    pipeline_tag: text-generation
    tags:
    - openelm\(format == .mlx ? "\n- mlx" : "")
    ---
    """
  }

  private var heading: String {
    """
    # \(name)

    A language model of the OpenELM architecture (arXiv:2404.14619): \(configuration.layerCount) layers whose \
    attention and feed-forward widths grow with depth, grouped queries, rotary positions, RMS normalization.
    """
  }

  private var sizes: String {
    let layers = configuration.layers
    func span(_ values: [Int]) -> String {
      guard let least = values.min(), let most = values.max() else { return "" }
      return least == most ? grouped(least) : "\(grouped(least)) to \(grouped(most))"
    }
    var rows = [
      ("parameters", grouped(configuration.parameterCount)), ("layers", "\(layers.count)"),
      ("model width", grouped(configuration.modelWidth)),
      ("head width", grouped(configuration.headWidth)),
      ("query heads a layer", span(layers.map(\.attention.queryHeads))),
      ("key/value heads a layer", span(layers.map(\.attention.keyValueHeads))),
      ("feed-forward width a layer", span(layers.map(\.feedForwardWidth))),
      ("vocabulary", grouped(configuration.vocabularySize)),
      ("context", "\(grouped(configuration.contextLength)) tokens"),
      ("output projection", configuration.sharesInputAndOutput ? "the token table" : "its own"),
      ("weights", options.type.torchName),
    ]
    if let start = tokens.text(tokens.start) { rows.append(("text begins with", "`\(start)`")) }
    if let end = tokens.text(tokens.ends.first) { rows.append(("text ends with", "`\(end)`")) }
    return "## Sizes\n\n| | |\n|---|---|\n"
      + rows.map { "| \($0.0) | \($0.1) |" }.joined(separator: "\n")
  }

  private var training: String {
    guard let record = contents.training else { return "" }
    var lines: [String] = []
    if let recipe = record.recipe { lines.append("- recipe: `\(recipe)`") }
    if let step = record.step { lines.append("- step: \(grouped(step))") }
    if let tokens = record.tokens { lines.append("- tokens seen: \(grouped(tokens))") }
    var text = lines.isEmpty ? "" : "## Training\n\n" + lines.joined(separator: "\n")
    if let recipe = record.recipeRecord, !recipe.contains("```") {
      text +=
        (text.isEmpty ? "## Training" : "")
        + "\n\n<details><summary>The recipe</summary>\n\n```json\n"
        + recipe.trimmingCharacters(in: .whitespacesAndNewlines) + "\n```\n\n</details>"
    }
    return text
  }

  private var scores: String {
    guard let scores = contents.training?.scores, !scores.isEmpty else { return "" }
    return "## Scores\n\n| task | metric | value |\n|---|---|---:|\n"
      + scores.map { "| \($0.task) | \($0.metric) | \(String(format: "%.4f", $0.value)) |" }
      .joined(separator: "\n")
  }

  private var usage: String {
    let program =
      format == .mlx
      ? """
      from mlx_lm import load, generate

      model, tokenizer = load("FOLDER")
      print(generate(model, tokenizer, prompt="Once upon a time", max_tokens=64))
      """
      : """
      from transformers import AutoModelForCausalLM, PreTrainedTokenizerFast

      tokenizer = PreTrainedTokenizerFast.from_pretrained("FOLDER")
      # The architecture's code is Apple's, at apple/OpenELM-270M.
      model = AutoModelForCausalLM.from_pretrained("FOLDER", trust_remote_code=True)
      ids = tokenizer("Once upon a time", return_tensors="pt").input_ids
      print(tokenizer.decode(model.generate(ids, max_new_tokens=64)[0]))
      """
    return """
      ## Use

      ```python
      \(program)
      ```

      Or, without Python:

      ```
      samara generate FOLDER --prompt "Once upon a time" --max-tokens 64
      ```
      """
  }

  private var origin: String {
    let command = options.command.map { "\n\n```\n\($0)\n```" } ?? ""
    return
      "## Origin\n\nWritten by Samara, from `\((contents.path as NSString).lastPathComponent)` (\(contents.format.rawValue))."
      + command
  }

  private func grouped(_ value: Int) -> String {
    var digits = Array("\(value)")
    var place = digits.count - 3
    while place > 0 {
      digits.insert(",", at: place)
      place -= 3
    }
    return String(digits)
  }
}
