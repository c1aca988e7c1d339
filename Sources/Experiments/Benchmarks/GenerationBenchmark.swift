import Foundation
import Interchange
import Kernels
import Models
import Terminal

/// The speed of writing: a prompt of random tokens is read, then tokens are taken in one at a time.
///
/// Nothing is chosen from the scores, which costs a hundredth of a step at most: the tokens are drawn
/// before the clock starts.
public struct GenerationBenchmark: Sendable {
  /// What is measured.
  public struct Settings: Sendable {
    /// Tokens of the prompt.
    public var prompt: Int
    /// Tokens behind it.
    public var new: Int
    /// Texts that are written at once.
    public var batch: Int
    /// How often all of it is measured.
    public var repeats: Int
    public var threads: Int

    public init(
      prompt: Int = 512, new: Int = 128, batch: Int = 1, repeats: Int = 3, threads: Int
    ) {
      self.prompt = prompt
      self.new = new
      self.batch = batch
      self.repeats = repeats
      self.threads = threads
    }
  }

  let name: String
  let type: WeightFormat
  let parameters: Int
  let settings: Settings
  private let decoder: OpenELMDecoder

  /// A recipe's model with drawn weights.
  ///
  /// - Throws: `BenchmarkError`.
  public init(_ recipe: Recipe, type: WeightFormat, settings: Settings) throws {
    guard let configuration = recipe.model as? OpenELMConfiguration else {
      throw BenchmarkError.unknownArchitecture(recipe: recipe.name)
    }
    try Self.check(configuration, type, settings, name: recipe.name)
    ThreadPool.configure(threadCount: settings.threads)
    let progress = ProgressLine(label: "weight", total: 100)
    defer { progress.finish() }
    decoder = try OpenELMDecoder(
      configuration, weights: RandomWeights(configuration, format: type), format: type
    ) { progress.update(completed: Int(100 * $0), details: [recipe.name, type.rawValue]) }
    (name, self.type, self.settings) = (recipe.name, type, settings)
    parameters = configuration.parameterCount
  }

  /// A model's own weights; in ``WritingModel/usualType(of:)`` if no type is named.
  public init(_ contents: ModelContents, type: WeightFormat?, settings: Settings) throws {
    let type = type ?? WritingModel.usualType(of: contents)
    try Self.check(contents.configuration, type, settings, name: contents.path)
    ThreadPool.configure(threadCount: settings.threads)
    decoder = try OpenELMDecoder(contents.configuration, weights: contents.weights, format: type)
    (name, self.type, self.settings) = (contents.path, type, settings)
    parameters = contents.configuration.parameterCount
  }

  private static func check(
    _ configuration: OpenELMConfiguration, _ type: WeightFormat, _ settings: Settings, name: String
  ) throws(BenchmarkError) {
    let tokens = settings.prompt.addingReportingOverflow(settings.new)
    guard !tokens.overflow, tokens.partialValue <= configuration.contextLength else {
      throw .tooLongForContext(
        prompt: settings.prompt, new: settings.new, context: configuration.contextLength)
    }
    let blocks = Double(type.blockByteCount) / Double(type.blockLength)
    try Machine.check(
      bytes: Int(blocks * Double(configuration.parameterCount)), for: "\(name) in \(type.rawValue)")
  }

  /// What one repetition took.
  struct Times: Sendable {
    var prefill: Double
    var decoding: Double
    /// What plain reading reached beside it, in bytes a second.
    var reading = 0.0
  }

  /// Measures, and reads memory alone for comparison.
  ///
  /// Plain reading is measured before and after each repetition, and the faster of the two counts: on a
  /// machine that others share, what memory gives changes from minute to minute.
  public func run() -> GenerationFigures {
    let length = settings.prompt + settings.new
    let session = decoder.makeSession(
      capacities: Array(repeating: length, count: settings.batch), rowsAtOnce: settings.batch)
    let tokens = RandomTokens(
      seed: 0, vocabularySize: decoder.vocabularySize, batchSize: settings.batch,
      sequenceLength: length
    ).batch(step: 0).inputs
    // What is touched for the first time costs a page fault.
    _ = measure(session, tokens, new: min(4, settings.new))
    let progress = ProgressLine(label: "run", total: settings.repeats)
    defer { progress.finish() }
    var times: [Times] = []
    var reading = MemoryBandwidth.measure()
    for round in 1...settings.repeats {
      var time = measure(session, tokens, new: settings.new)
      let after = MemoryBandwidth.measure()
      time.reading = max(reading, after)
      reading = after
      times.append(time)
      progress.update(completed: round, details: [name, type.rawValue])
    }
    let bytes =
      decoder.bytesPerToken
      + settings.batch * decoder.cacheBytesPerToken(after: settings.prompt + settings.new / 2)
    return GenerationFigures(
      self, times, bytesPerStep: bytes, peakResidentBytes: ProcessMemory.peakResidentBytes)
  }

  private func measure(
    _ session: any DecodingSession, _ tokens: [Int32], new: Int
  ) -> Times {
    let length = settings.prompt + settings.new
    let prompts = (0..<settings.batch).map {
      Array(tokens[$0 * length..<$0 * length + settings.prompt])
    }
    let steps = (0..<new).map { step in
      (0..<settings.batch).map {
        DecodingRow(sequence: $0, token: tokens[$0 * length + settings.prompt + step])
      }
    }
    for sequence in 0..<settings.batch { session.cut(sequence: sequence, to: 0) }
    let start = ContinuousClock.now
    for (sequence, prompt) in prompts.enumerated() { session.read(prompt, sequence: sequence) }
    let middle = ContinuousClock.now
    for rows in steps { session.step(rows) }
    return Times(
      prefill: (middle - start) / .seconds(1),
      decoding: (ContinuousClock.now - middle) / .seconds(1))
  }
}
