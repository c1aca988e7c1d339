import Foundation
import Tokenization

/// How well a model predicts held-out text, in bits a byte, which no tokenizer can flatter.
///
/// −Σ log₂ P(token) / bytes over all documents, each document on its own after the start token.
/// The start token is given, never predicted: a harness whose tokenizer puts it first also counts
/// the prediction of a start token after a start token, which says nothing about the text.
public struct BitsPerByte: Sendable {
  /// The totals over all documents.
  public struct Measurement: Sendable, Equatable {
    /// Σ ln P(token), in nats.
    public var logLikelihood: Double
    public var byteCount: Int
    /// The tokens predicted.
    public var tokenCount: Int
    public var documentCount: Int

    public init(logLikelihood: Double, byteCount: Int, tokenCount: Int, documentCount: Int) {
      self.logLikelihood = logLikelihood
      self.byteCount = byteCount
      self.tokenCount = tokenCount
      self.documentCount = documentCount
    }

    public var bitsPerByte: Double { -logLikelihood / Double(byteCount) / log(2) }
    /// e to the nats a byte.
    public var bytePerplexity: Double { exp(-logLikelihood / Double(byteCount)) }

    /// The measurement as a row of a report.
    public func result(task: String) -> EvaluationResult {
      EvaluationResult(
        task: task, version: 1, dataset: nil, documentCount: documentCount, chance: nil,
        metrics: [
          .init(
            name: "bits_per_byte", value: bitsPerByte, standardError: nil, higherIsBetter: false),
          .init(
            name: "byte_perplexity", value: bytePerplexity, standardError: nil,
            higherIsBetter: false),
        ])
    }
  }

  /// The name in errors.
  public var name: String
  public var tokenizer: any Tokenizer
  /// The most tokens given to the scorer at once, as in ``Evaluator/tokensPerBatch``.
  public var tokensPerBatch: Int

  public init(
    name: String = "bits_per_byte", tokenizer: any Tokenizer, tokensPerBatch: Int = 4_096
  ) {
    precondition(tokensPerBatch > 0, "tokens per batch \(tokensPerBatch) is not positive")
    self.name = name
    self.tokenizer = tokenizer
    self.tokensPerBatch = tokensPerBatch
  }

  /// Measures documents given as UTF-8, a group of them in memory at a time.
  ///
  /// - Parameter progress: Called with the number of documents done.
  /// - Throws: `EvaluationError.noBytes` where there is no text, `.vocabularyMismatch`,
  ///   `.noStartToken`, `.unscorableDocument`, and whatever the scorer throws.
  public func measure(
    _ documents: some Sequence<[UInt8]>, with scorer: inout some LanguageModelScorer,
    progress: (Int) -> Void = { _ in }
  ) throws -> Measurement {
    try RequestEncoder.checkVocabulary(tokenizer, fits: scorer)
    let prefix = try RequestEncoder.prefixToken(of: tokenizer)
    // Sixteen batches at a time give the sort by length something to sort.
    let groupTokens = tokensPerBatch * 16
    var total = Measurement(logLikelihood: 0, byteCount: 0, tokenCount: 0, documentCount: 0)
    var group: [[TokenizedRequest]] = []
    var pendingTokens = 0
    func flush() throws {
      if group.isEmpty { return }
      try score(group, with: &scorer, into: &total)
      group.removeAll()
      pendingTokens = 0
      progress(total.documentCount)
    }
    for document in documents {
      let tokens = RequestEncoder.textTokens(of: document, tokenizer: tokenizer)
      group.append(
        RollingWindows.windows(
          over: tokens, prefix: prefix, contextLength: scorer.contextLength))
      total.byteCount += document.count
      pendingTokens += tokens.count
      if pendingTokens >= groupTokens { try flush() }
    }
    try flush()
    if total.byteCount == 0 { throw EvaluationError.noBytes(task: name) }
    return total
  }

  private func score(
    _ group: [[TokenizedRequest]], with scorer: inout some LanguageModelScorer,
    into total: inout Measurement
  ) throws {
    var plan = ScoringPlan()
    let slots = group.map { $0.map { plan.add($0) } }
    let scores = try plan.run(with: &scorer, tokensPerBatch: tokensPerBatch)
    for (windows, slots) in zip(group, slots) {
      let logLikelihood = slots.reduce(0) { $0 + scores[$1].logLikelihood }
      if logLikelihood.isNaN {
        throw EvaluationError.unscorableDocument(task: name, document: total.documentCount)
      }
      total.logLikelihood += logLikelihood
      total.tokenCount += windows.reduce(0) { $0 + $1.continuation.count }
      total.documentCount += 1
    }
  }

  /// Returns the documents of a file: the `textField` of every line of a `.jsonl` file, or else the
  /// whole file as one.
  ///
  /// - Throws: `EvaluationError.unreadableFile`, `.malformedDocument`, `.missingField`,
  ///   `.wrongType`.
  public func documents(inFile path: String, textField: String = "text") throws -> [[UInt8]] {
    let reader = JSONLinesDocumentReader()
    guard path.hasSuffix(".\(reader.fileExtension)") else {
      return [Array(try JSONLines.read(path, task: name))]
    }
    return try reader.documents(in: path, task: name, limit: nil).map {
      Array(try $0.string(textField).utf8)
    }
  }
}
