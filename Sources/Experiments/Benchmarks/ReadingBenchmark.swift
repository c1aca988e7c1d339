import Corpora
import Foundation
import Terminal
import Tokenization

/// Times the way from files to text, and on to rows of tokens, on one thread.
public struct ReadingBenchmark {
  private let source: ListedSource
  private let storage: CorpusStorage
  private let reading: CorpusReading
  private let textByteLimit: Int

  /// Each figure is the median of so many passes.
  private static let passCount = 3

  /// - Parameter textByteLimit: a pass ends with the document that reaches it.
  public init(
    _ source: ListedSource, in storage: CorpusStorage, reading: CorpusReading, textByteLimit: Int
  ) {
    self.source = source
    self.storage = storage
    self.reading = reading
    self.textByteLimit = textByteLimit
  }

  /// - Parameters:
  ///   - tokenizer: also times the whole way to rows, if given.
  ///   - trainingTokensPerSecond: what to hold the whole way's rate against, if known.
  /// - Throws: `CorpusError`.
  public func run(
    tokenizer: (any Tokenizer)?, trainingTokensPerSecond: Double? = nil
  ) throws -> ReadingFigures {
    let text = try (0..<Self.passCount).map { _ in try readText() }
      .sorted { $0.seconds < $1.seconds }[Self.passCount / 2]
    var pipeline: CorpusCount?
    if let tokenizer {
      let documents = text.documents
      pipeline = try (0..<Self.passCount).map { _ in
        try CorpusCount.run(
          [source], in: storage, reading: reading, sequenceLength: 2_048, tokenizer: tokenizer,
          readers: 0, documentLimit: documents)
      }.sorted { $0.seconds < $1.seconds }[Self.passCount / 2]
    }
    return ReadingFigures(
      files: source.files.count, fileBytes: source.byteCount, text: text,
      pipelineTokensPerSecond: pipeline?.tokensPerSecond,
      pipelineTextBytesPerSecond: pipeline?.textBytesPerSecond,
      trainingTokensPerSecond: trainingTokensPerSecond)
  }

  private func readText() throws -> ReadingFigures.Text {
    var documents = 0
    var byteCount = 0
    var text: [UInt8] = []
    let start = ProgressLine.monotonicSeconds()
    var source = source.documents(reading: reading, seed: 0, storage: storage)
    try source.seek(epoch: 0, document: nil)
    while byteCount < textByteLimit, let chunk = try source.read(appendingTo: &text) {
      byteCount += text.count
      text.removeAll(keepingCapacity: true)
      if chunk.isLast { documents += 1 }
    }
    return ReadingFigures.Text(
      documents: documents, bytes: byteCount, seconds: ProgressLine.monotonicSeconds() - start)
  }
}

/// What a reading benchmark measured.
public struct ReadingFigures: Sendable, Encodable {
  /// One pass from files to text.
  public struct Text: Sendable, Encodable {
    public let documents: Int
    /// Bytes of text.
    public let bytes: Int
    public let seconds: Double

    /// Bytes of text a second.
    public var bytesPerSecond: Double { Double(bytes) / max(seconds, 1e-9) }
  }

  /// Files of the corpus, and their bytes as they are stored; a pass may read a part of them.
  public let files: Int
  public let fileBytes: Int
  /// The median pass to text.
  public let text: Text
  /// Tokens a second on the whole way to rows, on one thread.
  public let pipelineTokensPerSecond: Double?
  /// Bytes of text a second on the same way.
  public let pipelineTextBytesPerSecond: Double?
  /// What training takes.
  public let trainingTokensPerSecond: Double?

  /// One JSON object.
  public func json() throws -> Data { try JSONRecord.encode(self) }
}
