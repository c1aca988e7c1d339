import Corpora
import Foundation
import Tokenization

/// A byte-pair tokenizer from the documents of sources.
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
    from sources: [FileDocumentSource], vocabularySize: Int
  ) throws -> SentencePieceModel {
    var training = TokenizerTraining(BytePairTrainer(vocabularySize: vocabularySize))
    return try training.train(from: sources)
  }

  /// Trains on the documents of the sources' first epochs, one after the other.
  ///
  /// - Throws: `CorpusError`, `TokenizationError`, or `ExperimentError.emptyCorpus`.
  public mutating func train(
    from sources: [FileDocumentSource], progress: (BytePairTrainer.Progress) -> Void = { _ in }
  ) throws -> SentencePieceModel {
    try trainer.checkParameters()
    var sources = sources
    for index in sources.indices { try sources[index].seek(epoch: 0, document: nil) }
    var current = 0
    var failure: (any Error)?
    var (byteCount, sampleBytes) = (0, 0)
    var sample: [[UInt8]] = []
    let limit = byteLimit ?? .max
    let documents = AnySequence {
      AnyIterator<[UInt8]> {
        do {
          guard byteCount < limit else { return nil }
          var next: [UInt8]?
          while next == nil, current < sources.count {
            next = try Self.nextDocument(of: &sources[current])
            if next == nil { current += 1 }
          }
          guard let document = next else { return nil }
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
      throw ExperimentError.emptyCorpus(paths: sources.flatMap { $0.files.map(\.path) })
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
