import Files
import Foundation
import Interchange
import Kernels
import PyTorchFiles
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
  /// The width of a head, where a file of CoreNet's does not tell it.
  public var headWidth: Int?
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
    switch format {
    case .samara: return try importTraining(recipes: recipes, in: workspace)
    case .coreNet where includesTraining: return try exportTraining(in: workspace)
    default: return try convert(recipes: recipes, in: workspace)
    }
  }

  /// The weights and what stands beside them.
  private func convert(recipes: RecipeCatalog, in workspace: Workspace) throws -> WrittenModel {
    if includesTraining {
      throw InterchangeError.cannotWrite(
        path: to, format: format,
        reason: "the format has no place for the optimizer's state; leave out --training, or "
          + "convert to corenet or samara")
    }
    let contents = try ModelLocator.contents(
      named: from, recipes: recipes, in: workspace, tokenizerPath: tokenizerPath,
      vocabularySize: vocabularySize, headWidth: headWidth)
    // A conversion reads every byte once anyway: damage must not go on under another name.
    if contents.format == .coreNet { try PyTorchFile(path: contents.path).verify() }
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
    return try ModelWriter.write(contents, to: to, as: format, options: options)
  }

  /// A run of ours from CoreNet's training checkpoint: `TO` is the run's name or its folder.
  private func importTraining(
    recipes: RecipeCatalog, in workspace: Workspace
  ) throws -> WrittenModel {
    if case .checkpoint(let checkpoint) = try ModelLocator.place(of: from, in: workspace) {
      throw InterchangeError.cannotWrite(
        path: to, format: .samara, reason: "\(checkpoint.path) is a checkpoint of a run already")
    }
    guard try ModelReader.format(at: from) == .coreNet else {
      throw InterchangeError.cannotWrite(
        path: to, format: .samara,
        reason: "a run goes on from an optimizer's state, which of other programs' files only "
          + "CoreNet's training checkpoints hold; \(from) is none")
    }
    guard let recipe else {
      throw InterchangeError.cannotWrite(
        path: to, format: .samara,
        reason: "CoreNet's file does not tell the recipe; name the one to go on with: --recipe")
    }
    let prefix = "\(workspace.checkpoints)/"
    var name = to.hasPrefix(prefix) ? String(to.dropFirst(prefix.count)) : to
    while name.hasSuffix("/") { name.removeLast() }
    var notes: [String] = []
    var overrides = RecipeOverrides()
    overrides.tokenizer = tokenizerPath
    let run = try RunDirectory(name, in: workspace)
    let checkpoint = try CoreNetImport.run(
      from, as: run, recipe: try recipes.recipe(named: recipe), overrides: overrides,
      threads: ThreadPool.shared.threadCount, headWidth: headWidth, in: workspace,
      report: { notes.append($0) })
    notes.append("go on with: samara resume \(name)")
    return try written(at: checkpoint.path, as: .samara, notes)
  }

  /// CoreNet's training checkpoint from one of ours.
  private func exportTraining(in workspace: Workspace) throws -> WrittenModel {
    guard case .checkpoint(let checkpoint) = try ModelLocator.place(of: from, in: workspace) else {
      throw InterchangeError.cannotWrite(
        path: to, format: .coreNet,
        reason: "the optimizer's state comes from a run of this project, and \(from) is none; "
          + "leave out --training")
    }
    var options = WritingOptions()
    options.replaces = replaces
    try ModelWriter.checkPlace(to, options)
    try CoreNetExport.write(checkpoint, to: to)
    return try written(
      at: to, as: .coreNet,
      ["the optimizer's state, the run's own state and its tokenizer are in it"])
  }

  /// What lies at a path now.
  private func written(
    at path: String, as format: ModelFormat, _ notes: [String]
  ) throws -> WrittenModel {
    let names =
      FileSystem.sizeOfPlainFile(path) == nil
      ? try FileManager.default.contentsOfDirectory(atPath: path).sorted() : [""]
    let files = names.compactMap { name -> WrittenModel.File? in
      let file = name.isEmpty ? path : "\(path)/\(name)"
      return FileSystem.sizeOfPlainFile(file).map {
        .init(name: (file as NSString).lastPathComponent, byteCount: $0)
      }
    }
    return WrittenModel(path: path, format: format, type: .float32, files: files, notes: notes)
  }

  /// What the table of tokens is in, which is a large part of the numbers; float32 for blocks.
  static func mainType(of contents: ModelContents) -> WeightFormat {
    let type = contents.weights.format(of: "token_embeddings.weight") ?? .float32
    return type.blockLength == 1 ? type : .float32
  }
}
