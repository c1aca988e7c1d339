/// A task's documents, each with the whole question: description, examples, and the document.
public struct PreparedTask: Sendable {
  /// What ends an example.
  static let exampleDelimiter = "\n\n"

  public let task: any EvaluationTask
  /// The examples before each question.
  public let shots: Int
  /// The position in the split of the first document.
  public let firstDocument: Int
  /// The documents of the split, evaluated or not.
  public let splitCount: Int
  public let documents: [TaskDocument]
  /// The questions, as the model is asked them.
  public let questions: [TaskQuestion]

  /// Reads a task's data and makes its questions.
  ///
  /// - Parameters:
  ///   - shots: The examples before each question; the task's own number where it is nil.
  ///   - range: The positions of the documents evaluated, cut to those that there are; all where it is
  ///     nil.
  ///   - drawsFromAllExamples: As ``TaskSelection/Entry/drawsFromAllExamples``.
  /// - Throws: `EvaluationError` about the data.
  public init(
    _ task: any EvaluationTask, data: TaskData, shots: Int? = nil,
    documents range: Range<Int>? = nil, drawsFromAllExamples: Bool = false
  ) throws {
    let all = try task.documents(from: data)
    let chosen = (range ?? all.indices).clamped(to: all.indices)
    if chosen.isEmpty {
      throw EvaluationError.emptyRange(
        task: task.name, range: range ?? all.indices, found: all.count)
    }
    let count = task.shots.resolved(shots)
    let examples = task.examples
    let pool = count == 0 ? [] : try examples.documents(for: task, data: data)
    var choice = examples.choice
    if choice != .first {
      // Examples from the documents evaluated, for lack of others, must not give the answer away.
      if examples.split == "train", pool.first?.location.path == all[0].location.path {
        choice = .drawn(leavingOutQuestion: true)
      } else if drawsFromAllExamples {
        choice = .drawn(leavingOutQuestion: false)
      }
    }
    try self.init(
      task, documents: Array(all[chosen]), firstDocument: chosen.lowerBound, splitCount: all.count,
      shots: count, examples: pool, choice: choice)
  }

  /// Makes the questions of documents given by the caller.
  public init(_ task: any EvaluationTask, documents: [TaskDocument]) throws {
    try self.init(
      task, documents: documents, firstDocument: 0, splitCount: documents.count, shots: 0,
      examples: [], choice: .first)
  }

  private init(
    _ task: any EvaluationTask, documents: [TaskDocument], firstDocument: Int, splitCount: Int,
    shots: Int, examples: [TaskDocument], choice: ExampleSource.Choice
  ) throws {
    if documents.isEmpty { throw EvaluationError.noDocuments(task: task.name, paths: []) }
    self.task = task
    self.documents = documents
    self.firstDocument = firstDocument
    self.splitCount = splitCount
    self.shots = shots
    var picker = try ExamplePicker(
      pool: examples, choice: choice, count: shots, task: task.name)
    var shown = ExampleTexts(task: task, pool: examples)
    questions = try documents.map { document in
      let question = try task.question(from: document)
      try question.validate(at: document.location)
      let examples = try picker.next(for: document).map { try shown.text(of: $0) }
      return question.preceded(by: task.preamble + examples.joined())
    }
  }
}

/// The texts of examples with what ends them, each made once.
private struct ExampleTexts {
  let task: any EvaluationTask
  let pool: [TaskDocument]
  private var texts: [Int: String] = [:]

  init(task: any EvaluationTask, pool: [TaskDocument]) {
    self.task = task
    self.pool = pool
  }

  mutating func text(of position: Int) throws -> String {
    if let text = texts[position] { return text }
    let document = pool[position]
    let question = try task.question(from: document)
    try question.validate(at: document.location)
    guard let text = question.example(endingWith: PreparedTask.exampleDelimiter) else {
      throw EvaluationError.metricDoesNotFit(
        document.location, metric: "shots", expected: "a question that has an answer to show")
    }
    texts[position] = text
    return text
  }
}
