import Dispatch

/// Counts the words of documents on several threads, each with a table of its own.
///
/// Which thread counts what changes the order in which words are first met, and nothing else:
/// the tables are added up in the threads' order, and training depends on counts alone.
final class ParallelWordCount {
  /// Text is handed out in stretches of so many bytes: enough that starting threads costs nothing,
  /// and little beside the tables.
  static let batchSize = 8 << 20

  private var counts: [DocumentWordCount]

  /// How many different words the thread has that has met most.
  var wordCount: Int { counts.reduce(0) { max($0, $1.words.wordCount) } }

  package init(_ trainer: BytePairTrainer, threadCount: Int) {
    counts = (0..<threadCount).map { _ in DocumentWordCount(trainer) }
  }

  deinit {
    for count in counts { count.deallocate() }
  }

  /// Counts documents; document i goes to thread i modulo the number of threads.
  func add(_ documents: [[UInt8]]) {
    let threadCount = counts.count
    counts.withUnsafeMutableBufferPointer { counts in
      nonisolated(unsafe) let counts = counts
      DispatchQueue.concurrentPerform(iterations: threadCount) { thread in
        for index in stride(from: thread, to: documents.count, by: threadCount) {
          counts[thread].add(documents[index])
        }
      }
    }
  }

  /// All words with their counts.
  func merged() -> WordCounter {
    var sum = counts[0].words
    for count in counts.dropFirst() {
      for index in 0..<count.words.wordCount {
        count.words.word(index).withUnsafeBufferPointer {
          sum.add($0, count: count.words.counts[index])
        }
      }
    }
    return sum
  }
}

/// The words of one thread's documents.
private struct DocumentWordCount {
  private(set) var words = WordCounter()
  private var splitter: TrainingWordSplitter
  private var prepared = GrowableBuffer<UInt8>()
  /// Pieces that are cut out of text first, as encoding will do, and so are part of no word.
  private let matcher: PrefixMatcher?
  private let normalizer = SentencePieceNormalizer(
    addsDummyPrefix: true, removesExtraWhitespace: false, escapesWhitespace: true,
    treatsWhitespaceAsSuffix: false, matcher: nil)

  init(_ trainer: BytePairTrainer) {
    splitter = TrainingWordSplitter(
      splitsDigits: trainer.splitsDigits,
      splitsByCharacterClass: trainer.splitsByCharacterClass,
      allowsWhitespaceOnlyPieces: trainer.allowsWhitespaceOnlyPieces)
    matcher = PrefixMatcher(
      trainer.userDefinedPieces.map {
        (replacing(spaceSymbol, with: [0x20], in: Array($0.utf8)), 0)
      })
  }

  func deallocate() { prepared.deallocate() }

  mutating func add(_ document: [UInt8]) {
    prepared.reserve(SentencePieceNormalizer.capacity(for: document.count))
    let length = document.withUnsafeBufferPointer { normalizer.normalize($0, to: prepared.base) }
    let text = UnsafeBufferPointer(start: UnsafePointer(prepared.base), count: length)
    guard let matcher else {
      addWords(of: text)
      return
    }
    var start = 0
    var position = 0
    while position < length {
      if let (matched, _) = matcher.longestMatch(in: text, at: position) {
        addWords(of: UnsafeBufferPointer(rebasing: text[start..<position]))
        position += matched
        start = position
      } else {
        position += encodedLength(lead: text[position])
      }
    }
    addWords(of: UnsafeBufferPointer(rebasing: text[start..<length]))
  }

  private mutating func addWords(of text: UnsafeBufferPointer<UInt8>) {
    splitter.forEachWord(text) { words.add($0) }
  }
}
