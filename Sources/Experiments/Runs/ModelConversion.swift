import Foundation
import Interchange
import Kernels
import Terminal

/// A model from one format into another.
public struct ModelConversion: Sendable {
  /// What is read: a run's name, or a path.
  public var from: String
  /// Where it is written.
  public var to: String
  public var format: ModelFormat
  /// What numbers become; what most of the model's numbers are where it is nil.
  public var type: WeightFormat?
  /// A tokenizer in the place of the model's own.
  public var tokenizerPath: String?
  /// The rows to cut a padded table to.
  public var vocabularySize: Int?
  /// The recipe that a checkpoint of ours is to go on with.
  public var recipe: String?
  /// Whether the optimizer's state goes along, where both formats have a place for it.
  public var includesTraining = false
  /// Whether a model that is there gives way.
  public var replaces = false
  /// The command line, for the model's card.
  public var command: String?

  public init(from: String, to: String, format: ModelFormat) {
    self.from = from
    self.to = to
    self.format = format
  }

  /// Reads, writes, and reads back.
  ///
  /// - Throws: `ExperimentError`, `InterchangeError`, `FileError`, and what the readers throw.
  public func run(recipes: RecipeCatalog, in workspace: Workspace) throws -> WrittenModel {
    let contents = try ModelLocator.contents(
      named: from, recipes: recipes, in: workspace, tokenizerPath: tokenizerPath,
      vocabularySize: vocabularySize)
    var options = WritingOptions(type: type ?? Self.mainType(of: contents))
    options.replaces = replaces
    options.command = command
    let line = ProgressLine(label: "writing", total: 100)
    options.progress = { done, all in
      line.update(
        completed: Int(100 * Double(done) / Double(max(all, 1))),
        details: [Format.bytes(done)])
    }
    defer { line.finish() }
    return try write(contents, options, recipes: recipes)
  }

  /// The one place that chooses the writer.
  private func write(
    _ contents: ModelContents, _ options: WritingOptions, recipes: RecipeCatalog
  ) throws -> WrittenModel {
    switch format {
    case .samara:
      throw InterchangeError.unsupportedFormat(
        path: to, format: .samara, reason: "this build does not write it yet")
    case .coreNet where includesTraining:
      throw InterchangeError.unsupportedFormat(
        path: to, format: .coreNet, reason: "this build does not write training checkpoints yet")
    default:
      if includesTraining {
        throw InterchangeError.cannotWrite(
          path: to, format: format,
          reason: "the format has no place for the optimizer's state; leave out --training, or "
            + "convert to corenet or samara")
      }
      return try ModelWriter.write(contents, to: to, as: format, options: options)
    }
  }

  /// What the table of tokens is in, which is a large part of the numbers; float32 for blocks.
  static func mainType(of contents: ModelContents) -> WeightFormat {
    let type = contents.weights.format(of: "token_embeddings.weight") ?? .float32
    return type.blockLength == 1 ? type : .float32
  }
}
