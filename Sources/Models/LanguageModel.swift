import Kernels
import Layers
import Tensors

/// A model that gives a distribution over the next token at each position.
public protocol LanguageModel: Module, Sendable {
  /// V, the number of tokens it knows.
  var vocabularySize: Int { get }
  /// The longest sequence it was made for.
  var contextLength: Int { get }
  /// [V, D], whose product with the hidden states gives the logits.
  var outputTable: Tensor { get }

  /// How it is computed.
  var execution: Execution { get set }

  /// The states before the output projection: `tokens` is [batch, T], the result [batch·T, D].
  ///
  /// - Parameter segments: The stretches of `tokens` that know nothing of one another; nil means the
  ///   rows.
  func hiddenStates(of tokens: [Int32], batch: Int, segments: Segments?) -> Tensor

  /// The states before the output projection of sequences that share their beginnings: `tokens` [N]
  /// are laid out as `runs`, the result is [rows.count, D].
  ///
  /// `prefix` holds what is kept of the tokens that the first run goes on from; it is left with the
  /// last sequence. Caches, where there are any, are filled with the sequences that end at `ends`. No
  /// gradient flows.
  func hiddenStates(
    of tokens: [Int32], along runs: PrefixRuns, rows: [Int32], prefix: inout [KeyValuePrefix?],
    filling caches: [DecodingCache], ends: [PrefixRuns.End]
  ) -> Tensor

  /// Empty caches, a layer each, for sequences of so many tokens, in the execution's precision.
  func makeDecodingCaches(capacities: [Int]) -> [DecodingCache]

  /// The states of the next token of some of the sequences in the caches, which it joins; the result
  /// is [sequences.count, D]. No gradient flows.
  func hiddenStates(
    ofNext tokens: [Int32], sequences: [Int], caches: [DecodingCache]
  ) -> Tensor

  /// Lays the weights of projections out once for products in the execution's precision, instead of
  /// in each product; a weight that changes afterwards is laid out in each product again.
  mutating func prepareWeights()
}

extension LanguageModel {
  /// The states before the output projection where each row is one segment.
  public func hiddenStates(of tokens: [Int32], batch: Int) -> Tensor {
    hiddenStates(of: tokens, batch: batch, segments: nil)
  }

  /// Scores for every token of the vocabulary: `tokens` [batch, T], the result [batch·T, V].
  public func logits(of tokens: [Int32], batch: Int, segments: Segments? = nil) -> Tensor {
    linear(hiddenStates(of: tokens, batch: batch, segments: segments), outputTable)
  }

  /// Cross entropy and z-loss; see `outputLoss`.
  public func loss(
    of tokens: [Int32], targets: [Int32], batch: Int, segments: Segments? = nil, zWeight: Float,
    normalizer: Double? = nil
  ) -> OutputLoss {
    outputLoss(
      hidden: hiddenStates(of: tokens, batch: batch, segments: segments), table: outputTable,
      targets: targets, zWeight: zWeight, normalizer: normalizer)
  }
}

/// The sizes of a model and how to make one: what a recipe holds.
public protocol ModelConfiguration: Encodable, Sendable {
  associatedtype Model: LanguageModel

  /// V, the number of tokens.
  var vocabularySize: Int { get }
  /// The longest sequence to train on.
  var contextLength: Int { get }
  /// The number of trainable numbers, counted without making them.
  var parameterCount: Int { get }
  /// Those of them that are weights of projections, which some ways of training store in fewer bytes.
  var projectionParameterCount: Int { get }
  /// What makes these sizes no model, if anything does.
  var fault: String? { get }
  /// Floating-point operations of one token's forward and backward pass in sequences of this length.
  func trainingFLOPsPerToken(sequenceLength: Int) -> Double
  /// Bytes that a forward pass keeps for backward, and that the largest op needs beside them.
  func activationBytes(batch: Int, sequenceLength: Int, execution: Execution) -> Int
  /// Makes the model.
  func makeModel(_ initializer: inout ParameterInitializer) -> Model
}
