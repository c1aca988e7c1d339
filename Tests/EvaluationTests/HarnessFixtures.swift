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

    var requests: [Request]
    var metrics: [String: Double]
  }

  var task: String
  var shots: Int
  /// The first document and the one after the last.
  var documents: [Int]
  var results: [String: DocumentValue]
  var samples: [Sample]

  enum CodingKeys: String, CodingKey {
    case task, documents, results, samples
    case shots = "num_fewshot"
  }

  /// The file of a task, or of a task with its number of examples (`winogrande.5shot`).
  init(task: String) throws {
    let url = URL(fileURLWithPath: "\(Self.folder)/\(task).json")
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

  /// The shared fixtures, or those of a harness run of one's own: `SAMARA_HARNESS_RESULTS`.
  private static let folder =
    ProcessInfo.processInfo.environment["SAMARA_HARNESS_RESULTS"]
    ?? SharedData.path("fixtures/lm-eval")

  /// The names of all files, without `.json`.
  static let names: [String] =
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
    .filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }.sorted()

  static var isPresent: Bool { !names.isEmpty }
}
