import Files
import Foundation

/// The results of several tasks as a file that tools for lm-evaluation-harness can read.
///
/// The keys are the harness's (`results`, `group_subtasks`, `configs`, `versions`, `n-shot`,
/// `higher_is_better`, `n-samples`, `config`) as far as there is something to say. There is no date
/// and no duration, so that the same evaluation writes the same bytes.
public struct EvaluationReport: Sendable {
  public var results: [EvaluationResult]
  /// What was evaluated and how: `model`, `model_args`, `limit`, whatever the caller knows.
  public var configuration: [String: DocumentValue]

  public init(results: [EvaluationResult], configuration: [String: DocumentValue] = [:]) {
    self.results = results
    self.configuration = configuration
  }

  /// Returns the report as JSON, keys sorted.
  public func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    return try encoder.encode(value)
  }

  /// Writes the report, either whole or not at all; folders that lack are made.
  ///
  /// - Throws: `FileError`.
  public func write(to path: String) throws {
    let bytes = try json() + Data("\n".utf8)
    try FileSystem.makeFolder(FileSystem.parent(of: path))
    try AtomicFile.write(bytes, to: path)
  }

  private var value: DocumentValue {
    [
      "results": byTask(Self.figures),
      "group_subtasks": byTask { _ in [] },
      "configs": byTask(Self.taskConfiguration),
      "versions": byTask { .number($0.version) },
      "n-shot": byTask { .integer($0.shots) },
      "higher_is_better": byTask { result in
        .object(
          Self.dictionary(result.metrics.map { ($0.name, .bool($0.higherIsBetter)) }))
      },
      "n-samples": byTask { ["effective": .integer($0.documentCount)] },
      "config": .object(configuration),
    ]
  }

  private func byTask(_ body: (EvaluationResult) -> DocumentValue) -> DocumentValue {
    .object(Self.dictionary(results.map { ($0.task, body($0)) }))
  }

  /// The metrics; the `none` after the comma is the harness's name for no filter of the answers.
  private static func figures(_ result: EvaluationResult) -> DocumentValue {
    var entries: [(String, DocumentValue)] = [
      ("alias", .string(result.task)), ("sample_len", .integer(result.documentCount)),
    ]
    for metric in result.metrics {
      entries.append(("\(metric.name),\(metric.filter)", .number(metric.value)))
      entries.append(
        (
          "\(metric.name)_stderr,\(metric.filter)",
          metric.standardError.map { .number($0) } ?? "N/A"
        ))
    }
    return .object(dictionary(entries))
  }

  private static func taskConfiguration(_ result: EvaluationResult) -> DocumentValue {
    var entries: [(String, DocumentValue)] = [
      ("task", .string(result.task)),
      ("output_type", result.outputType.map { .string($0) } ?? .null),
      ("num_fewshot", .integer(result.shots)),
      ("metadata", ["version": .number(result.version)]),
      (
        "metric_list",
        .array(
          result.metrics.map { metric in
            [
              "metric": .string(metric.name),
              "aggregation": .string(metric.aggregation.rawValue),
              "higher_is_better": .bool(metric.higherIsBetter),
            ]
          })
      ),
    ]
    switch result.dataset {
    case .hub(let path, let configuration, let split):
      let key = split == "train" ? "training_split" : "\(split)_split"
      entries += [
        ("dataset_path", .string(path)),
        ("dataset_name", configuration.map { .string($0) } ?? .null),
        (key, .string(split)),
      ]
    case .file(let path): entries.append(("dataset_path", .string(path)))
    case nil: break
    }
    return .object(dictionary(entries))
  }

  private static func dictionary(_ entries: [(String, DocumentValue)]) -> [String: DocumentValue] {
    Dictionary(entries, uniquingKeysWith: { _, last in last })
  }
}
