import Evaluation

/// What the weights are scored on while they train, and how often.
///
/// Scoring changes nothing of training: weights, moments, the place in the corpus and the losses are
/// the same bits with it and without. It may therefore be changed between a stop and a resume.
public struct RecipeEvaluation: Sendable, Hashable, Encodable {
  /// Names of tasks, groups and suites, as `samara evaluate` knows them, the embedded `stories`
  /// among them.
  public var tasks: [String]
  /// A text whose bits a byte are measured.
  public var heldOutText: HeldOutTextSource?
  /// Steps between two evaluations; the end of a run always has one.
  public var everySteps: Int
  /// The folder of the tasks' documents, or `hf://`, as for `samara evaluate --data`.
  public var directory: String?
  /// The documents of a task and of the text, from the first; all where it is nil.
  public var documentLimit: Int?
  /// The examples before each question; each task's own number where it is nil.
  public var shots: Int?

  public init(
    tasks: [String] = [], heldOutText: HeldOutTextSource? = nil, everySteps: Int,
    directory: String? = nil, documentLimit: Int? = nil, shots: Int? = nil
  ) {
    self.tasks = tasks
    self.heldOutText = heldOutText
    self.everySteps = everySteps
    self.directory = directory
    self.documentLimit = documentLimit
    self.shots = shots
  }

  /// Whether there is nothing to score.
  public var isEmpty: Bool { tasks.isEmpty && heldOutText == nil }

  /// Whether the weights after a step are scored.
  public func isDue(at step: Int, of steps: Int) -> Bool {
    !isEmpty && step > 0 && (step % everySteps == 0 || step == steps)
  }

  /// How often a whole run is scored.
  public func count(of steps: Int) -> Int {
    isEmpty ? 0 : steps / everySteps + (steps % everySteps == 0 ? 0 : 1)
  }
}

extension RecipeEvaluation: CustomStringConvertible {
  /// What is scored and how often, in a line.
  public var description: String {
    let texts = heldOutText.map { ["bits a byte of \($0.summary)"] } ?? []
    let limit = documentLimit.map { ", \($0) documents each" } ?? ""
    return "\((tasks + texts).joined(separator: ", ")) every \(everySteps) steps\(limit)"
  }
}

/// A text that training never reads.
public enum HeldOutTextSource: Sendable, Hashable, CustomStringConvertible {
  /// The embedded corpus's own held-out stories, which the project writes itself.
  case stories
  /// A file: the lines of a `.jsonl`, or any other file as one document.
  case file(String)

  /// The name of its task in logs and tables.
  public static let taskName = "held_out_text"

  /// `stories`, or the path of a file; a file of that very name is `./stories`.
  public init(_ description: String) {
    self = description == StoriesCorpus.questionsName ? .stories : .file(description)
  }

  public var description: String {
    switch self {
    case .stories: StoriesCorpus.questionsName
    case .file(let path): path
    }
  }

  fileprivate var summary: String {
    switch self {
    case .stories: "held-out stories"
    case .file(let path): path
    }
  }
}

extension HeldOutTextSource: Codable {
  public init(from decoder: any Decoder) throws {
    self.init(try decoder.singleValueContainer().decode(String.self))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

extension Recipe {
  /// The embedded corpus: the recipe's own, or the default one.
  var stories: StoriesCorpus { corpus as? StoriesCorpus ?? .stories() }

  /// What is scored between the recipe's steps, the held-out text last; nothing where it says nothing.
  ///
  /// - Throws: `EvaluationError.unknownTask` with the nearest names.
  public func evaluationSelection(in workspace: Workspace) throws -> TaskSelection {
    guard let evaluation else { return TaskSelection() }
    var selection = try stories.catalog(in: workspace).selection(
      named: evaluation.tasks, shots: evaluation.shots)
    if let source = evaluation.heldOutText {
      let text =
        switch source {
        // The stories' field is their own, whatever the recipe's corpus calls its texts.
        case .stories: HeldOutText(file: stories.heldOutPath(in: workspace))
        case .file(let path): HeldOutText(file: path, textField: reading.textField)
        }
      selection.add(TaskSelection.Entry(task: text.named(HeldOutTextSource.taskName)))
    }
    return selection
  }
}
