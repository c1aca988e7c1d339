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

  /// A pair seen once teaches nothing about the language.
  static let minimumPairCount = 2

  public init(vocabularySize: Int) {
    self.vocabularySize = vocabularySize
  }

  /// How far training has come.
  public enum Progress: Equatable, Sendable {
    /// So many documents have been read, with so many different words.
    case counted(documents: Int, words: Int)
    /// So many of all pieces have been made.
    case merged(pieces: Int, of: Int)
  }

  /// Trains a model on documents in UTF-8, which are best normalized as later text will be.
  ///
  /// `progress` is called after every 10,000 documents and after every 100 pieces.
  ///
  /// - Throws: `TokenizationError.invalidParameter`, or `.vocabularySizeOutOfReach` when the text
  ///   has more characters or fewer repeated pairs than the size asks for.
  public func train(
    _ documents: some Sequence<[UInt8]>, progress: (Progress) -> Void = { _ in }
  ) throws(TokenizationError) -> SentencePieceModel {
    try checkParameters()
    let words = count(documents, progress)
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

  private func checkParameters() throws(TokenizationError) {
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
    var seen = Set(["", "<unk>", "<s>", "</s>"].map { Array($0.utf8) })
    for piece in controlPieces where !seen.insert(Array(piece.utf8)).inserted {
      throw .invalidParameter(
        name: "controlPieces", expected: "different pieces, none empty or built in", found: piece)
    }
  }

  private func count(
    _ documents: some Sequence<[UInt8]>, _ progress: (Progress) -> Void
  ) -> WordCounter {
    let normalizer = SentencePieceNormalizer(
      addsDummyPrefix: true, removesExtraWhitespace: false, escapesWhitespace: true,
      treatsWhitespaceAsSuffix: false, matcher: nil)
    var splitter = TrainingWordSplitter(
      splitsDigits: splitsDigits, splitsByCharacterClass: splitsByCharacterClass,
      allowsWhitespaceOnlyPieces: allowsWhitespaceOnlyPieces)
    var words = WordCounter()
    var prepared = GrowableBuffer<UInt8>()
    defer { prepared.deallocate() }
    var documentCount = 0
    for document in documents {
      prepared.reserve(SentencePieceNormalizer.capacity(for: document.count))
      let length = document.withUnsafeBufferPointer { normalizer.normalize($0, to: prepared.base) }
      splitter.forEachWord(UnsafeBufferPointer(start: prepared.base, count: length)) {
        words.add($0)
      }
      documentCount += 1
      if documentCount % 10_000 == 0 {
        progress(.counted(documents: documentCount, words: words.wordCount))
      }
    }
    progress(.counted(documents: documentCount, words: words.wordCount))
    return words
  }
}

extension BytePairTrainer {
  private var specialPieces: [SentencePieceModel.Piece] {
    var pieces = [SentencePieceModel.Piece("<unk>", score: 0, kind: .unknown)]
    for text in ["<s>", "</s>"] + controlPieces {
      pieces.append(SentencePieceModel.Piece(text, score: 0, kind: .control))
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
