import Files
import Foundation

/// The results of several tasks as a file that tools for lm-evaluation-harness can read.
///
/// The schema is that of lm-evaluation-harness 0.4.13 (`lm_eval/result_schema.py`): `results`, `groups`,
/// `group_subtasks`, `configs`, `versions`, `n-shot`, `higher_is_better`, `n-samples`, `config` and the model's
/// names. Its dates, durations, hashes and descriptions of the machine are left out, so that the same
/// evaluation writes the same bytes. So are the templates of `configs` (`doc_to_text` and its kin): prompts
/// are Swift here, and `samara tasks NAME` shows them. What the schema has no place for stands where it
/// allows anything: the chance level in a task's `metadata`, step and tokens in `model_args`.
public struct EvaluationReport: Sendable {
  public var results: [EvaluationResult]
  public var model: EvaluatedModel?
  /// How it was evaluated, by the harness's names: `limit`, `batch_size`, whatever the caller knows.
  ///
  /// What is not given has the harness's own default; names that it does not know are kept.
  public var configuration: [String: DocumentValue]

  public init(
    results: [EvaluationResult], model: EvaluatedModel? = nil,
    configuration: [String: DocumentValue] = [:]
  ) {
    self.results = results
    self.model = model
    self.configuration = configuration
  }

  /// Returns the report as the harness writes one: two spaces a level, text as it is, numbers that are not
  /// finite as `NaN` and `Infinity`.
  public func json() -> Data { Data(value.text(indent: 2)) }

  /// Writes the report, either whole or not at all; folders that lack are made.
  ///
  /// - Throws: `FileError`.
  public func write(to path: String) throws {
    try FileSystem.makeFolder(FileSystem.parent(of: path))
    try AtomicFile.write(value.text(indent: 2) + [UInt8(ascii: "\n")], to: path)
  }

  /// The results with their names in the file.
  private var named: [(key: String, result: EvaluationResult)] {
    Array(zip(ReportKeys(results).keys, results)).map { (key: $0.0, result: $0.1) }
  }

  private var value: PythonJSON {
    let named = named
    let keys = ReportKeys(results)
    let byKey = named.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    let groups = named.filter(\.result.isGroup)
    func object(
      _ named: [(key: String, result: EvaluationResult)], _ body: (EvaluationResult) -> PythonJSON
    ) -> PythonJSON {
      .object(named.map { ($0.key, body($0.result)) })
    }
    var entries: [(key: String, value: PythonJSON)] = [
      ("results", .object(named.map { ($0.key, Self.figures($0.result, key: $0.key)) }))
    ]
    if !groups.isEmpty {
      entries.append(
        ("groups", .object(groups.map { ($0.key, Self.figures($0.result, key: $0.key)) })))
    }
    entries += [
      (
        "group_subtasks",
        object(groups) { .array(keys.members(of: $0).map { .string($0) }) }
      ),
      ("configs", object(byKey.filter { !$0.result.isGroup }, \.taskConfiguration)),
      ("versions", object(byKey, Self.version)),
      ("n-shot", object(byKey) { .integer($0.shots) }),
      (
        "higher_is_better",
        object(byKey) { result in
          var seen: Set<String> = []
          return .object(
            result.metrics.filter { seen.insert($0.name).inserted }
              .map { ($0.name, .bool($0.higherIsBetter)) })
        }
      ),
      (
        "n-samples",
        object(named.filter { !$0.result.isGroup }) {
          .object([
            ("original", .integer($0.splitCount)), ("effective", .integer($0.documentCount)),
          ])
        }
      ),
      ("config", EvaluationConfiguration.value(of: configuration, model: model)),
    ]
    if let model {
      entries += [
        ("model_source", "samara"), ("model_name", .string(model.name)),
        ("model_name_sanitized", .string(EvaluationConfiguration.sanitized(model.name))),
      ].map { (key: $0.0, value: $0.1) }
    }
    return .object(entries)
  }

  /// The metrics; the `none` after the comma is the harness's name for no filter of the answers.
  private static func figures(_ result: EvaluationResult, key: String) -> PythonJSON {
    var entries: [(key: String, value: PythonJSON)] = [
      ("name", .string(key)), ("alias", .string(result.alias)),
      ("sample_len", .integer(result.documentCount)),
    ]
    for metric in result.metrics {
      entries.append(("\(metric.name),\(metric.filter)", .number(metric.value)))
      entries.append(
        (
          "\(metric.name)_stderr,\(metric.filter)",
          metric.standardError.map { .number($0) } ?? .string("N/A")
        ))
    }
    if result.isGroup {
      entries.append(
        (
          "sample_count",
          .object(
            result.metrics.map {
              ("\($0.name),\($0.filter)", .integer(result.documentCount))
            })
        ))
    }
    return .object(entries)
  }

  /// A number for a task and a text for a group, as the harness has them.
  private static func version(_ result: EvaluationResult) -> PythonJSON {
    guard result.isGroup else { return .number(result.version) }
    return .string(Int(exactly: result.version).map { "\($0)" } ?? "\(result.version)")
  }
}

extension PythonJSON: ExpressibleByStringLiteral {
  package init(stringLiteral value: String) { self = .string(value) }
}
