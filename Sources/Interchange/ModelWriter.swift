import Files
import Foundation
import Kernels

/// How a model is written.
public struct WritingOptions: Sendable {
  /// What the numbers of weights become.
  public var type: WeightFormat
  /// Whether a model that is at the path gives way.
  public var replaces = false
  /// The command that writes it, for the model's card.
  public var command: String?
  /// The most bytes of one file of weights, where the format has several; 5 GB is what the hub's
  /// libraries write.
  public var shardByteLimit = 5_000_000_000
  /// Is told the bytes of weights that are written, and all of them.
  public var progress: (@Sendable (_ done: Int, _ total: Int) -> Void)?

  public init(type: WeightFormat = .float32) { self.type = type }
}

/// What was written.
public struct WrittenModel: Sendable, Equatable {
  public struct File: Sendable, Equatable {
    public var name: String
    public var byteCount: Int

    public init(name: String, byteCount: Int) {
      self.name = name
      self.byteCount = byteCount
    }
  }

  public var path: String
  public var format: ModelFormat
  public var type: WeightFormat
  public var files: [File]
  /// What whoever uses it has to know, such as what is missing, each a sentence.
  public var notes: [String]

  public init(
    path: String, format: ModelFormat, type: WeightFormat, files: [File], notes: [String] = []
  ) {
    self.path = path
    self.format = format
    self.type = type
    self.files = files
    self.notes = notes
  }
}

/// Writes a model in any format that goes out.
public enum ModelWriter {
  /// Writes a model, reads it back, and holds that it is the same.
  ///
  /// - Throws: ``InterchangeError``, `FileError`, and what the weights' source throws. Nothing is left at
  ///   the path unless all was written.
  public static func write(
    _ contents: ModelContents, to path: String, as format: ModelFormat, options: WritingOptions
  ) throws -> WrittenModel {
    try checkPlace(path, options)
    try checkApart(path, from: contents)
    try contents.checkTokens()
    // Under its own name in a folder of its own, until it has been read back.
    let name = (path as NSString).lastPathComponent
    let aside = "\(path).unchecked-\(getpid())"
    try? FileManager.default.removeItem(atPath: aside)
    try FileSystem.makeFolder(aside)
    defer { try? FileManager.default.removeItem(atPath: aside) }
    var written = try write(contents, aside: "\(aside)/\(name)", as: format, options)
    try checkReadBack(written.path, contents, told: path)
    try place(written.path, at: path)
    written.path = path
    return written
  }

  /// Writes without a look at what is there.
  private static func write(
    _ contents: ModelContents, aside path: String, as format: ModelFormat, _ options: WritingOptions
  ) throws -> WrittenModel {
    switch format {
    case .huggingFace, .mlx:
      return try HuggingFaceFolder.write(contents, to: path, as: format, options: options)
    case .gguf:
      let exceptions = try GGUFModel.write(contents, to: path, type: options.type)
      return try file(
        path, format, options,
        notes: exceptions.map(\.sentence) + notesOnTokenizer(of: contents))
    case .coreNet:
      try CoreNetFile.write(contents, to: path, type: options.type)
      return try file(path, format, options, notes: notesOnCoreNet(of: contents))
    case .samara:
      throw InterchangeError.cannotWrite(
        path: path, format: format,
        reason: "a checkpoint of this project's own needs the state of a training run")
    }
  }

  /// Renames what is written and checked; what it replaces steps aside first and is removed last.
  private static func place(_ written: String, at path: String) throws {
    let removed = "\(path).removed-\(getpid())"
    let stepsAside = rename(path, removed) == 0
    guard rename(written, path) == 0 else {
      let failure = FileError(path: path, operation: "naming the model", code: errno)
      if stepsAside { rename(removed, path) }
      throw failure
    }
    try FileSystem.syncFolder(FileSystem.parent(of: path))
    if stepsAside { try? FileManager.default.removeItem(atPath: removed) }
  }

  /// A model is not written into the folder that it is read from.
  private static func checkApart(
    _ path: String, from contents: ModelContents
  ) throws(InterchangeError) {
    func absolute(_ path: String) -> String {
      URL(fileURLWithPath: path).standardizedFileURL.resolvingSymlinksInPath().path
    }
    guard absolute(path).hasPrefix(absolute(contents.path) + "/") else { return }
    throw .unreadable(
      path: path, reason: "lies in the folder of the model that is read; give a path beside it")
  }

  /// What was written where a format is one file.
  private static func file(
    _ path: String, _ format: ModelFormat, _ options: WritingOptions, notes: [String]
  ) throws(InterchangeError) -> WrittenModel {
    guard let byteCount = FileSystem.sizeOfPlainFile(path) else {
      throw .readBack(path: path, reason: "a plain file")
    }
    options.progress?(byteCount, byteCount)
    let name = (path as NSString).lastPathComponent
    return WrittenModel(
      path: path, format: format, type: options.type,
      files: [.init(name: name, byteCount: byteCount)], notes: notes)
  }

  private static func notesOnTokenizer(of contents: ModelContents) -> [String] {
    contents.tokenizer == nil
      ? ["it has no tokenizer, without which llama.cpp takes token ids alone: give --tokenizer"]
      : []
  }

  /// What the format has no place for.
  private static func notesOnCoreNet(of contents: ModelContents) -> [String] {
    let width = contents.configuration
    var notes = [
      "CoreNet's files hold weights alone: the tokenizer stays behind, and of the configuration what "
        + "shapes do not tell: a context of \(width.contextLength) tokens, a rotary base of "
        + "\(width.rotaryBase)"
    ]
    if !width.normalizesQueriesAndKeys {
      notes.append(
        "queries and keys are not normalized, so that the file does not tell the head width of "
          + "\(width.headWidth): give --head-width to read it")
    }
    return notes
  }

  /// The format that a path's name asks for, where it is clear.
  public static func format(forPath path: String) -> ModelFormat? {
    switch (path as NSString).pathExtension.lowercased() {
    case "gguf": .gguf
    case "pt", "pth": .coreNet
    default: nil
    }
  }

  /// Nothing is written over unless that is asked for, and never what is no model.
  package static func checkPlace(
    _ path: String, _ options: WritingOptions
  ) throws(InterchangeError) {
    var isFolder: ObjCBool = false
    let files = FileManager.default
    guard files.fileExists(atPath: path, isDirectory: &isFolder) else { return }
    let names = isFolder.boolValue ? (try? files.contentsOfDirectory(atPath: path)) : nil
    if names?.isEmpty == true { return }
    guard options.replaces else { throw .exists(path: path) }
    let isModel = (try? ModelReader.format(at: path)) != nil
    let strangers = (names ?? []).filter { !isOfModels($0) }.sorted()
    guard isModel, strangers.isEmpty else {
      let what =
        isModel
        ? "holds more than a model: \(strangers.prefix(5).joined(separator: ", "))"
        : "is no model"
      throw .unreadable(path: path, reason: "\(what); it is not replaced: give another path")
    }
  }

  /// Whether a file of this name comes with models, so that it may go with one.
  private static func isOfModels(_ name: String) -> Bool {
    let suffixes = [".safetensors", ".safetensors.index.json", ".gguf", ".pt", ".pth", ".jinja"]
    let names = [
      "config.json", "generation_config.json", "special_tokens_map.json", "tokenizer.json",
      "tokenizer.model", "tokenizer_config.json", "README.md", "manifest.json", "recipe.json",
      "state.json",
    ]
    return names.contains(name) || suffixes.contains { name.hasSuffix($0) }
  }

  /// Holds that what is at a path reads as the model that was to be written there.
  private static func checkReadBack(
    _ path: String, _ contents: ModelContents, told: String
  ) throws {
    let found = try ModelReader.contents(
      at: path, headWidth: contents.configuration.headWidth)
    func fault(_ what: String) -> InterchangeError {
      .readBack(path: told, reason: what)
    }
    let (expected, read) = (contents.configuration, found.configuration)
    guard read.layers == expected.layers, read.vocabularySize == expected.vocabularySize,
      read.sharesInputAndOutput == expected.sharesInputAndOutput,
      read.normalizesQueriesAndKeys == expected.normalizesQueriesAndKeys
    else { throw fault("the sizes of its layers or of its vocabulary") }
    // Shapes were held against that configuration when it was read; a state dictionary tells no more.
    if found.format == .coreNet { return }
    guard read.contextLength == expected.contextLength, read.rotaryBase == expected.rotaryBase,
      read.epsilon == expected.epsilon
    else { throw fault("the settings of its configuration") }
  }
}
