import Foundation
import Generation
import Interchange
import Kernels
import Layers
import Models
import Tokenization

/// A model as text is written with it: its weights laid out in one type, and its tokenizer.
public struct WritingModel: Sendable {
  /// The file or folder that it was read from.
  public let path: String
  public let format: ModelFormat
  public let decoder: OpenELMDecoder
  /// What the weights are kept in.
  public let type: WeightFormat
  public let tokenizer: any Tokenizer
  /// How its publisher wants text to be written.
  public let settings: GenerationSettings
  public let chatTemplate: String?
  /// What its training did to text before tokenizing it.
  public let normalization: Normalization
  /// The time that reading the weights took.
  public let loadSeconds: Double

  /// The types that text can be written in.
  public static let types: [WeightFormat] = [
    .float32, .bfloat16, .eightBitBlocks, .fourBitBlocks,
  ]

  /// Reads the model that a word means.
  ///
  /// - Parameter type: ``usualType(of:)`` if nil.
  /// - Throws: What finding and reading it throws, `WeightError`, and
  ///   `ExperimentError.modelWithoutTokenizer`.
  public init(
    named word: String, type: WeightFormat? = nil, recipes: RecipeCatalog, in workspace: Workspace,
    tokenizerPath: String? = nil, progress: @escaping (Double) -> Void = { _ in }
  ) throws {
    try self.init(
      ModelLocator.contents(
        named: word, recipes: recipes, in: workspace, tokenizerPath: tokenizerPath),
      type: type, progress: progress)
  }

  /// Lays out the weights of a model that was found.
  public init(
    _ contents: ModelContents, type: WeightFormat? = nil,
    progress: @escaping (Double) -> Void = { _ in }
  ) throws {
    guard let stored = contents.tokenizer else {
      throw ExperimentError.modelWithoutTokenizer(path: contents.path)
    }
    path = contents.path
    format = contents.format
    tokenizer = try stored.tokenizer(path: contents.path)
    settings = contents.generation
    chatTemplate = contents.chatTemplate
    normalization = Self.normalization(contents.training)
    self.type = type ?? Self.usualType(of: contents)
    let start = ContinuousClock.now
    decoder = try OpenELMDecoder(
      contents.configuration, weights: contents.weights, format: self.type, progress: progress)
    loadSeconds = (ContinuousClock.now - start) / .seconds(1)
  }

  /// A model of fewer parameters than this is written with in float32 where its file has more than
  /// eight bits a number: it answers at once all the same, and as the reference does.
  static let largestExact = 100_000_000

  /// The type that a model is written with if none is asked for: its file's own where that is bf16,
  /// q8_0 or q4_0; q8_0 for other quantized files, which loses nothing to speak of; else f32 below 100
  /// million parameters and bf16 from there on, which reads half the bytes.
  public static func usualType(of contents: ModelContents) -> WeightFormat {
    let stored = contents.weights.format(of: "layers.0.ffn.proj_1.weight") ?? .float32
    switch stored {
    case .bfloat16, .eightBitBlocks, .fourBitBlocks: return stored
    case .float32, .float16:
      return contents.configuration.parameterCount < largestExact ? .float32 : .bfloat16
    default: return .eightBitBlocks
    }
  }

  /// The tokens that a text is continued from: the start token, and those of the text as training
  /// would have normalized it.
  public func tokens(of prompt: String) -> [Int32] {
    (tokenizer.startToken.map { [$0] } ?? [])
      + tokenizer.encode(normalization.applied(to: Array(prompt.utf8)))
  }

  /// What ends a text: the publisher's tokens, else the tokenizer's.
  public var endTokens: Set<Int32> {
    settings.endTokens.isEmpty
      ? Set(tokenizer.endToken.map { [$0] } ?? []) : Set(settings.endTokens)
  }

  /// Holds that a draft model's tokens are this model's.
  ///
  /// - Throws: `GenerationError.otherTokenizer`.
  public func checkDraft(_ draft: WritingModel) throws(GenerationError) {
    guard draft.tokenizer.fingerprint == tokenizer.fingerprint else {
      throw .otherTokenizer(
        draft: draft.path, draftFingerprint: draft.tokenizer.fingerprint,
        fingerprint: tokenizer.fingerprint)
    }
  }

  /// A recipe's record tells it; models from elsewhere are given text as it is, as their own programs
  /// give it.
  private static func normalization(_ training: TrainingRecord?) -> Normalization {
    struct Record: Decodable {
      struct Reading: Decodable { var normalization: Normalization }
      var reading: Reading
    }
    let record = training?.recipeRecord.flatMap {
      try? JSONRecord.decode(Record.self, from: Data($0.utf8))
    }
    return record?.reading.normalization ?? .none
  }
}
