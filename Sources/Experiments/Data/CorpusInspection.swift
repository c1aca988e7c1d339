import Corpora
import Foundation
import Tokenization

/// What the first documents of a source look like.
public struct CorpusInspection: Sendable, Encodable {
  /// What the source is called.
  public let name: String
  /// How many files, and what they take where they are stored.
  public let files: Int
  public let fileBytes: Int
  /// The numbers over the documents that were read.
  public let statistics: CorpusStatistics
  /// Whether these are all documents of the source.
  public let isWhole: Bool
  /// Records passed over as malformed.
  public let malformedRecords: Int

  /// Reads a source's first documents.
  ///
  /// A document longer than 16 MiB is tokenized in stretches of that length.
  ///
  /// - Parameters:
  ///   - tokenizer: counts the tokens of each document, if given.
  ///   - progress: told after each document how many were read.
  /// - Throws: `CorpusError`.
  public static func run(
    _ listed: ListedSource, in storage: CorpusStorage, reading: CorpusReading,
    tokenizer: (any Tokenizer)?, documentLimit: Int, progress: (Int) -> Void = { _ in }
  ) throws -> CorpusInspection {
    var source = listed.documents(reading: reading, seed: 0, storage: storage)
    try source.seek(epoch: 0, document: nil)
    var statistics = CorpusStatistics()
    var profile = TextProfile()
    var tokens = 0
    var text: [UInt8] = []
    var isWhole = true
    while let chunk = try source.read(appendingTo: &text) {
      guard chunk.isLast || text.count >= stretch else { continue }
      text.withUnsafeBufferPointer { profile.add($0) }
      if let tokenizer { tokens += tokenizer.encode(reading.normalization.applied(to: text)).count }
      text.removeAll(keepingCapacity: true)
      guard chunk.isLast else { continue }
      statistics.add(profile, tokens: tokenizer == nil ? nil : tokens)
      (profile, tokens) = (TextProfile(), 0)
      progress(statistics.documents)
      if statistics.documents >= documentLimit {
        isWhole = false
        break
      }
    }
    return CorpusInspection(
      name: listed.source.name, files: listed.files.count, fileBytes: listed.byteCount,
      statistics: statistics, isWhole: isWhole, malformedRecords: source.malformedRecordsSkipped)
  }

  /// Text of a document held at a time.
  private static let stretch = 16 << 20
}

/// What is known of a corpus, and what filters leave of it.
public struct CorpusReport: Sendable, Encodable {
  public let sources: [CorpusInspection]
  /// The counts under the recipe's filters; nil where there was no tokenizer.
  public let filtered: CorpusCount?

  public init(sources: [CorpusInspection], filtered: CorpusCount?) {
    self.sources = sources
    self.filtered = filtered
  }

  /// One JSON object.
  public func json() throws -> Data { try JSONRecord.encode(self) }
}
