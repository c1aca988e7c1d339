import ArgumentParser
import Experiments

/// What the command line changes of a recipe's evaluation in training.
struct ScoringArguments: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Steps between two evaluations of the weights; 0 for none.",
      discussion: "Scores join the run's metrics and change nothing of its training."))
  var evaluateEvery: Int?

  @Option(help: "Names of tasks, groups and suites to score on, separated by commas.")
  var evaluateTasks: String?

  @Option(help: "A text to measure bits a byte on: a file, or stories for the embedded ones.")
  var evaluateText: String?

  @Option(help: "Where the documents of --evaluate-tasks are: a folder, or hf:// to fetch them.")
  var evaluateData: String?

  @Option(parsing: .unconditional, help: "Documents a task to score on, from the first.")
  var evaluateLimit: Int?

  mutating func validate() throws {
    if let evaluateEvery, evaluateEvery < 0 {
      throw ValidationError("--evaluate-every is \(evaluateEvery), expected 0 or more")
    }
    if let evaluateLimit, evaluateLimit < 1 {
      throw ValidationError("--evaluate-limit is \(evaluateLimit), expected 1 or more")
    }
  }

  /// These changes among a recipe's.
  func apply(to overrides: inout RecipeOverrides) {
    let evaluation = EvaluationOverrides(
      everySteps: evaluateEvery,
      tasks: evaluateTasks.map {
        $0.split(separator: ",").map { $0.filter { $0 != " " } }.filter { !$0.isEmpty }
      },
      heldOutText: evaluateText.map { HeldOutTextSource($0) }, directory: evaluateData,
      documentLimit: evaluateLimit)
    overrides.evaluation = evaluation.isEmpty ? nil : evaluation
  }
}
