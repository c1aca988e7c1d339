import Checkpoints
import Files
import Foundation
import Kernels
import Layers
import Models
import PyTorchFiles
import Tokenization

/// What there is to know of a model's files: what they are, what is in them, and what looks wrong.
public struct ModelInspection: Sendable {
  /// One weight and its numbers.
  public struct Tensor: Sendable {
    public var name: String
    public var shape: [Int]
    /// What most of its numbers lie in.
    public var type: String
    public var byteCount: Int
    public var statistics: WeightStatistics
  }

  /// A file and its size.
  public struct File: Sendable {
    public var name: String
    public var byteCount: Int
  }

  /// The tokenizer and the tokens that it gives a meaning.
  public struct TokenizerReport: Sendable {
    public var kind: TokenizerFile
    public var vocabularySize: Int
    public var start: Int32?
    public var end: Int32?
    public var padding: Int32?
  }

  public var path: String
  /// Nil for weights without a model's configuration.
  public var format: ModelFormat?
  public var files: [File] = []
  public var configuration: OpenELMConfiguration?
  public var tensors: [Tensor] = []
  public var tokenizer: TokenizerReport?
  public var chatTemplate: String?
  public var generation = GenerationSettings()
  public var training: TrainingRecord?
  /// The tensors of the optimizer's state in a checkpoint of ours.
  public var optimizerTensorCount: Int?
  /// Whether a checkpoint's files are as they were written; nil where no checksums are.
  public var isVerified: Bool?
  /// What looks wrong or lacks, each a sentence.
  public var warnings: [String] = []

  /// Reads everything there is to say of a file or a folder, every number of it.
  ///
  /// - Parameter progress: Is told the bytes of weights that are read, and all of them.
  /// - Throws: ``InterchangeError``, and what the format's reader throws.
  public init(path: String, progress: ((_ done: Int, _ total: Int) -> Void)? = nil) throws {
    self.path = path
    let weights = try readWeights()
    files = Self.files(at: self.path)
    try readTensors(weights, progress)
    warnings += tensorWarnings
  }

  /// Reads everything but the numbers.
  private mutating func readWeights() throws -> any WeightSource {
    do {
      let contents = try ModelReader.contents(at: path)
      try take(contents)
      return contents.weights
    } catch InterchangeError.unknownFormat(_, let found) where found.hasPrefix("safetensors") {
      // Tensors without a model's configuration can be looked at all the same.
      warnings.append("no config.json beside it, which would say what model this is")
      return try SafetensorsShards(files: [path], path: path, naming: { $0 })
    }
  }

  private mutating func take(_ contents: ModelContents) throws {
    path = contents.path
    format = contents.format
    configuration = contents.configuration
    chatTemplate = contents.chatTemplate
    generation = contents.generation
    training = contents.training
    warnings = contents.notes
    if let stored = contents.tokenizer {
      let tokenizer = try stored.tokenizer(path: path)
      self.tokenizer = TokenizerReport(
        kind: stored.kind, vocabularySize: tokenizer.vocabularySize, start: tokenizer.startToken,
        end: tokenizer.endToken, padding: tokenizer.paddingToken)
      let padding = contents.configuration.vocabularySize - tokenizer.vocabularySize
      if padding > 0 {
        warnings.append(
          "the vocabulary is padded: the last \(padding) of \(contents.configuration.vocabularySize) "
            + "rows are no tokens of the tokenizer")
      }
    } else {
      warnings.append("no tokenizer: programs that read this need one by name (--tokenizer)")
    }
    if contents.format == .samara { readCheckpoint(contents) }
    if contents.format == .coreNet {
      do throws(PyTorchFileError) {
        try PyTorchFile(path: path).verify()
        isVerified = true
      } catch {
        isVerified = false
        warnings.append("\(error)")
      }
    }
  }

  private mutating func readCheckpoint(_ contents: ModelContents) {
    let optimizer = "\(path)/\(SamaraCheckpoint.optimizerName)"
    if FileManager.default.fileExists(atPath: optimizer) {
      optimizerTensorCount = (try? SafetensorsFile(path: optimizer))?.entries.count
    }
    do throws(CheckpointError) {
      try Checkpoint(step: contents.training?.step ?? 0, path: path).verify()
      isVerified = true
    } catch {
      isVerified = false
      warnings.append(error.description)
    }
  }

  private static func files(at path: String) -> [File] {
    if let size = FileSystem.sizeOfPlainFile(path) {
      return [File(name: (path as NSString).lastPathComponent, byteCount: size)]
    }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return names.sorted().compactMap { name in
      FileSystem.sizeOfPlainFile("\(path)/\(name)").map { File(name: name, byteCount: $0) }
    }
  }

  private mutating func readTensors(
    _ weights: any WeightSource, _ progress: ((Int, Int) -> Void)?
  ) throws {
    let counts = weights.weightNames.map { (weights.shape(of: $0) ?? []).reduce(1, *) }
    let total = counts.reduce(0, +)
    var done = 0
    for (name, count) in zip(weights.weightNames, counts) {
      var tensor = Tensor(
        name: name, shape: weights.shape(of: name) ?? [],
        type: weights.format(of: name)?.rawValue ?? "other", byteCount: 0,
        statistics: WeightStatistics())
      // Integers and the like are listed, and not measured.
      if weights.format(of: name) != nil {
        try weights.withWeight(name) { parts in
          for part in parts {
            tensor.byteCount += part.bytes.count
            tensor.statistics.add(part)
          }
        }
      }
      tensors.append(tensor)
      done += count
      progress?(done, total)
    }
  }

  private var tensorWarnings: [String] {
    tensors.compactMap { tensor in
      let found = tensor.statistics
      if !found.isFinite {
        return
          "\(tensor.name): \(found.nanCount) numbers are NaN and \(found.infinityCount) infinite"
      }
      if found.count > 0, found.zeroCount == found.count {
        return "\(tensor.name): all of its numbers are zero"
      }
      return nil
    }
  }

  public var parameterCount: Int { tensors.reduce(0) { $0 + $1.shape.reduce(1, *) } }

  /// All numbers together.
  public var statistics: WeightStatistics {
    tensors.reduce(into: WeightStatistics()) { $0.add($1.statistics) }
  }
}
