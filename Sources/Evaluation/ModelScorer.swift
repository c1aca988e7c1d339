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
/// With bfloat16 products of this project's own a score has the same bits in any batch, on any number
/// of threads. OpenBLAS chooses other kernels for other numbers of rows, so float32 scores may differ
/// in their last bits.
public struct ModelScorer<Model: LanguageModel>: LanguageModelScorer {
  private let model: Model
  /// The output table as bfloat16 products read it.
  private let table: PreparedWeight?
  /// The last request's tokens, and what the model's layers keep of them.
  private var carried: [Int32] = []
  private var prefix: [KeyValuePrefix?] = []
  /// The tokens that went through the model so far.
  public private(set) var computedTokens = 0

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
      of: packed.tokens, along: packed.runs, rows: packed.rows, prefix: &prefix)
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
