/// What each result is called in a report: the task's name, as in lm-evaluation-harness.
///
/// A task that was evaluated with several numbers of examples, for which the harness's schema has no place,
/// is called `NAME_Kshot` for each: `arc_challenge_0shot` and `arc_challenge_25shot`. A report that has it
/// once calls it by its name alone, whatever the number.
struct ReportKeys {
  /// A key for each result, in order, no two alike.
  let keys: [String]
  private let results: [EvaluationResult]

  init(_ results: [EvaluationResult]) {
    var taken: Set<String> = []
    keys = results.map { result in
      let isAlone = results.count { $0.task == result.task } == 1
      var key = isAlone ? result.task : Self.key(of: result.task, shots: result.shots)
      while !taken.insert(key).inserted { key += "_again" }
      return key
    }
    self.results = results
  }

  static func key(of task: String, shots: Int) -> String { "\(task)_\(shots)shot" }

  /// The task that a key names, given the number of examples that stands beside it in the file.
  static func task(of key: String, shots: Int?) -> String {
    guard let shots, key.hasSuffix("_\(shots)shot") else { return key }
    return String(key.dropLast("_\(shots)shot".count))
  }

  /// The keys of a group's members; those with the group's own number of examples where there are several.
  func members(of group: EvaluationResult) -> [String] {
    group.members.compactMap { member in
      let candidates = results.indices.filter { results[$0].task == member }
      let own = candidates.first { results[$0].shots == group.shots } ?? candidates.first
      return own.map { keys[$0] }
    }
  }
}
