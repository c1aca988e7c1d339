import Evaluation
import Foundation
import Stories

/// The embedded corpus: stories that the project writes itself, the same bytes everywhere.
public struct StoriesCorpus: CorpusSource {
  /// How many stories to train on.
  public var documentCount: Int
  /// What they are a function of.
  public var seed: UInt64

  public init(documentCount: Int, seed: UInt64) {
    self.documentCount = documentCount
    self.seed = seed
  }

  /// The folder that holds them.
  public func directory(in workspace: Workspace) -> String {
    "\(workspace.data)/stories-\(documentCount)-\(seed)"
  }

  /// The name of the task over held-out stories.
  static let questionsName = "stories"

  /// The multiple-choice task over held-out stories.
  public func questionsPath(in workspace: Workspace) -> String {
    "\(directory(in: workspace))/\(StoryCorpus.questionsFileName)"
  }

  /// The stories that no training reads.
  public func heldOutPath(in workspace: Workspace) -> String {
    "\(directory(in: workspace))/\(StoryCorpus.heldOutFileName)"
  }

  /// A catalogue's tasks, groups and suites, and before them the questions about these stories.
  public func catalog(
    in workspace: Workspace, beside catalog: EvaluationCatalog = .standard
  ) -> EvaluationCatalog {
    var catalog = catalog
    catalog.tasks.insert(
      .storyQuestions(name: Self.questionsName, file: questionsPath(in: workspace)), at: 0)
    return catalog
  }

  /// Writes the stories if a task of `selection` reads them and they are missing.
  public func prepare(
    for selection: TaskSelection, in workspace: Workspace, report: (String) -> Void
  ) throws {
    let own = [questionsPath(in: workspace), heldOutPath(in: workspace)].map(TaskDataset.file)
    if selection.entries.contains(where: { own.contains($0.task.dataset) }) {
      _ = try prepare(in: workspace, report: report)
    }
  }

  public func prepare(in workspace: Workspace, report: (String) -> Void) throws -> [TextSource] {
    let directory = directory(in: workspace)
    let names = [
      StoryCorpus.trainingFileName, StoryCorpus.heldOutFileName, StoryCorpus.questionsFileName,
    ]
    // The files are renamed into place one after the other, the questions last.
    let isComplete = names.allSatisfy {
      FileManager.default.fileExists(atPath: "\(directory)/\($0)")
    }
    if !isComplete {
      report("writing \(documentCount) stories to \(directory)")
      try StoryCorpus.write(
        to: URL(fileURLWithPath: directory), documents: documentCount, seed: seed)
    }
    return [TextSource(addresses: ["\(directory)/\(StoryCorpus.trainingFileName)"])]
  }
}

extension CorpusSource where Self == StoriesCorpus {
  /// The embedded corpus.
  public static func stories(
    _ documentCount: Int = StoryCorpus.defaultDocumentCount, seed: UInt64 = 1
  ) -> StoriesCorpus {
    StoriesCorpus(documentCount: documentCount, seed: seed)
  }
}
