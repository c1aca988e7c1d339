import Files
import Foundation

/// A results file: one of ours, or one of lm-evaluation-harness 0.4's.
public struct EvaluationResultsFile: Sendable {
  public var path: String
  /// What was evaluated; the name is the file's where nothing else tells.
  public var model: EvaluatedModel
  /// The results without samples, in the order of the file, each group before its members.
  public var results: [EvaluationResult]

  /// A results file of the seven zero-shot tasks takes 20 kB, one of MMLU 100; a file of this size is
  /// something else.
  static let maximumSize = 64 << 20

  /// Reads a file.
  ///
  /// - Throws: `EvaluationError.unreadableResults` or `.malformedResults`, which name file and key.
  public init(path: String) throws {
    let handle = FileHandle(forReadingAtPath: path)
    defer { try? handle?.close() }
    guard let data = try? handle?.read(upToCount: Self.maximumSize + 1) else {
      let isThere = FileManager.default.fileExists(atPath: path)
      throw EvaluationError.unreadableResults(
        path: path, reason: isThere ? "it cannot be read" : "there is no such file")
    }
    guard data.count <= Self.maximumSize else {
      throw EvaluationError.unreadableResults(
        path: path, reason: "it has more than \(Self.maximumSize >> 20) MiB")
    }
    try self.init(bytes: Array(data), path: path)
  }

  /// Reads a file's bytes.
  public init(bytes: [UInt8], path: String) throws {
    let root: PythonJSON
    do { root = try PythonJSONParser.value(of: bytes) } catch {
      throw EvaluationError.unreadableResults(path: path, reason: "\(error)")
    }
    let reader = ResultsReader(root: root, path: path)
    self.path = path
    model = try reader.model()
    results = try reader.results()
  }
}

/// Finds its way through a results file.
private struct ResultsReader {
  let root: PythonJSON
  let path: String

  func results() throws -> [EvaluationResult] {
    guard case .object(let entries)? = root["results"] else {
      throw malformed("results", expected: "an object of tasks", found: root["results"])
    }
    var results: [EvaluationResult] = []
    var seen: Set<String> = []
    for (key, figures) in entries where seen.insert(key).inserted {
      results.append(try result(key, figures: figures))
    }
    for index in results.indices where results[index].isGroup && results[index].chance == nil {
      results[index].chance = Self.chance(of: results[index], among: results)
    }
    return Self.ordered(results)
  }

  private func result(_ key: String, figures: PythonJSON) throws -> EvaluationResult {
    guard case .object(let entries) = figures else {
      throw malformed("results.\(key)", expected: "an object of figures", found: figures)
    }
    let shots = root["n-shot"]?[key]?.integer
    let task = ReportKeys.task(of: key, shots: shots)
    let configuration = root["configs"]?[key]
    let count = try self.count(key, figures: figures)
    let alias = figures["alias"]?.string.map(Self.withoutIndentation) ?? task
    return EvaluationResult(
      task: task, alias: alias == key ? task : alias,
      version: version(key), dataset: nil, shots: shots ?? 0, documentCount: count,
      splitCount: root["n-samples"]?[key]?["original"]?.integer ?? count,
      chance: configuration?["metadata"]?["chance"]?.number,
      outputType: configuration?["output_type"]?.string,
      metrics: try metrics(entries, key: key), members: try members(of: key))
  }

  private func count(_ key: String, figures: PythonJSON) throws -> Int {
    let found = figures["sample_len"] ?? root["n-samples"]?[key]?["effective"]
    guard let found else { return 0 }
    guard let count = found.integer, count >= 0 else {
      throw malformed("results.\(key).sample_len", expected: "a count", found: found)
    }
    return count
  }

  private func version(_ key: String) -> Double {
    let found = root["versions"]?[key]
    return found?.number ?? found?.string.flatMap { Double($0) } ?? 0
  }

  private func metrics(
    _ entries: [(key: String, value: PythonJSON)], key: String
  ) throws -> [EvaluationResult.Metric] {
    var metrics: [EvaluationResult.Metric] = []
    let figures = PythonJSON.object(entries)
    for (name, value) in entries {
      guard let comma = name.firstIndex(of: ",") else { continue }
      let metric = String(name[..<comma])
      let filter = String(name[name.index(after: comma)...])
      if metric.hasSuffix("_stderr") { continue }
      guard let number = value.number else {
        // A metric may be a list or a text that no table can show.
        if case .string = value { continue }
        throw malformed("results.\(key).\(name)", expected: "a number", found: value)
      }
      let errorName = "\(metric)_stderr,\(filter)"
      let error = figures[errorName]
      guard error == nil || error == "N/A" || error == .null || error?.number != nil else {
        throw malformed("results.\(key).\(errorName)", expected: "a number", found: error)
      }
      let isHigherBetter: Bool
      if case .bool(let value)? = root["higher_is_better"]?[key]?[metric] {
        isHigherBetter = value
      } else {
        isHigherBetter = !["perplexity", "bits_per_byte"].contains { metric.contains($0) }
      }
      metrics.append(
        EvaluationResult.Metric(
          name: metric, filter: filter, value: number, standardError: error?.number,
          higherIsBetter: isHigherBetter))
    }
    return metrics
  }

  /// The members' names; a task may be its own only member in older files of the harness.
  private func members(of key: String) throws -> [String] {
    guard let found = root["group_subtasks"]?[key] else { return [] }
    guard case .array(let members) = found else {
      throw malformed("group_subtasks.\(key)", expected: "a list of tasks", found: found)
    }
    return try members.map { member in
      guard let name = member.string else {
        throw malformed("group_subtasks.\(key)", expected: "a list of tasks", found: member)
      }
      return ReportKeys.task(of: name, shots: root["n-shot"]?[name]?.integer)
    }
  }

  func model() throws -> EvaluatedModel {
    let configuration = root["config"]
    let arguments = configuration?["model_args"]
    let given = arguments?.string.map(Self.pretrained) ?? arguments?["pretrained"]?.string
    let own = configuration?["checkpoint"]?.string
    let checkpoint = own ?? given
    let stem = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
    return EvaluatedModel(
      name: arguments?["run"]?.string ?? root["model_name"]?.string
        ?? own.map(EvaluatedModel.name) ?? given ?? stem,
      checkpoint: checkpoint,
      step: try count("step", arguments, configuration),
      tokens: try count("tokens", arguments, configuration),
      parameterCount: configuration?["model_num_parameters"]?.integer,
      precision: configuration?["model_dtype"]?.string)
  }

  private func count(_ key: String, _ places: PythonJSON?...) throws -> Int? {
    guard let found = places.lazy.compactMap({ $0?[key] }).first, found != .null else { return nil }
    guard let count = found.integer, count >= 0 else {
      throw malformed("config.\(key)", expected: "a count", found: found)
    }
    return count
  }

  private func malformed(
    _ key: String, expected: String, found: PythonJSON?
  ) -> EvaluationError {
    .malformedResults(
      path: path, key: key, expected: expected, found: found?.summary ?? "nothing")
  }

  /// `pretrained=NAME,…`, as the harness takes a model's arguments on its command line.
  private static func pretrained(_ arguments: String) -> String {
    let parts = arguments.split(separator: ",").map { $0.trimmingPrefix(" ") }
    let own = parts.first { $0.hasPrefix("pretrained=") }
    return own.map { String($0.dropFirst("pretrained=".count)) } ?? arguments
  }

  /// Older files of the harness indent the names of a group's members: ` - anatomy`.
  private static func withoutIndentation(_ alias: String) -> String {
    String(alias.trimmingPrefix { $0 == " " || $0 == "-" })
  }

  private static func chance(
    of group: EvaluationResult, among results: [EvaluationResult]
  ) -> Double? {
    var (sum, count) = (0.0, 0)
    var pending = group.members
    var visited: Set<String> = []
    while let name = pending.popLast() {
      guard visited.insert(name).inserted else { continue }
      guard
        let member = results.first(where: { $0.task == name && $0.shots == group.shots })
          ?? results.first(where: { $0.task == name })
      else { return nil }
      if member.isGroup {
        pending += member.members
      } else {
        guard let chance = member.chance else { return nil }
        sum += chance * Double(member.documentCount)
        count += member.documentCount
      }
    }
    return count > 0 ? sum / Double(count) : nil
  }

  /// The group above all groups of a result, or the result itself.
  private static func root(of index: Int, in results: [EvaluationResult]) -> Int {
    var (root, visited) = (index, Set([index]))
    while let parent = results.indices.first(where: {
      results[$0].members.contains(results[root].task) && results[$0].shots == results[root].shots
        && !visited.contains($0)
    }) {
      visited.insert(parent)
      root = parent
    }
    return root
  }

  /// Groups where their first member stands, before it; the rest as it stands.
  private static func ordered(_ results: [EvaluationResult]) -> [EvaluationResult] {
    var ordered: [EvaluationResult] = []
    var done = Set<Int>()
    func add(_ index: Int) {
      guard done.insert(index).inserted else { return }
      ordered.append(results[index])
      let group = results[index]
      for member in group.members {
        let candidates = results.indices.filter { results[$0].task == member }
        if let own = candidates.first(where: { results[$0].shots == group.shots })
          ?? candidates.first
        {
          add(own)
        }
      }
    }
    for index in results.indices {
      add(root(of: index, in: results))
      add(index)
    }
    return ordered
  }
}
