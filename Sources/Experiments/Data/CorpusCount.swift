import Corpora
import Foundation
import Terminal
import Tokenization

/// What a corpus holds and what a recipe's reading makes of it: one pass over all of it, the way a
/// training run reads.
public struct CorpusCount: Sendable, Encodable {
  /// What became of one source.
  public struct Source: Sendable, Encodable {
    public let name: String
    public let files: Int
    /// Bytes of its files, as they are stored.
    public let fileBytes: Int
    public let counts: CorpusCounts
  }

  public let sources: [Source]
  /// Rows of batches.
  public let rows: Int
  /// Tokens of a row.
  public let sequenceLength: Int
  public let seconds: Double
  /// Threads that read and tokenized.
  public let readers: Int

  /// All sources together.
  public var total: CorpusCounts { sources.map(\.counts).total }

  /// Tokens read, a second.
  public var tokensPerSecond: Double { Double(total.tokensRead) / max(seconds, 1e-9) }

  /// Text read, in bytes a second.
  public var textBytesPerSecond: Double { Double(total.textBytesRead) / max(seconds, 1e-9) }

  /// Reads every source once.
  ///
  /// - Parameters:
  ///   - documentLimit: stops after the batch in which so many documents were read.
  ///   - progress: told after each batch what was read so far.
  /// - Throws: `CorpusError`.
  public static func run(
    _ sources: [ListedSource], in storage: CorpusStorage, reading: CorpusReading,
    sequenceLength: Int, tokenizer: any Tokenizer, readers: Int, documentLimit: Int = .max,
    progress: (CorpusCounts) -> Void = { _ in }
  ) throws -> CorpusCount {
    var sources = sources
    // A source that ended early would end the others, one that restarts would never end.
    for index in sources.indices { sources[index].source.whenDry = .leaveOut }
    let examiner = try reading.examiner()
    let start = ProgressLine.monotonicSeconds()
    let stream = try BatchStream(
      mixing: sources.map { $0.component(reading: reading, seed: 0, storage: storage) },
      tokenizer: tokenizer, normalization: reading.normalization,
      filter: reading.filter, screening: examiner,
      BatchStream.Layout(
        packing: reading.packing, attention: reading.attention, batchSize: 8,
        sequenceLength: sequenceLength),
      readers: readers)
    while stream.counts.documentsRead < documentLimit, try stream.next() != nil {
      progress(stream.counts)
    }
    let cursor = stream.cursor
    return CorpusCount(
      sources: zip(sources, cursor.counts).map { listed, counts in
        Source(
          name: listed.source.name, files: listed.files.count, fileBytes: listed.byteCount,
          counts: counts)
      },
      rows: cursor.sequence, sequenceLength: sequenceLength,
      seconds: ProgressLine.monotonicSeconds() - start, readers: readers)
  }

  /// One JSON object.
  public func json() throws -> Data { try JSONRecord.encode(self) }
}
