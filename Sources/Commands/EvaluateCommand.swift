import ArgumentParser
import Evaluation
import Experiments
import Foundation
import Kernels
import Terminal

struct EvaluateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Score a run or a checkpoint on tasks.",
    discussion: """
      Prompts, token boundaries and metrics are lm-evaluation-harness's. DIR holds each task's \
      documents as JSON lines, laid out as on the hub (OWNER/NAME/CONFIG/SPLIT.jsonl) or as \
      TASK.jsonl. The task `stories` needs no data: its questions are embedded.

      EXAMPLES
        samara evaluate seedling --tasks stories
        samara evaluate checkpoints/seedling/average --tasks stories --beside-untrained
        samara evaluate books --tasks arc-easy,hellaswag --data benchmarks --output results.json
        samara evaluate books --bits-per-byte held-out.txt
      """)

  @Argument(help: "A run's name, or the path of a checkpoint.")
  var checkpoint: String

  @Option(help: "Task names, separated by commas.")
  var tasks = ""

  @Option(help: "The folder of the tasks' documents.")
  var data: String?

  @Option(parsing: .unconditional, help: "Documents a task, from the first.")
  var limit: Int?

  @Option(help: "Where to write results.json.")
  var output: String?

  @Option(help: "A text or JSON-lines file to measure bits a byte on.")
  var bitsPerByte: String?

  @Option(parsing: .unconditional, help: "Threads; as many as there are cores if left out.")
  var threads: Int?

  @Flag(help: "Show the weights that the run started from in a column beside.")
  var besideUntrained = false

  func validate() throws {
    if let threads, threads < 1 {
      throw ValidationError("--threads is \(threads), expected 1 or more")
    }
    if let limit, limit < 1 {
      throw ValidationError("--limit is \(limit), expected 1 or more")
    }
  }

  func run() async throws {
    if let threads { ThreadPool.configure(threadCount: threads) }
    let located = try CheckpointLocator.checkpoint(checkpoint, in: Workspace())
    let evaluation = try EvaluationRun(
      located, recipes: Program.recipes, in: Workspace(), dataDirectory: data, limit: limit)
    var names: [String] = []
    for name in tasks.split(separator: ",").map({ $0.trimmingCharacters(in: .whitespaces) })
    where !names.contains(name) {
      names.append(name)
    }
    var results: [EvaluationResult] = []
    if let bitsPerByte { results.append(try evaluation.bitsPerByte(on: bitsPerByte)) }
    if !names.isEmpty || results.isEmpty { results += try evaluation.evaluate(names) }
    var columns = [
      EvaluationTable.Column(title: "step \(located.state.step)", results: results)
    ]
    if let output {
      try EvaluationReport(
        results: results,
        configuration: [
          "model": "samara", "checkpoint": .string(located.path),
          "step": .integer(located.state.step), "limit": limit.map { .integer($0) } ?? .null,
        ]
      ).write(to: output)
    }
    if besideUntrained, !names.isEmpty {
      columns.insert(
        .init(title: "untrained", results: try evaluation.evaluateUntrained(names)), at: 0)
    }
    print(EvaluationTable(columns: columns).rendered(), terminator: "")
  }
}
