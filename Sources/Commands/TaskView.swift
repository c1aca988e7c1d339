import Evaluation
import Terminal

/// The tasks of a catalogue or a selection, as tables.
struct TaskListView {
  private var tasks: [(task: any EvaluationTask, shots: Int)]
  private var groups: [(name: String, summary: String)]

  init(catalog: EvaluationCatalog) {
    // A group stands for its tasks.
    let grouped = Set(catalog.groups.flatMap(\.members))
    tasks = catalog.tasks.filter { !grouped.contains($0.name) }
      .map { ($0, $0.shots.resolved(nil)) }
    groups =
      catalog.groups.map { ($0.name, Self.listed($0.members)) }
      + catalog.suites.map { ($0.name, $0.summary) }
  }

  init(selection: TaskSelection) {
    tasks = selection.entries.map { ($0.task, $0.task.shots.resolved($0.shots)) }
    groups = selection.groups.map { ($0.group.name, Self.listed($0.group.members)) }
  }

  func rendered() -> String {
    var table = TextTable(columns: [
      .init("task", alignment: .leading),
      .init("data", alignment: .leading, minimumWidth: 12, truncation: .middle, dropRank: 2),
      .init("split", alignment: .leading, dropRank: 1), .init("shots"),
      .init("metrics", alignment: .leading, minimumWidth: 8), .init("version"),
    ])
    for (task, shots) in tasks {
      let (data, split) = TaskView.place(of: task.dataset)
      table.append([
        task.name, data, split, "\(shots)", TaskView.metrics(of: task), "\(task.version)",
      ])
    }
    var text = table.rendered(for: TerminalCapabilities(of: .output))
    if !groups.isEmpty {
      var table = TextTable(columns: [
        .init("group or suite", alignment: .leading),
        .init("what it is", alignment: .leading, minimumWidth: 20),
      ])
      for group in groups { table.append([group.name, group.summary]) }
      text += "\n" + table.rendered(for: TerminalCapabilities(of: .output))
    }
    return text
  }

  private static func listed(_ names: [String]) -> String {
    guard names.count > 5, let last = names.last else { return names.joined(separator: ", ") }
    return "\(names.count) tasks, \(names[0]) to \(last)"
  }
}

/// One task, and what the model is asked about a document.
struct TaskView {
  var task: any EvaluationTask
  var shots: Int
  var prepared: PreparedTask?

  func rendered() -> String {
    let (data, split) = Self.place(of: task.dataset)
    var lines = [
      "task      \(task.name), version \(task.version)", "data      \(data)", "split     \(split)",
      "shots     \(shots)", "metrics   \(Self.metrics(of: task))",
    ]
    if let prepared {
      lines += ["documents \(prepared.splitCount)", ""]
      lines += Self.question(prepared.questions[0], number: prepared.firstDocument)
    } else {
      lines += ["", "Give --data DIR to see the prompt of a document."]
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func question(_ question: TaskQuestion, number: Int) -> [String] {
    switch question {
    case .choice(let question):
      let contexts = question.requests.map(\.context)
      let isShared = contexts.allSatisfy { $0.utf8.elementsEqual(contexts[0].utf8) }
      var lines = isShared ? heading("document \(number), context", contexts[0]) : []
      for (index, request) in question.requests.enumerated() {
        if !isShared { lines += heading("choice \(index), context", request.context) }
        let mark = index == question.gold ? " (right)" : ""
        lines.append("choice \(index)\(mark): \(quoted(request.continuation))")
      }
      return lines
    case .completion(let completion):
      return heading("document \(number), context", completion.context) + [
        "continuation: \(quoted(completion.continuation))"
      ]
    case .text(let text): return heading("document \(number), text", text)
    case .generation(let question):
      return heading("document \(number), prompt", question.context) + [
        "reference: \(quoted(question.reference))",
        "ends at: \(question.stops.map(quoted).joined(separator: ", "))",
        "at most \(question.maximumTokens) tokens",
      ]
    }
  }

  private static func heading(_ title: String, _ text: String) -> [String] {
    ["── \(title)", text, "──"]
  }

  /// A text in quotation marks, with its line breaks shown.
  private static func quoted(_ text: String) -> String { text.debugDescription }

  static func place(of dataset: TaskDataset) -> (data: String, split: String) {
    switch dataset {
    case .hub(let path, let configuration, let split):
      (configuration.map { "\(path)/\($0)" } ?? path, split)
    case .file(let path): (path, "")
    }
  }

  static func metrics(of task: any EvaluationTask) -> String {
    task.metrics.map { $0.filter == "none" ? $0.name : "\($0.name) (\($0.filter))" }
      .joined(separator: ", ")
  }
}
