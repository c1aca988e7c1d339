import Evaluation
import Foundation
import TestSupport

/// What lm-evaluation-harness 0.4.13 recorded of a task.
struct HarnessFixture: Decodable {
  struct Sample: Decodable {
    struct Request: Decodable {
      var context: String
      var continuation: String
      var contextTokens: Int
      var continuationTokens: [Int32]
      var loglikelihood: Double
      var isGreedy: Bool

      enum CodingKeys: String, CodingKey {
        case context, continuation, loglikelihood
        case contextTokens = "context_tokens"
        case continuationTokens = "continuation_tokens"
        case isGreedy = "is_greedy"
      }
    }

    var target: DocumentValue
    var requests: [Request]
    var metrics: [String: Double]
  }

  var results: [String: DocumentValue]
  var samples: [Sample]

  /// The file of a task.
  init(task: String) throws {
    let url = URL(fileURLWithPath: SharedData.path("\(Self.folder)/\(task).json"))
    self = try JSONDecoder().decode(HarnessFixture.self, from: Data(contentsOf: url))
  }

  func figure(_ key: String) -> Double? {
    switch results[key] {
    case .number(let value): value
    case .integer(let value): Double(value)
    default: nil
    }
  }

  static let tasks = [
    "arc_easy", "arc_challenge", "hellaswag", "piqa", "boolq", "sciq", "winogrande",
  ]

  private static let folder = "fixtures/lm-eval"

  static var isPresent: Bool { SharedData.has(folder) }

  /// The benchmarks as the hub publishes them.
  static let benchmarks =
    SharedData.has("data/benchmarks") ? SharedData.path("data/benchmarks") : nil
}

/// A scorer that answers with the log-likelihoods of a fixture, and only to its exact texts.
struct FixtureScorer: LanguageModelScorer {
  struct UnknownRequest: Error {
    var context: String
    var continuation: String
  }

  let contextLength = 1_000_000
  let vocabularySize = 260
  private let tokenizer = ByteTokenizer()
  private var scores: [[[UInt8]]: RequestScore] = [:]

  init(_ fixture: HarnessFixture) {
    for request in fixture.samples.flatMap(\.requests) {
      scores[[Array(request.context.utf8), Array(request.continuation.utf8)]] =
        RequestScore(logLikelihood: request.loglikelihood, isGreedy: request.isGreedy)
    }
  }

  mutating func score(_ requests: [TokenizedRequest]) throws -> [RequestScore] {
    try requests.map { request in
      let context = tokenizer.decodeBytes(request.context)
      let continuation = tokenizer.decodeBytes(request.continuation)
      guard request.context.first == 1, let score = scores[[context, continuation]] else {
        throw UnknownRequest(
          context: String(decoding: context, as: UTF8.self),
          continuation: String(decoding: continuation, as: UTF8.self))
      }
      return score
    }
  }
}
