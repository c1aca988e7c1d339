/// What each token decodes to.
struct PieceSurfaces: Sendable {
  /// The text of all tokens, one after another; that of token t starts at `starts[t]`.
  private var text: [UInt8] = []
  private var starts: [Int] = [0]
  /// Whether a token begins with the mark of a space, which the text's start may swallow.
  private var beginsWithSpace: [Bool] = []
  private let unknownToken: Int32
  /// Whether text got a space in front of it that decoding has to take away.
  private let stripsSpace: Bool
  /// Whether that goes on until something else has come.
  private let stripsAllSpaces: Bool

  package init(_ model: SentencePieceModel, _ index: PieceIndex) {
    unknownToken = index.unknownToken
    stripsAllSpaces = model.normalizer.removesExtraWhitespace
    stripsSpace = model.normalizer.addsDummyPrefix || stripsAllSpaces
    for piece in model.pieces {
      var isText = false
      switch piece.kind {
      case .control:
        break
      case .unknown:
        text += model.trainer.unknownSurface
      case .byte:
        if let value = piece.byteValue { text.append(value) }
      case .normal, .userDefined, .unused:
        isText = true
        text += replacing(spaceSymbol, with: [0x20], in: piece.bytes)
      }
      starts.append(text.count)
      beginsWithSpace.append(isText && piece.bytes.starts(with: spaceSymbol))
    }
  }

  func append(_ token: Int32, to bytes: inout [UInt8], isAtStart: inout Bool) {
    let range = range(of: token, isAtStart: &isAtStart)
    bytes.append(contentsOf: text[range])
  }

  func decode(_ tokens: some Sequence<Int32>) -> [UInt8] {
    text.withUnsafeBufferPointer { text in
      var bytes: [UInt8] = []
      // Tokens of natural text are about four bytes long.
      bytes.reserveCapacity(4 * tokens.underestimatedCount)
      var isAtStart = true
      for token in tokens {
        let range = range(of: token, isAtStart: &isAtStart)
        bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[range]))
      }
      return bytes
    }
  }

  /// SentencePiece's rule: a space before any other text is the one that encoding put there.
  @inline(__always)
  private func range(of token: Int32, isAtStart: inout Bool) -> Range<Int> {
    let known = Int(token >= 0 && token < beginsWithSpace.count ? token : unknownToken)
    let end = starts[known + 1]
    var start = starts[known]
    if isAtStart {
      if stripsSpace && beginsWithSpace[known] {
        start += 1
        isAtStart = stripsAllSpaces
      }
      if start < end { isAtStart = false }
    }
    return start..<end
  }
}
