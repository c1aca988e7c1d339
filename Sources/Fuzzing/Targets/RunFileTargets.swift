import Checkpoints
import Evaluation
import Foundation
import Terminal

extension FuzzTarget {
  /// Headers of checkpoints: no tensor lies outside its file, none is larger than it.
  static func safetensors(in folder: String) -> FuzzTarget {
    FuzzTarget(
      "safetensors",
      words: [
        "\"dtype\":\"F32\"", "\"BF16\"", "\"shape\":[", "\"data_offsets\":[", "\"__metadata__\":{",
        "\\u",
        "18446744073709551616", "0,0", "{}",
      ],
      seeds: {
        [
          #"{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},"b\u00e9":{"dtype":"BF16","shape":[3],"data_offsets":[8,14]}}"#,
          #"{"empty":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}   "#, "{}",
        ].map { header in
          let count = UInt64(header.utf8.count)
          let data = header.contains("BF16") ? 14 : 0
          return (0..<8).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) } + Array(header.utf8)
            + [UInt8](repeating: 1, count: data)
        }
      },
      body: { bytes in
        let path = "\(folder)/input.safetensors"
        try place(bytes, at: path)
        let file = try SafetensorsFile(path: path)
        for entry in file.entries {
          var sum = 0
          try file.withBytes(of: entry.name) { sum = $0.reduce(0) { $0 &+ Int($1) } }
          promise(sum >= 0, "bytes are counted")
        }
      })
  }

  /// Lists of a checkpoint's files.
  static func manifests(in folder: String) -> FuzzTarget {
    let name = "manifest.json"
    return FuzzTarget(
      "manifests",
      words: ["\"files\":[", "../", "null", "-1", "9223372036854775807", "\"crc32\":"],
      longestInput: 2 << 10,
      seeds: {
        // An empty file, whose CRC-32 is 0.
        [
          #"{"files":[{"crc32":"00000000","name":"empty","size":0}],"format":1,"step":7}"#,
          #"{"files":[{"crc32":"0badf00d","name":"a/b","size":1}],"format":1,"step":7}"#,
        ].map { Array($0.utf8) }
      },
      body: { bytes in
        let path = "\(folder)/checkpoint"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try place([], at: "\(path)/empty")
        try place(bytes, at: "\(path)/\(name)")
        try Checkpoint(step: 7, path: path).verify()
      })
  }

  /// Logs of runs, and everything that is shown of them.
  static func metrics(in folder: String) -> FuzzTarget {
    let record = MetricsRecord(
      step: 1, tokens: 65_536, loss: 10.5, crossEntropy: 10.4, zLoss: 0.1, learningRate: 3e-4,
      gradientNorm: 1.5, tokensPerSecond: 1e4, seconds: 6.5, residentBytes: 1 << 30,
      waitSeconds: 0.1)
    return FuzzTarget(
      "metrics",
      words: [
        "\"step\":", "\"task\":", "null", "1e308", "-1e308", "9223372036854775807", "-1", "\n{",
        "5e-324",
      ],
      longestInput: 4 << 10,
      seeds: {
        let lines = try (1...8).map { step in
          var line = record
          line.step = step
          line.loss = step == 3 ? nil : 10 / Double(step)
          line.documents = step == 4 ? ["a"] : nil
          return String(decoding: try JSONEncoder().encode(line), as: UTF8.self)
        }
        let score = try JSONEncoder().encode(
          ScoreRecord(
            step: 2, tokens: 131_072, task: "arc_easy", metric: "acc", documentCount: 100,
            value: 0.5, standardError: 0.05, chance: 0.25, evaluationSeconds: 1.5))
        let scored = lines.prefix(2) + [String(decoding: score, as: UTF8.self)] + lines.dropFirst(2)
        return [scored.joined(separator: "\n"), lines[0] + "\n\n" + lines[0] + "\n{"].map {
          Array($0.utf8)
        }
      },
      body: { bytes in
        let runs = RunsFolder(path: "\(folder)/runs")
        let path = runs.metricsPath(ofRun: "run")
        try FileManager.default.createDirectory(
          at: URL(filePath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
        try place(bytes, at: path)
        for width in [1, 80] {
          let terminal = TerminalCapabilities(
            isTerminal: true, terminalWidth: width, environment: ["LANG": "C.UTF-8"])
          _ = try RunViews.table(of: runs, plannedStepCount: { _ in 10 }, for: terminal)
          _ = try RunViews.detail(of: "run", in: runs, for: terminal)
          _ = try RunViews.comparison(of: "run", with: "run", in: runs, for: terminal)
        }
      })
  }

  /// Benchmarks' data: every task over every file.
  static func taskData(in folder: String) -> FuzzTarget {
    FuzzTarget(
      "task-data",
      words: ["null", "\"answerKey\":", "\"label\":", "[]", "{}", "9223372036854775807", "1e999"],
      seeds: {
        [
          #"{"question":"Why?","choices":{"text":["a","b"],"label":["A","B"]},"answerKey":"B"}"#,
          #"{"ctx_a":"A man.","ctx_b":"he","ctx":"A man. he","activity_label":"X","endings":["a [title] b","c","d","e"],"label":"2"}"#,
          #"{"goal":"g","sol1":"a","sol2":"b","label":1}"#,
          #"{"question":"q","passage":"p","label":0}"#,
          #"{"question":"q","support":"s","correct_answer":"a","distractor1":"b","distractor2":"c","distractor3":"d"}"#,
          #"{"sentence":"The _ fell.","option1":"elm","option2":"seed","answer":"1"}"#,
        ].map { Array("\($0)\n\n\($0)".utf8) }
      },
      body: { bytes in
        let path = "\(folder)/input-task.jsonl"
        try place(bytes, at: path)
        let documents = try JSONLinesDocumentReader().documents(in: path, task: "input", limit: nil)
        for task in EvaluationCatalog.standard.tasks {
          for document in documents { _ = try? task.question(from: document) }
        }
      })
  }
}
