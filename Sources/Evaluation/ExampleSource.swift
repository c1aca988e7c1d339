/// Where the examples before a question come from, and which are taken.
public struct ExampleSource: Sendable {
  /// Which documents are taken.
  public enum Choice: Sendable, Equatable {
    /// So many at random for each question.
    ///
    /// Where the question itself is left out, one more is drawn and every document equal to the
    /// question's dropped: what the harness does for a task whose declaration names no test split.
    case drawn(leavingOutQuestion: Bool)
    /// The first ones, for every question the same.
    case first
  }

  /// The documents themselves, or what holds them.
  enum Origin: Sendable {
    case dataset(TaskDataset)
    case ownDocuments
    case documents([TaskDocument])
  }

  let origin: Origin
  public let choice: Choice

  /// Examples drawn at random from a split.
  public static func drawn(from dataset: TaskDataset, leavingOutQuestion: Bool = false)
    -> ExampleSource
  {
    ExampleSource(
      origin: .dataset(dataset), choice: .drawn(leavingOutQuestion: leavingOutQuestion))
  }

  /// Examples drawn at random from the documents that the task itself reads, such as those of one
  /// kind of bias.
  public static func drawnFromOwnDocuments(leavingOutQuestion: Bool = false) -> ExampleSource {
    ExampleSource(origin: .ownDocuments, choice: .drawn(leavingOutQuestion: leavingOutQuestion))
  }

  /// The first documents of a split.
  public static func first(of dataset: TaskDataset) -> ExampleSource {
    ExampleSource(origin: .dataset(dataset), choice: .first)
  }

  /// The first of documents that the task itself holds.
  public static func first(of documents: [TaskDocument]) -> ExampleSource {
    ExampleSource(origin: .documents(documents), choice: .first)
  }

  /// The split that examples are taken from; nil where they are no split of a data set.
  var split: String? {
    if case .dataset(.hub(_, _, let split)) = origin { split } else { nil }
  }

  /// Reads the documents that examples are taken from.
  ///
  /// Where a training split is not there the validation split is read, as the harness does for data
  /// sets without one, and the data's `report` is told.
  public func documents(for task: any EvaluationTask, data: TaskData) throws -> [TaskDocument] {
    switch origin {
    case .ownDocuments: return try task.documents(from: data)
    case .documents(let documents): return documents
    case .dataset(let dataset):
      do {
        return try data.documents(of: dataset, task: task.name)
      } catch EvaluationError.missingData(let name, let lookedAt) {
        let missing = EvaluationError.missingData(task: name, lookedAt: lookedAt)
        guard split == "train" else { throw missing }
        let substitute: [TaskDocument]
        do {
          substitute = try data.documents(of: dataset.split("validation"), task: task.name)
        } catch EvaluationError.missingData {
          throw missing
        }
        data.report("\(name): no training split, taking examples from the validation split")
        return substitute
      }
    }
  }
}

/// Takes the examples for one question after another.
///
/// lm-evaluation-harness's generator: Python's, seeded 1234, started at the first question
/// evaluated and drawing for each in order. The first question of any range therefore gets the
/// examples that the first document of the whole split would get.
struct ExamplePicker {
  /// The harness's seed of few-shot examples.
  static let seed: UInt32 = 1_234

  let pool: [TaskDocument]
  let choice: ExampleSource.Choice
  let count: Int
  let task: String
  private var generator = MersenneTwister(seed: ExamplePicker.seed)

  /// - Throws: `EvaluationError.tooFewExamples`.
  init(pool: [TaskDocument], choice: ExampleSource.Choice, count: Int, task: String) throws {
    self.pool = pool
    self.choice = choice
    self.count = count
    self.task = task
    let needed = choice == .drawn(leavingOutQuestion: true) ? count + 1 : count
    if count > 0, pool.count < needed { throw tooFew(needed: needed, found: pool.count) }
  }

  /// Returns the positions in the pool of the next question's examples.
  mutating func next(for question: TaskDocument) throws -> [Int] {
    if count == 0 { return [] }
    switch choice {
    case .first: return Array(0..<count)
    case .drawn(leavingOutQuestion: false): return generator.sample(count, from: pool.count)
    case .drawn(leavingOutQuestion: true):
      let drawn = generator.sample(count + 1, from: pool.count)
        .filter { pool[$0].fields != question.fields }
      if drawn.count >= count { return Array(drawn.prefix(count)) }
      let others = pool.indices.filter { pool[$0].fields != question.fields }
      if others.count < count { throw tooFew(needed: count, found: others.count) }
      return generator.sample(count, from: others.count).map { others[$0] }
    }
  }

  private func tooFew(needed: Int, found: Int) -> EvaluationError {
    .tooFewExamples(task: task, needed: needed, found: found)
  }
}
