/// A page of numbers about a corpus: how many documents, how long, in which scripts.
///
/// It takes 100 KB at most, whatever the corpus, and adds up: a thread may count its part.
public struct CorpusStatistics: Encodable, Sendable, Equatable {
  /// What the documents are made of.
  public private(set) var text = TextProfile()
  /// Bytes a document.
  public private(set) var byteLengths = LengthSketch()
  /// Unicode scalars a document.
  public private(set) var characterLengths = LengthSketch()
  /// Words a document.
  public private(set) var wordLengths = LengthSketch()
  /// Tokens a document, of those that were tokenized.
  public private(set) var tokenLengths = LengthSketch()
  /// Bytes of the documents that were tokenized.
  public private(set) var tokenizedBytes = 0

  /// Of no document.
  public init() {}

  /// How many documents.
  public var documents: Int { byteLengths.count }

  /// Bytes a token, of the documents that were tokenized; nil if there were none.
  public var bytesPerToken: Double? {
    tokenLengths.total == 0 ? nil : Double(tokenizedBytes) / Double(tokenLengths.total)
  }

  /// Adds a document.
  ///
  /// - Parameter tokens: how many tokens it has, if it was tokenized.
  public mutating func add(_ document: UnsafeBufferPointer<UInt8>, tokens: Int? = nil) {
    add(TextProfile(of: document), tokens: tokens)
  }

  /// Adds a document that came in stretches.
  public mutating func add(_ document: TextProfile, tokens: Int? = nil) {
    text.add(document)
    byteLengths.add(document.bytes)
    characterLengths.add(document.characters)
    wordLengths.add(document.words)
    if let tokens {
      tokenLengths.add(tokens)
      tokenizedBytes += document.bytes
    }
  }

  /// Adds the documents of other statistics.
  public mutating func add(_ other: CorpusStatistics) {
    text.add(other.text)
    byteLengths.add(other.byteLengths)
    characterLengths.add(other.characterLengths)
    wordLengths.add(other.wordLengths)
    tokenLengths.add(other.tokenLengths)
    tokenizedBytes += other.tokenizedBytes
  }
}
