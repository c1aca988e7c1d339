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
  ///   - progress: told the bytes of text read so far, and how many rows came of them.
  /// - Throws: `CorpusError`.
  public static func run(
    _ sources: [TextSource], reading: CorpusReading, sequenceLength: Int,
    tokenizer: any Tokenizer, readers: Int,
    progress: (_ textBytes: Int, _ rows: Int) -> Void = { _, _ in }
  ) throws -> CorpusCount {
    var sources = sources
    // A source that ended early would end the others, one that restarts would never end.
    for index in sources.indices { sources[index].whenDry = .leaveOut }
    var components: [CorpusComponent] = []
    for source in sources {
      components.append(try source.component(reading: reading, seed: 0))
    }
    let files = components.map(\.source.files)
    let start = ProgressLine.monotonicSeconds()
    let stream = try BatchStream(
      mixing: components, tokenizer: tokenizer, normalization: reading.normalization,
      filter: reading.filter,
      BatchStream.Layout(
        packing: reading.packing, attention: reading.attention, batchSize: 8,
        sequenceLength: sequenceLength),
      readers: readers)
    while try stream.next() != nil {
      progress(stream.counts.textBytesRead, stream.cursor.sequence)
    }
    let cursor = stream.cursor
    return CorpusCount(
      sources: zip(sources.indices, cursor.counts).map { index, counts in
        Source(
          name: sources[index].name, files: files[index].count,
          fileBytes: files[index].reduce(0) { $0 + $1.byteCount }, counts: counts)
      },
      rows: cursor.sequence, sequenceLength: sequenceLength,
      seconds: ProgressLine.monotonicSeconds() - start, readers: readers)
  }
}
