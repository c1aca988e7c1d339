/// Tasks that are reported together, each with its number of examples: a table of a paper.
public struct TaskSuite: Sendable {
  /// A task or group of the suite.
  public struct Entry: Sendable, Equatable {
    /// The name of a task or of a group.
    public var name: String
    /// The examples before each question; the task's own number where it is nil.
    public var shots: Int?

    public init(_ name: String, shots: Int? = nil) {
      self.name = name
      self.shots = shots
    }
  }

  public var name: String
  /// What it is, in a line.
  public var summary: String
  public var entries: [Entry]

  public init(name: String, summary: String, entries: [Entry]) {
    self.name = name
    self.summary = summary
    self.entries = entries
  }
}

extension TaskSuite {
  /// The tables of OpenELM's paper (arXiv:2404.14619, tables 3 and 4).
  public static let standard = [openELMZeroShot, openLLM, llm360]

  static let openELMZeroShot = TaskSuite(
    name: "openelm-zero-shot", summary: "the seven zero-shot tasks of OpenELM's tables",
    entries: [
      Entry("arc_challenge"), Entry("arc_easy"), Entry("boolq"), Entry("hellaswag"), Entry("piqa"),
      Entry("sciq"), Entry("winogrande"),
    ])

  static let openLLM = TaskSuite(
    name: "openllm", summary: "the first Open LLM leaderboard, with its numbers of examples",
    entries: [
      Entry("arc_challenge", shots: 25), Entry("hellaswag", shots: 10), Entry("mmlu", shots: 5),
      Entry("truthfulqa_mc1"), Entry("truthfulqa_mc2"), Entry("winogrande", shots: 5),
    ])

  static let llm360 = TaskSuite(
    name: "llm360", summary: "LLM360's tasks, with the numbers of examples of OpenELM's table",
    entries: [
      Entry("arc_challenge", shots: 25), Entry("crows_pairs_english", shots: 25),
      Entry("hellaswag", shots: 10), Entry("mmlu", shots: 5), Entry("openbookqa"), Entry("piqa"),
      Entry("race"), Entry("truthfulqa_mc2"), Entry("winogrande", shots: 5),
    ])
}
