import Evaluation

/// What the weights are scored on while they train, and how often.
///
/// Scoring changes nothing of training: weights, moments, the place in the corpus and the losses are
/// the same bits with it and without. It may therefore be changed between a stop and a resume.
public struct RecipeEvaluation: Sendable, Hashable {
  /// Names of tasks, groups and suites, as `samara evaluate` knows them, the embedded `stories`
  /// among them.
  public var tasks: [String]
  /// A text whose bits a byte are measured.
  public var heldOutText: HeldOutTextSource?
  /// Steps between two evaluations; the end of a run always has one.
  public var everySteps: Int
  /// The folder of the tasks' documents, as for `samara evaluate --data`.
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

/// A text that training never reads.
public enum HeldOutTextSource: Sendable, Hashable {
  /// The embedded corpus's own held-out stories, which the project writes itself.
  case stories
  /// A file: the lines of a `.jsonl`, or any other file as one document.
  case file(String)

  /// The name of its task in logs and tables.
  static let taskName = "held_out_text"
}

extension HeldOutTextSource: Codable, CustomStringConvertible {
  /// `stories`, or the file's path; a file of that very name is `./stories`.
  public init(_ description: String) {
    self = description == Self.stories.description ? .stories : .file(description)
  }

  public var description: String {
    switch self {
    case .stories: StoriesCorpus.taskName
    case .file(let path): path
    }
  }

  public init(from decoder: any Decoder) throws {
    self.init(try decoder.singleValueContainer().decode(String.self))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

extension RecipeEvaluation: Encodable {}

extension RecipeEvaluation: CustomStringConvertible {
  /// What is scored and how often, in a line.
  public var description: String {
    let texts = heldOutText.map { ["bits a byte of \($0)"] } ?? []
    let limit = documentLimit.map { ", the first \($0) documents each" } ?? ""
    return "\((tasks + texts).joined(separator: ", ")) every \(everySteps) steps\(limit)"
  }
}

extension RecipeEvaluation {
  /// The catalogue that names are looked up in: the harness's tasks and the embedded stories'.
  static func catalog(_ stories: StoriesCorpus, in workspace: Workspace) -> EvaluationCatalog {
    var catalog = EvaluationCatalog.standard
    catalog.tasks.insert(
      .storyQuestions(
        name: StoriesCorpus.taskName, file: stories.questionsPath(in: workspace)), at: 0)
    return catalog
  }

  /// What is scored, the held-out text first.
  ///
  /// - Throws: `EvaluationError.unknownTask`.
  func selection(_ stories: StoriesCorpus, in workspace: Workspace) throws -> TaskSelection {
    var selection = TaskSelection()
    if let heldOutText {
      let path =
        switch heldOutText {
        case .stories: stories.heldOutPath(in: workspace)
        case .file(let path): path
        }
      selection.add(
        TaskSelection.Entry(task: HeldOutText(file: path, name: HeldOutTextSource.taskName)))
    }
    return selection
  }
}
