import Models
import Tensors

/// Scores requests with a language model.
///
/// Requests stand in rows padded at their end, which no position before sees; only the
/// continuations' positions reach the output projection.
public struct ModelScorer<Model: LanguageModel>: LanguageModelScorer {
  private let model: Model

  public init(_ model: Model) { self.model = model }

  public var contextLength: Int { model.contextLength }
  public var vocabularySize: Int { model.vocabularySize }

  public func score(_ requests: [TokenizedRequest]) -> [RequestScore] {
    // The last token is only a target.
    let length = requests.reduce(1) { max($0, $1.count - 1) }
    var (inputs, rows, targets): ([Int32], [Int32], [Int32]) = ([], [], [])
    for (index, request) in requests.enumerated() {
      let tokens = request.context + request.continuation
      inputs += tokens.dropLast()
      inputs += repeatElement(0, count: length - (tokens.count - 1))
      let first = index * length + request.context.count - 1
      rows += (0..<request.continuation.count).map { Int32(first + $0) }
      targets += request.continuation
    }
    let hidden = model.hiddenStates(of: inputs, batch: requests.count)
    let scores = targetScores(
      hidden: hidden.rows(rows), table: model.outputTable, targets: targets)
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
