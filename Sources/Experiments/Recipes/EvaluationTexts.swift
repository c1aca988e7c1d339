import Corpora
import Evaluation

/// Evaluations whose text is kept out of a corpus, so that their scores stay worth something.
public struct EvaluationTexts: Sendable, Hashable, Codable {
  /// Names of tasks, as `samara evaluate` knows them.
  public var tasks: [String]
  /// The folder of the tasks' documents, as for `samara evaluate --data`.
  public var directory: String?

  public init(tasks: [String], directory: String? = nil) {
    self.tasks = tasks
    self.directory = directory
  }

  /// Every question of the tasks with each of its answers.
  ///
  /// - Throws: `EvaluationError` for an unknown task, or one whose documents are missing or broken.
  func texts(catalog: EvaluationCatalog = .standard) throws -> [String] {
    let data = TaskData(directory: directory)
    return try tasks.flatMap { name in
      let task = try catalog.task(named: name)
      return try task.documents(from: data).flatMap { try task.question(from: $0).texts }
    }
  }
}

extension CorpusReading {
  /// What finds out which documents are to be dropped; nil where all are kept.
  ///
  /// - Throws: `CorpusError` about the settings, `EvaluationError` about the evaluations' texts.
  func examiner() throws -> DocumentExaminer? {
    guard !screening.isEmpty else { return nil }
    guard screening.contamination != nil else { return try DocumentExaminer(screening) }
    guard let evaluations, !evaluations.tasks.isEmpty else {
      throw ExperimentError.noEvaluationTexts
    }
    return try DocumentExaminer(screening, evaluationTexts: evaluations.texts())
  }
}
