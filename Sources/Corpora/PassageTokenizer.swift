import Tokenization

/// A piece's tokens and where they come from.
struct TokenizedPiece: Sendable {
  /// The piece of the document, from 0, as the filter cuts and before it drops any.
  let index: Int
  /// Start and end tokens included.
  let tokens: [Int32]
}

/// A passage's pieces that the filter keeps, as tokens.
struct TokenizedPassage: Sendable {
  let component: Int
  let epoch: Int
  /// Where the mixture stood before the passage.
  let before: MixturePosition
  let position: PassagePosition
  let pieces: [TokenizedPiece]
  /// Records passed over before it.
  let malformedRecordsSkipped: Int
  /// What became of it, unless it is screened out.
  let counts: CorpusCounts
  /// What screening has to know of it; nil where nothing is screened.
  let evidence: DocumentEvidence?
}

/// The way from text to tokens: examine, filter, normalize, tokenize. Any number of threads may go it at once.
struct PassageTokenizer: Sendable {
  let tokenizer: any Tokenizer
  let normalization: Normalization
  let filter: DocumentFilter
  /// Examines documents, where any are screened.
  let examiner: DocumentExaminer?
  /// Fewest tokens that the packing can use.
  let minimumTokens: Int

  func callAsFunction(_ taken: MixtureReader.Taken) -> TokenizedPassage {
    let passage = taken.passage
    var counts = CorpusCounts()
    counts.documentsRead = passage.isFirst ? 1 : 0
    counts.piecesRead = passage.pieces.count
    var pieces: [TokenizedPiece] = []
    let evidence = passage.text.withUnsafeBufferPointer { examiner?.examine(text: $0) }
    let isNeeded = evidence?.rejection == nil
    passage.text.withUnsafeBufferPointer { text in
      for (offset, range) in passage.pieces.enumerated() {
        counts.textBytesRead += range.count
        guard isNeeded else { continue }
        let bytes = UnsafeBufferPointer(rebasing: text[range])
        guard hasEnoughCharacters(bytes) else {
          counts.piecesWithTooFewCharacters += 1
          continue
        }
        let tokens = tokens(of: bytes)
        guard tokens.count >= minimumTokens else {
          counts.piecesWithTooFewTokens += 1
          continue
        }
        guard filter.repetition?.isRepetitive(tokens) != true else {
          counts.piecesWithRepetitions += 1
          continue
        }
        counts.piecesKept += 1
        counts.tokensRead += tokens.count
        pieces.append(TokenizedPiece(index: passage.position.piece + offset, tokens: tokens))
      }
    }
    counts.documentsKept = passage.isFirst && !pieces.isEmpty ? 1 : 0
    return TokenizedPassage(
      component: taken.component, epoch: taken.epoch, before: taken.before,
      position: passage.position, pieces: pieces,
      malformedRecordsSkipped: passage.malformedRecordsSkipped, counts: counts,
      evidence: evidence)
  }

  private func hasEnoughCharacters(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    let minimum = filter.minimumCharacters
    return minimum == 0 || normalizedCharacterCount(of: text, upTo: minimum) == minimum
  }

  private func tokens(of text: UnsafeBufferPointer<UInt8>) -> [Int32] {
    var tokens: [Int32] = []
    if let start = tokenizer.startToken { tokens.append(start) }
    if case .none = normalization {
      tokens += tokenizer.encode(text)
    } else {
      tokens += tokenizer.encode(normalization.applied(to: Array(text)))
    }
    if let end = tokenizer.endToken { tokens.append(end) }
    return tokens
  }
}
