import Terminal

/// The tasks, groups and suites that can be asked for by name.
///
/// An open list: append a task of your own, or begin with one of your own choosing.
public struct EvaluationCatalog: Sendable {
  public var tasks: [any EvaluationTask]
  public var groups: [TaskGroup]
  public var suites: [TaskSuite]

  public init(
    _ tasks: [any EvaluationTask], groups: [TaskGroup] = [], suites: [TaskSuite] = []
  ) {
    self.tasks = tasks
    self.groups = groups
    self.suites = suites
  }

  /// lm-evaluation-harness's tasks that OpenELM's tables use (arXiv:2404.14619), and their kin.
  public static let standard: EvaluationCatalog = {
    var tasks: [any EvaluationTask] = [
      ARC.easy, ARC.challenge, HellaSwag(), PIQA(), BoolQ(), SciQ(), WinoGrande(), OpenBookQA(),
      SocialIQA(), COPA(), CommonsenseQA(), RACE(), LAMBADA(), TruthfulQA(.mc1),
      TruthfulQA(.mc2), GSM8K(), IFEval(), WikiText(), CrowSPairs(),
    ]
    tasks += CrowSPairs.kinds as [any EvaluationTask]
    tasks += MMLUSubjects.tasks as [any EvaluationTask]
    return EvaluationCatalog(tasks, groups: MMLUSubjects.groups, suites: TaskSuite.standard)
  }()

  /// The names of tasks in the catalogue's order.
  public var names: [String] { tasks.map(\.name) }

  /// Returns the task of a name; hyphens are as good as underscores, capitals as small letters.
  ///
  /// - Throws: `EvaluationError.unknownTask` with the nearest names.
  public func task(named name: String) throws -> any EvaluationTask {
    let wanted = Self.canonical(name)
    if let task = tasks.first(where: { Self.canonical($0.name) == wanted }) { return task }
    throw unknown(name)
  }

  /// Returns what is to be evaluated for names of tasks, groups and suites, each task once for each
  /// number of examples.
  ///
  /// - Parameter shots: The examples before every question; each task's or suite's own number where it
  ///   is nil.
  /// - Throws: `EvaluationError.unknownTask` with the nearest names.
  public func selection(named names: [String], shots: Int? = nil) throws -> TaskSelection {
    var selection = TaskSelection()
    for name in names {
      if let suite = suites.first(where: { Self.canonical($0.name) == Self.canonical(name) }) {
        for entry in suite.entries {
          try select(entry.name, shots: shots ?? entry.shots, inSuite: true, into: &selection)
        }
      } else {
        try select(name, shots: shots, inSuite: false, into: &selection)
      }
    }
    return selection
  }

  private func select(
    _ name: String, shots: Int?, inSuite: Bool, into selection: inout TaskSelection
  ) throws {
    guard let group = group(named: name) else {
      selection.add(
        TaskSelection.Entry(
          task: try task(named: name), shots: shots, drawsFromAllExamples: inSuite))
      return
    }
    for (group, leaves) in try tree(of: group) { selection.add(group, leaves: leaves) }
    for leaf in try leaves(of: group) {
      selection.add(
        TaskSelection.Entry(
          task: try task(named: leaf), shots: shots, drawsFromAllExamples: inSuite))
    }
  }

  /// A group and the groups within it, each with the names of its tasks.
  private func tree(of group: TaskGroup) throws -> [(TaskGroup, [String])] {
    try [(group, leaves(of: group))]
      + group.members.compactMap(self.group(named:)).flatMap(tree(of:))
  }

  private func leaves(of group: TaskGroup) throws -> [String] {
    try group.members.flatMap { member in
      if let inner = self.group(named: member) { try leaves(of: inner) } else { [member] }
    }
  }

  /// Returns the group of a name, or nil.
  public func group(named name: String) -> TaskGroup? {
    groups.first { Self.canonical($0.name) == Self.canonical(name) }
  }

  private static func canonical(_ name: String) -> String {
    String(name.lowercased().map { $0 == "-" ? "_" : $0 })
  }

  private func unknown(_ name: String) -> EvaluationError {
    let known = names + groups.map(\.name) + suites.map(\.name)
    let candidates = known.map(Self.canonical)
    return .unknownTask(
      name: name,
      suggestions: NearestNames.of(Self.canonical(name), among: candidates).compactMap { nearest in
        candidates.firstIndex(of: nearest).map { known[$0] }
      },
      known: known)
  }
}

/// The tasks of an evaluation with their numbers of examples, and the groups to report.
public struct TaskSelection: Sendable {
  /// A task to evaluate.
  public struct Entry: Sendable {
    public var task: any EvaluationTask
    /// The examples before each question; the task's own number where it is nil.
    public var shots: Int?
    /// Whether examples are drawn without leaving out the question: where the harness is told the
    /// split to draw from, as its suites do, it does not look for the question among them.
    public var drawsFromAllExamples: Bool

    public init(
      task: any EvaluationTask, shots: Int? = nil, drawsFromAllExamples: Bool = false
    ) {
      self.task = task
      self.shots = shots
      self.drawsFromAllExamples = drawsFromAllExamples
    }
  }

  public private(set) var entries: [Entry] = []
  /// The groups, each with the names of all of its tasks.
  public private(set) var groups: [(group: TaskGroup, leaves: [String])] = []

  public init() {}

  /// Adds a task unless it is there.
  public mutating func add(_ entry: Entry) {
    if !entries.contains(where: { $0.task.name == entry.task.name && $0.shots == entry.shots }) {
      entries.append(entry)
    }
  }

  mutating func add(_ group: TaskGroup, leaves: [String]) {
    if !groups.contains(where: { $0.group.name == group.name }) { groups.append((group, leaves)) }
  }

  /// The tasks' results with those of the groups, each group before its members.
  ///
  /// A group whose tasks were evaluated with several numbers of examples has a result for each.
  public func withGroups(_ results: [EvaluationResult]) -> [EvaluationResult] {
    var means: [Int: [EvaluationResult]] = [:]
    for (group, leaves) in groups {
      for own in Self.members(leaves, in: results) {
        guard let first = own.first else { continue }
        means[first, default: []].append(group.result(of: own.map { results[$0] }))
      }
    }
    return results.indices.flatMap { (means[$0] ?? []) + [results[$0]] }
  }

  /// Where a group's tasks stand, once for each number of examples that all of them have; tasks of which each
  /// has its own number are one group still. None where a task is missing.
  private static func members(_ leaves: [String], in results: [EvaluationResult]) -> [[Int]] {
    let all = leaves.map { leaf in results.indices.filter { results[$0].task == leaf } }
    guard let first = all.first, !all.contains(where: \.isEmpty) else { return [] }
    let sameShots = first.compactMap { index -> [Int]? in
      let own = all.compactMap { $0.first { results[$0].shots == results[index].shots } }
      return own.count == leaves.count ? own : nil
    }
    return sameShots.isEmpty ? [all.compactMap(\.first)] : sameShots
  }
}
