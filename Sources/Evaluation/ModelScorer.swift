import Kernels
import Layers
import Models
import Tensors

/// Scores requests with a language model.
///
/// What requests share at their beginnings is computed once, and between one call and the next the
/// keys and values of the last request's tokens are kept, so that requests in the order of their
/// tokens (``ScoringPlan``'s) compute each shared token once however they are cut into batches. Rows
/// are packed without padding; only the continuations' positions pass the last layer's feed-forward
/// network and reach the output projection, each once, whatever the number of tokens asked for there.
///
/// Memory beside the weights goes with the tokens of a call, whose widest tensors are the last layer's
/// feed-forward ones: with openelm-270m, 4,096 tokens take some 180 MiB in bfloat16 and 310 in float32,
/// 8,192 twice that; 32 MiB of logits and, for a last request of 2,048 tokens, 32 (64) of keys and
/// values come on top.
///
/// With bfloat16 products of this project's own a score has the same bits in any batch, on any number
/// of threads. OpenBLAS chooses other kernels for other numbers of rows, so float32 scores may differ
/// in their last bits.
public struct ModelScorer<Model: LanguageModel>: LanguageModelScorer {
  let model: Model
  /// The output table as bfloat16 products read it.
  let table: PreparedWeight?
  /// The last request's tokens, and what the model's layers keep of them.
  var carried: [Int32] = []
  var prefix: [KeyValuePrefix?] = []
  /// The tokens that went through the model so far.
  public internal(set) var computedTokens = 0

  /// - Parameter precision: What products are made of. Published figures are float32's; bfloat16 is
  ///   several times faster where the processor has its instructions.
  public init(_ model: Model, precision: Precision = .float32) {
    var model = model
    model.execution = Execution(precision: precision)
    model.prepareWeights()
    self.model = model
    table = precision == .bfloat16 ? PreparedWeight(model.outputTable) : nil
  }

  public var contextLength: Int { model.contextLength }
  public var vocabularySize: Int { model.vocabularySize }

  public mutating func score(_ requests: [TokenizedRequest]) -> [RequestScore] {
    if requests.isEmpty { return [] }
    let packed = PackedRequests(requests, carried: carried)
    let hidden = model.hiddenStates(
      of: packed.tokens, along: packed.runs, rows: packed.rows, prefix: &prefix, filling: [],
      ends: [])
    carried = packed.lastSequence
    computedTokens += packed.tokens.count
    let scores = targetScores(
      hidden: hidden, table: model.outputTable, prepared: table, targets: packed.targets)
    var start = 0
    return requests.map { request in
      defer { start += request.continuation.count }
      let own = scores[start..<start + request.continuation.count]
      return RequestScore(
        logLikelihood: own.reduce(0) { $0 + Double($1.logLikelihood) },
        isGreedy: own.allSatisfy(\.isGreedy))
    }
  }
}
