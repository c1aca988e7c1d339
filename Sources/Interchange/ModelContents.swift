import Kernels
import Layers
import Models
import Tokenization

/// The formats that models come in and go out as.
public enum ModelFormat: String, Sendable, CaseIterable {
  /// A folder with `config.json`, safetensors and a tokenizer, as OpenELM was published.
  case huggingFace = "huggingface"
  /// The same for Apple's MLX, whose weights may be quantized its own way.
  case mlx
  /// One file for llama.cpp.
  case gguf
  /// PyTorch's zip of a pickle: CoreNet's weights or its training checkpoints.
  case coreNet = "corenet"
  /// A checkpoint of this project's own.
  case samara
}

/// A model as the formats exchange it: what a reader found, and all that a writer needs.
public struct ModelContents: Sendable {
  /// The file or folder that it was read from.
  public var path: String
  public var format: ModelFormat
  public var configuration: OpenELMConfiguration
  /// Under this project's parameter names, which are CoreNet's without `module.`.
  public var weights: any WeightSource
  /// Nil where the format has none, as CoreNet's.
  public var tokenizer: StoredTokenizer?
  /// A Jinja template that turns a conversation into a prompt.
  public var chatTemplate: String?
  public var generation: GenerationSettings
  /// What is known of how it was trained.
  public var training: TrainingRecord?
  /// What its reader passed over or found strange, each a sentence.
  public var notes: [String] = []

  public init(
    path: String, format: ModelFormat, configuration: OpenELMConfiguration,
    weights: any WeightSource, tokenizer: StoredTokenizer? = nil, chatTemplate: String? = nil,
    generation: GenerationSettings = GenerationSettings(), training: TrainingRecord? = nil
  ) {
    self.path = path
    self.format = format
    self.configuration = configuration
    self.weights = weights
    self.tokenizer = tokenizer
    self.chatTemplate = chatTemplate
    self.generation = generation
    self.training = training
  }
}

/// A tokenizer as the bytes of its file.
public struct StoredTokenizer: Sendable, Equatable {
  /// SentencePiece's, Hugging Face's or tiktoken's.
  public var kind: TokenizerFile
  public var bytes: [UInt8]

  public init(kind: TokenizerFile, bytes: [UInt8]) {
    self.kind = kind
    self.bytes = bytes
  }
}

/// How a model's publisher wants text to be written: `generation_config.json`. What is nil is not said.
public struct GenerationSettings: Sendable, Equatable {
  public var startToken: Int32?
  public var endTokens: [Int32] = []
  public var paddingToken: Int32?
  public var temperature: Double?
  public var topK: Int?
  public var topP: Double?
  public var repetitionPenalty: Double?

  public init() {}
}

/// How a model was trained, for its card.
public struct TrainingRecord: Sendable, Equatable {
  public var recipe: String?
  public var step: Int?
  /// The tokens that the model has seen.
  public var tokens: Int?
  /// The recipe's record in JSON.
  public var recipeRecord: String?
  /// Scores by task and metric, such as `("arc_easy", "acc", 0.45)`.
  public var scores: [Score] = []

  public struct Score: Sendable, Equatable {
    public var task: String
    public var metric: String
    public var value: Double

    public init(task: String, metric: String, value: Double) {
      self.task = task
      self.metric = metric
      self.value = value
    }
  }

  public init() {}
}
