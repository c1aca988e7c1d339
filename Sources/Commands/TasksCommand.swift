import ArgumentParser
import Evaluation
import Experiments
import Terminal

struct TasksCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tasks",
    abstract: "List the evaluation tasks, or show one.",
    discussion: """
      Without a name: every task with its data set, metrics and version, then the groups and suites. \
      With a name and --data, the first document's whole prompt and its continuations as well, just \
      as the model is asked.

      EXAMPLES
        samara tasks
        samara tasks arc-easy --data benchmarks
        samara tasks mmlu-anatomy --shots 5 --data benchmarks
      """)

  @Argument(help: "A task's, a group's or a suite's name.")
  var name: String?

  @Option(help: "The folder of the tasks' data, data/benchmarks if left out; hf:// fetches it.")
  var data: String?

  @Option(
    parsing: .unconditional, help: "Examples before the question; the task's own if left out.")
  var shots: Int?

  @Option(parsing: .unconditional, help: "The position of the document that is shown.")
  var document = 0

  func validate() throws {
    if let shots, shots < 0 {
      throw ValidationError("--shots is \(shots), expected 0 or more")
    }
    if document < 0 || document == .max {
      throw ValidationError("--document is \(document), expected 0 or more")
    }
  }

  func run() async throws {
    let catalog = StoriesCorpus.stories().catalog(in: Workspace(), beside: Program.tasks)
    guard let name else {
      print(TaskListView(catalog: catalog).rendered(), terminator: "")
      return
    }
    let selection = try catalog.selection(named: [name], shots: shots)
    guard selection.entries.count == 1, let entry = selection.entries.first else {
      print(TaskListView(selection: selection).rendered(), terminator: "")
      return
    }
    let data = try BenchmarkData.taskData(
      at: data, in: Workspace(), report: { ProgressLine.writeToStandardError($0 + "\n") })
    let prepared =
      data.directory == nil
      ? nil
      : try PreparedTask(
        entry.task, data: data, shots: entry.shots, documents: document..<document + 1)
    print(
      TaskView(task: entry.task, shots: entry.task.shots.resolved(entry.shots), prepared: prepared)
        .rendered(), terminator: "")
  }
}
