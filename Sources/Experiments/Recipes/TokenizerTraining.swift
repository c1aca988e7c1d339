import Corpora
import Foundation
import Tokenization

/// A byte-pair tokenizer from the documents of a source.
public struct TokenizerTraining {
  public let trainer: BytePairTrainer
  /// Text is read up to the end of the document that reaches this many bytes; all of it if nil.
  public var byteLimit: Int?
  public var threadCount: Int
  /// The first documents, kept to say what the tokenizer makes of them.
  public private(set) var sample: [[UInt8]] = []

  /// What the sample may hold: enough for two digits of bytes a token.
  private static let sampleSize = 16 << 20

  private static let longestDocument = 8 << 20

  public init(_ trainer: BytePairTrainer, byteLimit: Int? = nil, threadCount: Int = 1) {
    self.trainer = trainer
    self.byteLimit = byteLimit
    self.threadCount = threadCount
  }

  static func train(
    from source: FileDocumentSource, vocabularySize: Int
  ) throws -> SentencePieceModel {
    var training = TokenizerTraining(BytePairTrainer(vocabularySize: vocabularySize))
    return try training.train(from: source)
  }

  /// Trains on the documents of the source's first epoch.
  ///
  /// - Throws: `CorpusError`, `TokenizationError`, or `ExperimentError.emptyCorpus`.
  public mutating func train(
    from source: FileDocumentSource, progress: (BytePairTrainer.Progress) -> Void = { _ in }
  ) throws -> SentencePieceModel {
    try trainer.checkParameters()
    var source = source
    try source.seek(epoch: 0, document: nil)
    var failure: (any Error)?
    var (byteCount, sampleBytes) = (0, 0)
    var sample: [[UInt8]] = []
    let limit = byteLimit ?? .max
    let documents = AnySequence {
      AnyIterator<[UInt8]> {
        do {
          guard byteCount < limit else { return nil }
          guard let document = try Self.nextDocument(of: &source) else { return nil }
          byteCount += document.count
          if sampleBytes + document.count <= Self.sampleSize {
            sample.append(document)
            sampleBytes += document.count
          }
          return document
        } catch {
          failure = error
          return nil
        }
      }
    }
    let result = Result {
      try trainer.train(documents, threadCount: threadCount, progress: progress)
    }
    // A corpus that broke off explains a trainer that found too little.
    if let failure { throw failure }
    guard byteCount > 0 else {
      throw ExperimentError.emptyCorpus(paths: source.files.map(\.path))
    }
    self.sample = sample
    return try result.get()
  }

  /// A document, or a stretch of one that is too long to be held whole: a word cut in two every few
  /// megabytes is lost among millions.
  private static func nextDocument(of source: inout FileDocumentSource) throws -> [UInt8]? {
    var text: [UInt8] = []
    while let chunk = try source.read(appendingTo: &text) {
      if chunk.isLast || text.count >= longestDocument { return text }
    }
    return text.isEmpty ? nil : text
  }
}
