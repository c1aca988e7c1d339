import Samara

/// A task of one's own: which word completes an analogy, from lines such as
/// `{"question": "Paris is to France as Rome is to", "choices": ["Italy", "Spain"], "answer": 0}`.
///
/// `samara evaluate RUN --tasks analogies` finds it beside the project's tasks.
struct Analogies: EvaluationTask {
  let name = "analogies"
  let version = 1.0
  let dataset = TaskDataset.file("data/analogies.jsonl")
  let metrics: [EvaluationMetric] = [.accuracy, .normalizedAccuracy]

  func question(from document: TaskDocument) throws -> TaskQuestion {
    let choices = try document.choices("choices")
    return .choice(
      context: try document.string("question"), choices: choices,
      gold: try document.gold("answer", choiceCount: choices.count))
  }
}
