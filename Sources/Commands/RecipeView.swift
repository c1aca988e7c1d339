import Experiments
import Terminal

/// A recipe and its cost, for people.
enum RecipeView {
  static func text(_ recipe: Recipe) -> String {
    let plan = RecipePlan(recipe)
    let lines: [(String, String)] = [
      ("recipe", "\(recipe.name): \(recipe.summary)"),
      ("parameters", Format.grouped(plan.parameters)),
      (
        "step",
        "\(recipe.batching.sequencesPerStep) sequences of \(recipe.batching.sequenceLength) = "
          + "\(Format.grouped(plan.tokensPerStep)) tokens"
      ),
      ("run", "\(Format.grouped(plan.steps)) steps, \(Format.grouped(plan.tokens)) tokens"),
      ("cost", "\(Format.floatingPointOperations(plan.flopsPerToken)) a token"),
      ("memory", "about \(Format.bytes(plan.predictedPeakBytes)) at the peak"),
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
    ]
    let width = lines.map(\.0.count).max() ?? 0
    return lines.map { name, value in
      name + String(repeating: " ", count: width - name.count + 2) + value
    }.joined(separator: "\n")
  }
}
