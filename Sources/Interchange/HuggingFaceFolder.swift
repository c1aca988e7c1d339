import Files
import Foundation
import Layers
import Models
import Tokenization

/// A model's folder as Hugging Face's libraries and MLX read and write it: `config.json`, weights in
/// safetensors, the tokenizer and what goes with it.
public enum HuggingFaceFolder {
  /// Whether a folder looks like one.
  public static func isOne(at path: String) -> Bool {
    FileManager.default.fileExists(atPath: "\(path)/\(HuggingFaceConfiguration.fileName)")
  }

  /// Reads a folder; its weights stay in their files, mapped into memory.
  ///
  /// - Throws: ``InterchangeError``, `WeightError` where the weights are not those of the configuration,
  ///   `CheckpointError` where a file of weights is not whole.
  public static func read(path: String) throws -> ModelContents {
    let file = try HuggingFaceConfiguration(folder: path)
    let shards = try SafetensorsShards(folder: path)
    let configuration = try file.configuration { shards.shape(of: $0) != nil }
    var notes: [String] = []
    let weights: any WeightSource
    var format = ModelFormat.huggingFace
    if try file.quantization() != nil {
      format = .mlx
      weights = try AffineWeights(shards, configuration: configuration)
    } else {
      if shards.files.first?.metadata["format"] == "mlx" { format = .mlx }
      weights = shards
    }
    let tied = TiedWeights(weights, isTied: configuration.sharesInputAndOutput)
    notes += try tied.notes()
    if !shards.ignored.isEmpty {
      notes.append(
        "passed over \(shards.ignored.count) tables that every model computes anew, such as "
          + "\(shards.ignored[0])")
    }
    try configuration.check(tied)
    var contents = ModelContents(
      path: path, format: format, configuration: configuration, weights: tied,
      tokenizer: try tokenizer(at: path, named: file.settings.string("tokenizer")))
    contents.notes = notes
    try HuggingFaceSettings.read(folder: path, into: &contents)
    return contents
  }

  /// The tokenizer in the folder, or the one that the configuration names.
  private static func tokenizer(at path: String, named name: String?) throws -> StoredTokenizer? {
    let candidates = ["tokenizer.json", "tokenizer.model"] + (name.map { [$0] } ?? [])
    let files = candidates.map { "\(path)/\($0)" }
    guard let file = files.first(where: { FileManager.default.fileExists(atPath: $0) }) else {
      return nil
    }
    return try StoredTokenizer(path: file)
  }
}

extension StoredTokenizer {
  /// Reads a tokenizer's file, or the one in a folder.
  ///
  /// - Throws: `TokenizationError.unreadableFile`.
  public init(path: String) throws(TokenizationError) {
    let bytes = try TokenizerFile.bytes(TokenizerFile.file(at: path))
    self.init(kind: TokenizerFile(bytes: bytes), bytes: bytes)
  }

  /// The tokenizer itself; `path` is for messages.
  public func tokenizer(path: String) throws(TokenizationError) -> any Tokenizer {
    try TokenizerFile.load(bytes, path: path)
  }
}
