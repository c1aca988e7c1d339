import Corpora
import Foundation
import Kernels
import Terminal
import Tokenization

/// Times a tokenizer on documents of a corpus, and on texts made to slow it down.
public struct TokenizationBenchmark {
  private let path: String
  private let tokenizer: any Tokenizer
  private let documents: [[UInt8]]
  private let threadCount: Int

  /// Documents are cut at so many characters, some 4 kB of English, as the peers' programs are given
  /// them.
  private static let charactersPerDocument = 4_096
  /// Each figure is the median of so many passes.
  private static let passCount = 3
  /// What a thread takes at a time.
  private static let documentsPerTask = 16

  /// Reads documents until they have `byteLimit` bytes.
  ///
  /// - Throws: `CorpusError`, or `ExperimentError.emptyCorpus`.
  public init(
    _ tokenizer: any Tokenizer, path: String, source: FileDocumentSource, byteLimit: Int,
    threadCount: Int
  ) throws {
    self.tokenizer = tokenizer
    self.path = path
    self.threadCount = threadCount
    var source = source
    try source.seek(epoch: 0, document: nil)
    var documents: [[UInt8]] = []
    var byteCount = 0
    var text: [UInt8] = []
    while byteCount < byteLimit, let chunk = try source.read(appendingTo: &text) {
      let pieces = Self.cut(&text, isLast: chunk.isLast)
      for piece in pieces where byteCount < byteLimit {
        documents.append(piece)
        byteCount += piece.count
      }
    }
    guard byteCount > 0 else {
      throw ExperimentError.emptyCorpus(paths: source.files.map(\.path))
    }
    self.documents = documents
  }

  /// Takes whole documents from the front; what is left waits for more unless it is the last.
  private static func cut(_ text: inout [UInt8], isLast: Bool) -> [[UInt8]] {
    var pieces: [[UInt8]] = []
    var start = 0
    var characterCount = 0
    for (position, byte) in text.enumerated() where byte & 0xC0 != 0x80 {
      if characterCount == charactersPerDocument {
        pieces.append(Array(text[start..<position]))
        start = position
        characterCount = 0
      }
      characterCount += 1
    }
    if isLast {
      if start < text.count { pieces.append(Array(text[start...])) }
      text.removeAll(keepingCapacity: true)
    } else {
      text.removeFirst(start)
    }
    return pieces
  }

  public func run(progress: (_ completed: Int, _ total: Int) -> Void = { _, _ in })
    -> TokenizationFigures
  {
    let counts = threadCount == 1 ? [1] : [1, threadCount]
    let texts = HostileText.allCases
    let total = counts.count + texts.count
    var completed = 0
    func advance() {
      completed += 1
      progress(completed, total)
    }
    var rates: [TokenizationFigures.Rate] = []
    for threads in counts {
      rates.append(rate(threads: threads))
      advance()
    }
    var growth: [TokenizationFigures.Growth] = []
    for text in texts {
      growth.append(self.growth(of: text))
      advance()
    }
    return TokenizationFigures(
      tokenizer: path, vocabulary: tokenizer.vocabularySize, fingerprint: tokenizer.fingerprint,
      documents: documents.count, rates: rates, hostile: growth)
  }

  private func rate(threads: Int) -> TokenizationFigures.Rate {
    let pool = ThreadPool(threadCount: threads)
    let tasks = (documents.count + Self.documentsPerTask - 1) / Self.documentsPerTask
    var counts = [Int](repeating: 0, count: tasks)
    let passes = (0..<Self.passCount).map { _ in
      let start = ProgressLine.monotonicSeconds()
      let processorStart = Self.processorSeconds(CLOCK_PROCESS_CPUTIME_ID)
      counts.withUnsafeMutableBufferPointer { counts in
        let counts = counts
        pool.forEachRange(documents.count, grain: Self.documentsPerTask) { range in
          var count = 0
          for index in range { count += tokenizer.encode(documents[index]).count }
          counts[range.lowerBound / Self.documentsPerTask] = count
        }
      }
      return (
        ProgressLine.monotonicSeconds() - start,
        Self.processorSeconds(CLOCK_PROCESS_CPUTIME_ID) - processorStart
      )
    }
    return TokenizationFigures.Rate(
      threads: threads, bytes: documents.reduce(0) { $0 + $1.count },
      tokens: counts.reduce(0, +), seconds: passes.map(\.0).median,
      processorSeconds: passes.map(\.1).median)
  }

  /// Processor time of the fastest pass, because growth is a property of the program: what else the
  /// machine does would show in it twice.
  private func growth(of text: HostileText) -> TokenizationFigures.Growth {
    func seconds(_ byteCount: Int) -> Double {
      (0..<Self.passCount).map { pass in
        // Words of an earlier pass would be remembered, and more of them where there are fewer.
        let bytes = text.bytes(byteCount, variant: byteCount + pass)
        let start = Self.processorSeconds(CLOCK_THREAD_CPUTIME_ID)
        _ = tokenizer.encode(bytes)
        return Self.processorSeconds(CLOCK_THREAD_CPUTIME_ID) - start
      }.min() ?? 0
    }
    let bytes = HostileText.byteCount
    return TokenizationFigures.Growth(
      text: text.rawValue, bytes: bytes, seconds: seconds(bytes),
      fourfoldSeconds: seconds(4 * bytes))
  }

  private static func processorSeconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
