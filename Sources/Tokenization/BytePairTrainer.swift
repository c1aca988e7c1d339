/// Learns a byte-pair vocabulary from documents, as a model that SentencePiece reads too.
///
/// Starting from characters, the most frequent pair of neighbours inside words becomes a new piece,
/// again and again (arXiv:1508.07909). Of pairs with equal counts the one whose left symbol is older
/// comes first, then the one whose right symbol is; characters are older the more frequent they are,
/// then by code point. So the model depends on the documents but not on their order.
///
/// Defaults are those of Llama 2's tokenizer, as its `trainer_spec` records them.
public struct BytePairTrainer: Sendable {
  /// All pieces together: special ones, bytes, characters and merges.
  public var vocabularySize: Int
  /// Encodes characters outside the vocabulary as bytes, so that nothing is ever unknown.
  public var usesByteFallback = true
  /// Makes every digit a token of its own.
  public var splitsDigits = true
  /// Keeps letters, numbers, and punctuation in separate pieces, in the place of SentencePiece's
  /// rule by script.
  public var splitsByCharacterClass = true
  /// Allows pieces of several spaces, which indented text needs.
  public var allowsWhitespaceOnlyPieces = true
  /// Which part of all characters in the text have to have a piece of their own.
  public var characterCoverage = 0.99995
  /// In characters, the mark of a space included.
  public var maximumPieceLength = 16
  /// Control pieces after `<unk>`, `<s>` and `</s>`, which are 0, 1 and 2.
  public var controlPieces: [String] = []
  /// Pieces that are one token wherever text has them, after the control pieces. A space in them
  /// is written as U+2581.
  public var userDefinedPieces: [String] = []
  /// The most different words that are counted, which bounds memory at about 5 GB whatever the size
  /// of the text: each takes some 300 bytes with its pairs. English of 100 MB has 160,000.
  public var maximumWordCount = 1 << 24

  /// A pair seen once teaches nothing about the language.
  static let minimumPairCount = 2

  public init(vocabularySize: Int) {
    self.vocabularySize = vocabularySize
  }

  /// How far training has come.
  public enum Progress: Equatable, Sendable {
    /// So many documents have been read, with so many different words; while several threads
    /// count, those of the thread that has met most.
    case counted(documents: Int, bytes: Int, words: Int)
    /// So many of all pieces have been made.
    case merged(pieces: Int, of: Int)
  }

  /// Trains a model on documents in UTF-8, which are best normalized as later text will be.
  ///
  /// Words are counted on `threadCount` threads, which changes nothing in the model. `progress` is
  /// called after every few megabytes of text and after every 100 pieces.
  ///
  /// - Throws: `TokenizationError.invalidParameter`, `.tooManyWords`, or
  ///   `.vocabularySizeOutOfReach` when the text has more characters or fewer repeated pairs than the
  ///   size asks for.
  public func train(
    _ documents: some Sequence<[UInt8]>, threadCount: Int = 1,
    progress: (Progress) -> Void = { _ in }
  ) throws(TokenizationError) -> SentencePieceModel {
    try checkParameters()
    let words = try count(documents, threadCount: threadCount, progress)
    var vocabulary = try BytePairVocabulary(
      words, trainer: self, specialPieces: specialPieces.map(\.bytes))
    let mergeCount = vocabularySize - specialPieces.count - vocabulary.alphabet.count
    guard mergeCount >= 0 else {
      throw .vocabularySizeOutOfReach(
        requested: vocabularySize, smallest: vocabularySize - mergeCount,
        largest: vocabularySize - mergeCount)
    }
    while vocabulary.mergedPieces.count < mergeCount {
      guard vocabulary.merge() else {
        let fixed = vocabularySize - mergeCount
        throw .vocabularySizeOutOfReach(
          requested: vocabularySize, smallest: fixed,
          largest: fixed + vocabulary.mergedPieces.count)
      }
      let done = vocabularySize - mergeCount + vocabulary.mergedPieces.count
      if done % 100 == 0 { progress(.merged(pieces: done, of: vocabularySize)) }
    }
    progress(.merged(pieces: vocabularySize, of: vocabularySize))
    return model(merges: vocabulary.mergedPieces, characters: vocabulary.alphabet)
  }

  /// Throws `TokenizationError.invalidParameter` for what training could not begin with.
  public func checkParameters() throws(TokenizationError) {
    // Ids and scores are stored in 32 bits, and a float is exact up to 2^24.
    guard (1...(1 << 24)).contains(vocabularySize) else {
      throw .invalidParameter(
        name: "vocabularySize", expected: "1 to 16777216", found: "\(vocabularySize)")
    }
    guard characterCoverage > 0 && characterCoverage <= 1 else {
      throw .invalidParameter(
        name: "characterCoverage", expected: "above 0 and at most 1",
        found: "\(characterCoverage)")
    }
    guard (1...4_096).contains(maximumPieceLength) else {
      throw .invalidParameter(
        name: "maximumPieceLength", expected: "1 to 4096", found: "\(maximumPieceLength)")
    }
    guard (1...(1 << 30)).contains(maximumWordCount) else {
      throw .invalidParameter(
        name: "maximumWordCount", expected: "1 to 1073741824", found: "\(maximumWordCount)")
    }
    var seen: Set<[UInt8]> = [[]]
    for piece in specialPieces where !seen.insert(piece.bytes).inserted {
      let text = String(decoding: piece.bytes, as: UTF8.self)
      throw .invalidParameter(
        name: controlPieces.contains(text) ? "controlPieces" : "userDefinedPieces",
        expected: "different pieces, none empty or built in", found: "\"\(text)\"")
    }
  }

  private func count(
    _ documents: some Sequence<[UInt8]>, threadCount: Int, _ progress: (Progress) -> Void
  ) throws(TokenizationError) -> WordCounter {
    let counting = ParallelWordCount(self, threadCount: max(threadCount, 1))
    var (documentCount, byteCount, batchBytes) = (0, 0, 0)
    var batch: [[UInt8]] = []
    func countBatch() {
      counting.add(batch)
      documentCount += batch.count
      byteCount += batchBytes
      batch.removeAll(keepingCapacity: true)
      batchBytes = 0
    }
    func check(_ wordCount: Int) throws(TokenizationError) {
      guard wordCount <= maximumWordCount else {
        throw .tooManyWords(maximum: maximumWordCount, documents: documentCount)
      }
      progress(.counted(documents: documentCount, bytes: byteCount, words: wordCount))
    }
    for document in documents {
      batch.append(document)
      batchBytes += document.count
      if batchBytes >= ParallelWordCount.batchSize {
        countBatch()
        try check(counting.wordCount)
      }
    }
    countBatch()
    let words = counting.merged()
    try check(words.wordCount)
    return words
  }
}

extension BytePairTrainer {
  private var specialPieces: [SentencePieceModel.Piece] {
    var pieces = [SentencePieceModel.Piece("<unk>", score: 0, kind: .unknown)]
    for text in ["<s>", "</s>"] + controlPieces {
      pieces.append(SentencePieceModel.Piece(text, score: 0, kind: .control))
    }
    for text in userDefinedPieces {
      let bytes = replacing([0x20], with: spaceSymbol, in: Array(text.utf8))
      pieces.append(SentencePieceModel.Piece(bytes: bytes, score: 0, kind: .userDefined))
    }
    guard usesByteFallback else { return pieces }
    let digits = Array("0123456789ABCDEF")
    for byte in 0..<256 {
      let text = "<0x\(digits[byte >> 4])\(digits[byte & 15])>"
      pieces.append(SentencePieceModel.Piece(text, score: 0, kind: .byte))
    }
    return pieces
  }

  /// Merges score 0, -1, -2, … in the order they were found, and characters go on from there.
  private func model(merges: [[UInt8]], characters: [[UInt8]]) -> SentencePieceModel {
    var pieces = specialPieces
    for (rank, bytes) in (merges + characters).enumerated() {
      pieces.append(
        SentencePieceModel.Piece(
          bytes: replacing([0x20], with: spaceSymbol, in: bytes), score: 0 - Float(rank),
          kind: .normal))
    }
    var model = SentencePieceModel(pieces: pieces, path: "(trained model)")
    model.trainer.modelType = 2
    model.trainer.vocabularySize = Int32(truncatingIfNeeded: vocabularySize)
    model.trainer.characterCoverage = Float(characterCoverage)
    model.trainer.maximumPieceLength = Int32(truncatingIfNeeded: maximumPieceLength)
    model.trainer.splitsByUnicodeScript = splitsByCharacterClass
    model.trainer.splitsByNumber = splitsByCharacterClass
    model.trainer.splitsDigits = splitsDigits
    model.trainer.allowsWhitespaceOnlyPieces = allowsWhitespaceOnlyPieces
    model.trainer.usesByteFallback = usesByteFallback
    model.normalizer.removesExtraWhitespace = false
    return model
  }
}
