import Checkpoints
import Foundation
import Interchange
import Terminal

/// Finds the model that a word on the command line means, in whatever format it lies.
public enum ModelLocator {
  /// What a word means: a run's newest whole checkpoint, a checkpoint's folder, a folder of Hugging
  /// Face's or MLX's, or a `.gguf`, `.pt` or `.safetensors` file.
  ///
  /// - Parameters:
  ///   - recipes: Unused where the checkpoint's own record tells the sizes, which it does.
  ///   - tokenizerPath: A tokenizer to use in the place of the model's own.
  ///   - vocabularySize: The rows to cut a padded table to.
  ///   - headWidth: The width of a head where a file of CoreNet's does not tell it.
  /// - Throws: `ExperimentError`, `InterchangeError`, and what the format's reader throws.
  public static func contents(
    named word: String, recipes: RecipeCatalog, in workspace: Workspace,
    tokenizerPath: String? = nil, vocabularySize: Int? = nil, headWidth: Int? = nil
  ) throws -> ModelContents {
    var contents: ModelContents
    switch try place(of: word, in: workspace) {
    case .checkpoint(let checkpoint):
      contents = try ModelReader.contents(at: checkpoint.path)
      contents.training?.scores = scores(of: checkpoint, in: workspace)
    case .file(let path): contents = try ModelReader.contents(at: path, headWidth: headWidth)
    }
    if let tokenizerPath { contents.tokenizer = try StoredTokenizer(path: tokenizerPath) }
    if let vocabularySize { try contents.cutVocabulary(to: vocabularySize) }
    if tokenizerPath != nil || vocabularySize != nil {
      try contents.checkTokens(tokenizerPath: tokenizerPath)
    }
    return contents
  }

  /// Where a model lies.
  public enum Place {
    /// A checkpoint of ours, whose files are as they were written.
    case checkpoint(RunCheckpoint)
    /// A file or folder of another format.
    case file(String)
  }

  /// Finds the files that a word means.
  ///
  /// A run is known by its name; `./NAME` is a path in any case.
  ///
  /// - Throws: As ``contents(named:recipes:in:tokenizerPath:vocabularySize:)``.
  public static func place(of word: String, in workspace: Workspace) throws -> Place {
    let isRun = (try? RunDirectory(word, in: workspace))?.exists == true
    guard !isRun, FileManager.default.fileExists(atPath: word) else {
      return .checkpoint(try CheckpointLocator.checkpoint(word, in: workspace))
    }
    let found: (format: ModelFormat, path: String)
    do throws(InterchangeError) {
      found = try ModelReader.detect(word)
    } catch let fault {
      // The folder of a run holds no model itself.
      do {
        return .checkpoint(try CheckpointLocator.checkpoint(word, in: workspace))
      } catch ExperimentError.unknownRun {
        throw fault
      }
    }
    guard found.format == .samara else { return .file(found.path) }
    return .checkpoint(try CheckpointLocator.checkpoint(found.path, in: workspace))
  }

  /// The scores that the log of a checkpoint's run has for its step.
  private static func scores(
    of checkpoint: RunCheckpoint, in workspace: Workspace
  ) -> [TrainingRecord.Score] {
    let run = URL(fileURLWithPath: checkpoint.path).deletingLastPathComponent().lastPathComponent
    guard let directory = try? RunDirectory(run, in: workspace),
      let history = try? RunHistory(name: run, metricsPath: directory.metricsPath)
    else { return [] }
    return history.scores.filter { $0.step == checkpoint.state.step }.compactMap { score in
      score.value.map {
        TrainingRecord.Score(task: score.task, metric: score.metric, value: $0)
      }
    }
  }
}
