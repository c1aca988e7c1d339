import Foundation
import GGUF
import Kernels

/// What a file says besides sizes, tokens and weights: names, how to sample, how it was trained.
enum GGUFRecords {
  private static let recipeKey = "samara.recipe"
  private static let stepKey = "samara.step"
  private static let tokensKey = "samara.tokens"
  private static let recipeRecordKey = "samara.recipe_record"
  private static let scoreTasksKey = "samara.scores.tasks"
  private static let scoreMetricsKey = "samara.scores.metrics"
  private static let scoreValuesKey = "samara.scores.values"

  /// llama.cpp's number for a file of mostly this type (`llama_ftype`).
  private static func fileType(_ format: WeightFormat) -> UInt32 {
    switch format {
    case .float16: 1
    case .fourBitBlocks: 2
    case .eightBitBlocks: 7
    case .bfloat16: 32
    default: 0
    }
  }

  /// Keys that every file has, and what is known of sampling.
  static func general(_ contents: ModelContents, type: WeightFormat) -> [GGUFEntry] {
    let name =
      contents.training?.recipe
      ?? URL(fileURLWithPath: contents.path).deletingPathExtension().lastPathComponent
    var entries = [
      GGUFEntry("general.architecture", .string(GGUFModel.architecture)),
      GGUFEntry("general.type", .string("model")), GGUFEntry("general.name", .string(name)),
    ]
    if let description = description(contents.training) {
      entries.append(GGUFEntry("general.description", .string(description)))
    }
    entries.append(GGUFEntry("general.file_type", .uint32(fileType(type))))
    // The layouts of blocks as they are since May 2023 (`GGML_QNT_VERSION`).
    entries.append(GGUFEntry("general.quantization_version", .uint32(2)))
    let settings = contents.generation
    if let value = settings.topK, let value = Int32(exactly: value) {
      entries.append(GGUFEntry("general.sampling.top_k", .int32(value)))
    }
    for (name, value) in [
      ("top_p", settings.topP), ("temp", settings.temperature),
      ("penalty_repeat", settings.repetitionPenalty),
    ] {
      guard let value else { continue }
      entries.append(GGUFEntry("general.sampling.\(name)", .float32(Float(value))))
    }
    return entries
  }

  private static func description(_ training: TrainingRecord?) -> String? {
    guard let training else { return nil }
    let parts = [
      training.recipe.map { "recipe \($0)" }, training.step.map { "step \($0)" },
      training.tokens.map { "\($0) tokens seen" },
    ].compactMap { $0 }
    return parts.isEmpty ? nil : "An OpenELM trained with Samara: " + parts.joined(separator: ", ")
  }

  /// - Parameter tokenCount: Ids beyond it are an error.
  static func generation(
    _ file: GGUFFile, tokenCount: Int
  ) throws(GGUFError) -> GenerationSettings {
    func token(_ name: String) throws(GGUFError) -> Int32? {
      try GGUFTokenizer.token(name, file, tokenCount: tokenCount)
    }
    var settings = GenerationSettings()
    let addsStart = try GGUFTokenizer.addsStart(file)
    settings.startToken = addsStart ? try token("bos") : nil
    settings.endTokens = [try token("eos"), try token("eot")].compactMap { $0 }
    settings.paddingToken = try token("padding")
    settings.topK = try file.integer("general.sampling.top_k")
    settings.topP = try file.number("general.sampling.top_p").map(decimal)
    settings.temperature = try file.number("general.sampling.temp").map(decimal)
    settings.repetitionPenalty = try file.number("general.sampling.penalty_repeat").map(decimal)
    return settings
  }

  /// The shortest decimal fraction that is this float32: 0.7 and not 0.699999988079071.
  private static func decimal(_ value: Double) -> Double {
    Double("\(Float(value))") ?? value
  }

  static func training(_ record: TrainingRecord?) -> [GGUFEntry] {
    guard let record else { return [] }
    var entries: [GGUFEntry] = []
    if let recipe = record.recipe { entries.append(GGUFEntry(recipeKey, .string(recipe))) }
    if let step = record.step { entries.append(GGUFEntry(stepKey, .int64(Int64(step)))) }
    if let tokens = record.tokens { entries.append(GGUFEntry(tokensKey, .int64(Int64(tokens)))) }
    if let text = record.recipeRecord { entries.append(GGUFEntry(recipeRecordKey, .string(text))) }
    if !record.scores.isEmpty {
      entries += [
        GGUFEntry(scoreTasksKey, .array(.string(record.scores.map(\.task)))),
        GGUFEntry(scoreMetricsKey, .array(.string(record.scores.map(\.metric)))),
        GGUFEntry(scoreValuesKey, .array(.float64(record.scores.map(\.value)))),
      ]
    }
    return entries
  }

  /// Nil where the file has none of this project's keys.
  static func training(_ file: GGUFFile) throws(GGUFError) -> TrainingRecord? {
    var record = TrainingRecord()
    record.recipe = try file.string(recipeKey)
    record.step = try file.integer(stepKey)
    record.tokens = try file.integer(tokensKey)
    record.recipeRecord = try file.string(recipeRecordKey)
    let tasks = try file.optional(scoreTasksKey, "an array of strings") { $0.array?.strings } ?? []
    let metrics = try file.optional(scoreMetricsKey, "\(tasks.count) strings") {
      $0.array?.strings
    }
    let values = try file.optional(scoreValuesKey, "\(tasks.count) numbers") { $0.array?.numbers }
    guard (metrics ?? []).count == tasks.count, (values ?? []).count == tasks.count else {
      throw .wrongValue(
        path: file.path, key: scoreValuesKey, expected: "\(tasks.count) scores",
        found: "\(metrics?.count ?? 0) metrics and \(values?.count ?? 0) values")
    }
    for (task, (metric, value)) in zip(tasks, zip(metrics ?? [], values ?? [])) {
      record.scores.append(.init(task: task, metric: metric, value: value))
    }
    return record == TrainingRecord() ? nil : record
  }
}
