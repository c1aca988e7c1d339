import ArgumentParser
import Evaluation
import Experiments
import Foundation
import Kernels
import Layers
import Terminal

struct EvaluateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Score a run or a checkpoint on tasks.",
    discussion: """
      Documents, prompts, examples, token boundaries and metrics are lm-evaluation-harness's, and \
      so are the figures. DIR holds each task's data as the hub publishes it: \
      OWNER/NAME/CONFIG/SPLIT-00000-of-00001.parquet, or SPLIT.jsonl; `--data hf://` fetches it. The task `stories` needs \
      no data: its questions are embedded. `samara tasks` lists the tasks.

      MODEL is a run's name, a checkpoint's folder, or a folder with config.json and \
      model.safetensors. With --output the scores so far are kept beside the file, and --resume goes \
      on after an interruption.

      EXAMPLES
        samara evaluate seedling --tasks stories
        samara evaluate checkpoints/seedling/average --tasks stories --beside-untrained
        samara evaluate books --tasks openelm-zero-shot --data benchmarks --output results.json
        samara evaluate books --tasks mmlu --shots 5 --data benchmarks --log-samples samples.jsonl
        samara evaluate books --tasks arc-easy --data benchmarks --every-checkpoint
        samara evaluate books --bits-per-byte held-out.txt
      """)

  @Argument(
    help: ArgumentHelp(
      "A run's name, or the path of a checkpoint or of a folder of weights.", valueName: "model"))
  var checkpoint: String

  @Option(help: "Names of tasks, groups and suites, separated by commas.")
  var tasks = ""

  @Option(help: "The folder of the tasks' data, data/benchmarks if left out; hf:// fetches it.")
  var data: String?

  @Option(
    parsing: .unconditional, help: "Examples before each question; each task's own if left out.")
  var shots: Int?

  @Option(parsing: .unconditional, help: "Documents a task, from the first.")
  var limit: Int?

  @Option(
    help: ArgumentHelp(
      "The documents of each task, as in '40..<80'; quoted.", valueName: "a..<b"))
  var documents: DocumentRange?

  @Option(parsing: .unconditional, help: "Tokens computed at once.")
  var batchTokens = 4_096

  @Option(help: "What products are computed in: fp32 or bf16.")
  var type = Precision.float32

  @Option(help: "A tokenizer file in the place of the checkpoint's own.")
  var tokenizer: String?

  @Option(help: "Where to write results.json.")
  var output: String?

  @Option(help: "Where to write every document's prompt, answers and scores, as JSON lines.")
  var logSamples: String?

  @Flag(help: "Go on with the interrupted evaluation of --output.")
  var resume = false

  @Option(help: "A text or JSON-lines file to measure bits a byte on.")
  var bitsPerByte: String?

  @Flag(help: "Score every checkpoint of the run, and the average if there is one.")
  var everyCheckpoint = false

  @Option(parsing: .unconditional, help: "Threads; as many as there are cores if left out.")
  var threads: Int?

  @Flag(help: "Show the weights that the run started from in a column beside.")
  var besideUntrained = false

  func validate() throws {
    func require(_ option: String, _ value: Int?, atLeast least: Int) throws {
      if let value, value < least {
        throw ValidationError("\(option) is \(value), expected \(least) or more")
      }
    }
    try require("--threads", threads, atLeast: 1)
    try require("--limit", limit, atLeast: 1)
    try require("--shots", shots, atLeast: 0)
    try require("--batch-tokens", batchTokens, atLeast: 1)
    if limit != nil, documents != nil {
      throw ValidationError("--limit and --documents both choose documents; give one of them")
    }
    if resume, output == nil {
      throw ValidationError("--resume goes on with the evaluation of an --output; give it")
    }
    if let output, output == logSamples {
      throw ValidationError("--output and --log-samples name the same file; give two")
    }
    if everyCheckpoint, besideUntrained {
      throw ValidationError(
        "--every-checkpoint shows its own columns; leave --beside-untrained out")
    }
  }

  func run() async throws {
    if let threads { ThreadPool.configure(threadCount: threads) }
    let workspace = Workspace()
    let words =
      everyCheckpoint
      ? try CheckpointLocator.everyCheckpoint(checkpoint, in: workspace) : [checkpoint]
    try prepareFiles()
    var columns: [EvaluationTable.Column] = []
    var journals: [String] = []
    for word in words {
      let subject = try EvaluationSubject(
        named: word, recipes: Program.recipes, in: workspace, tokenizerPath: tokenizer)
      let run = try EvaluationRun(
        subject, options: options(workspace), catalog: Program.tasks, in: workspace)
      let output = output.map { everyCheckpoint ? EvaluationFiles.path($0, of: subject) : $0 }
      let journal = output.map { "\($0).journal" }
      if besideUntrained, subject.recipe == nil {
        throw ExperimentError.noRecipe(path: subject.path)
      }
      if let journal {
        journals.append(journal)
        try keepEarlier(journal)
      }
      let results = try run.evaluate(journalPath: journal, resuming: resume)
      try write(results, of: subject, to: output)
      if besideUntrained {
        columns.append(.init(title: "untrained", results: try run.evaluateUntrained()))
      }
      columns.append(.init(title: subject.title, results: results))
    }
    // Only now, so that a resumed run of many checkpoints scores none of them again.
    for journal in journals { try? FileManager.default.removeItem(atPath: journal) }
    print(EvaluationTable(columns: columns).rendered(), terminator: "")
    if everyCheckpoint, let output {
      let folder = (output as NSString).deletingLastPathComponent
      let files = folder.isEmpty ? "*.json" : "\(folder)/*.json"
      print("\nThe curves: samara report \(files) --html report.html")
    }
  }

  private func prepareFiles() throws {
    if let output { try EvaluationFiles.prepare(output) }
    if let logSamples, !logSamples.hasSuffix("/") {
      var isDirectory: ObjCBool = false
      _ = FileManager.default.fileExists(atPath: logSamples, isDirectory: &isDirectory)
      if !isDirectory.boolValue { try EvaluationFiles.prepare(logSamples) }
    }
  }

  /// Puts the scores of an interrupted evaluation aside where a new one begins in their place.
  private func keepEarlier(_ journal: String) throws {
    guard !resume, FileManager.default.fileExists(atPath: journal) else { return }
    let aside = "\(journal).earlier"
    try? FileManager.default.removeItem(atPath: aside)
    try FileManager.default.moveItem(atPath: journal, toPath: aside)
    ProgressLine.writeToStandardError(
      "starting anew; the scores of an interrupted evaluation are kept in \(aside): "
        + "--resume goes on with \(journal)\n")
  }

  private func options(_ workspace: Workspace) throws -> EvaluationOptions {
    var names: [String] = []
    for name in tasks.split(separator: ",").map({ $0.trimmingCharacters(in: .whitespaces) })
    where !names.contains(name) {
      names.append(name)
    }
    return EvaluationOptions(
      tasks: names,
      data: try BenchmarkData.taskData(
        at: data, in: workspace, report: { ProgressLine.writeToStandardError($0 + "\n") }),
      shots: shots, documents: documents?.range ?? limit.map { 0..<$0 },
      tokensPerBatch: batchTokens, heldOutText: bitsPerByte, precision: type)
  }

  /// Writes what was asked for, each file whole or not at all.
  private func write(
    _ results: [EvaluationResult], of subject: EvaluationSubject, to output: String?
  ) throws {
    if let output {
      try EvaluationReport(
        results: results, model: subject.evaluatedModel(precision: type),
        configuration: [
          "limit": limit.map { .integer($0) } ?? .null,
          "documents": documents.map { .string("\($0.range)") } ?? .null,
        ]
      ).write(to: output)
    }
    if let logSamples {
      try SampleLog.write(
        results,
        to: everyCheckpoint ? EvaluationFiles.path(logSamples, of: subject) : logSamples)
    }
  }
}

/// Positions of documents as a person writes them: `40..<80`.
struct DocumentRange: ExpressibleByArgument {
  var range: Range<Int>

  init?(argument: String) {
    guard let separator = argument.firstRange(of: "..<"),
      let first = Int(argument[..<separator.lowerBound]),
      let end = Int(argument[separator.upperBound...]), first >= 0, first < end
    else { return nil }
    range = first..<end
  }
}
