import Experiments
import Foundation
import Models
import Terminal

/// A recipe and its cost, for people and for programs.
enum RecipeView {
  /// The plan's numbers beside the recipe's record, in one object.
  static func json(_ recipe: Recipe) throws -> String {
    struct Resolved: Encodable {
      let recipe: Recipe
      let plan: RecipePlan

      func encode(to encoder: any Encoder) throws {
        try plan.encode(to: encoder)
        var container = encoder.container(keyedBy: Keys.self)
        try container.encode(recipe, forKey: .recipe)
      }

      enum Keys: String, CodingKey { case recipe }
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    return String(
      decoding: try encoder.encode(Resolved(recipe: recipe, plan: RecipePlan(recipe))),
      as: UTF8.self)
  }

  /// A value's record on one line.
  private static func line(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    let json = (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    return "\(type(of: value)) \(json)"
  }

  private static func corpusLine(_ recipe: Recipe) -> String {
    if let mixture = recipe.corpus as? CorpusMixture {
      let sum = mixture.sources.reduce(0) { $0 + $1.weight }
      return mixture.sources.map {
        "\(Format.decimal(100 * $0.weight / max(sum, .leastNormalMagnitude), places: 1))% \($0.name)"
      }.joined(separator: ", ")
    }
    guard let files = recipe.corpus as? CorpusFiles else { return line(recipe.corpus) }
    return files.paths.isEmpty ? "to be named with --corpus" : files.paths.joined(separator: ", ")
  }

  private static func tokenizerLine(_ recipe: Recipe) -> String {
    guard let file = recipe.tokenizer as? TokenizerFileSource else {
      return line(recipe.tokenizer)
    }
    return file.path ?? "to be named with --tokenizer"
  }

  private static func modelLine(_ recipe: Recipe) -> String {
    guard let sizes = recipe.model as? OpenELMConfiguration else { return line(recipe.model) }
    return "\(sizes.layerCount) layers of width \(Format.grouped(sizes.modelWidth)), heads of "
      + "\(sizes.headWidth), \(sizes.queriesPerKeyValueHead) queries a key head, vocabulary "
      + "\(Format.grouped(sizes.vocabularySize)), context \(Format.grouped(sizes.contextLength))"
  }

  private static func evaluationLine(_ recipe: Recipe, _ plan: RecipePlan) -> String {
    guard let evaluation = recipe.evaluation, let share = plan.evaluationShare else {
      return "none between steps"
    }
    let times = plan.evaluations == 1 ? "once" : "\(Format.grouped(plan.evaluations)) times"
    return "\(evaluation): \(times), about \(Format.decimal(100 * share, places: 1))% of training"
  }

  static func text(_ recipe: Recipe) -> String {
    let plan = RecipePlan(recipe)
    let lines: [(String, String)] = [
      ("recipe", "\(recipe.name): \(recipe.summary)"),
      ("parameters", Format.grouped(plan.parameters)),
      ("model", modelLine(recipe)),
      ("corpus", corpusLine(recipe)),
      ("tokenizer", tokenizerLine(recipe)),
      (
        "reading",
        "\(recipe.reading.packing), attention within the \(recipe.reading.attention), "
          + "\(recipe.reading.filter), normalization "
          + "\(recipe.reading.normalization), shuffled: \(recipe.reading.shuffling)"
      ),
      ("seed", String(recipe.seed)),
      (
        "step",
        "\(recipe.batching.sequencesPerStep) sequences of \(recipe.batching.sequenceLength) = "
          + "\(Format.grouped(plan.tokensPerStep)) tokens"
      ),
      ("run", "\(Format.grouped(plan.steps)) steps, \(Format.grouped(plan.tokens)) tokens"),
      ("cost", "\(Format.floatingPointOperations(plan.flopsPerToken)) a token"),
      ("memory", "about \(Format.bytes(plan.predictedPeakBytes)) at the peak"),
      (
        "precision",
        "\(recipe.execution.precision.rawValue), recomputed layers: \(recipe.execution.recomputation)"
      ),
      ("storage", recipe.storage.rawValue),
      (
        "learning rate",
        "\(recipe.schedule.maximum) after \(Format.grouped(recipe.schedule.warmupSteps)) steps, "
          + "down to \(recipe.schedule.minimum)"
      ),
      (
        "checkpoints",
        "every \(Format.grouped(recipe.checkpoints.everySteps)) steps, "
          + "the last \(recipe.checkpoints.keep) kept"
      ),
      ("evaluation", evaluationLine(recipe, plan)),
    ]
    let width = lines.map(\.0.count).max() ?? 0
    return lines.map { name, value in
      name + String(repeating: " ", count: width - name.count + 2) + value
    }.joined(separator: "\n")
  }
}
