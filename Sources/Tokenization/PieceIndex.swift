/// The pieces of a model by their text, checked as SentencePiece checks them.
struct PieceIndex {
  private let model: SentencePieceModel
  /// Pieces that are looked for in text: normal, user-defined and unused.
  private var found: [[UInt8]: Int32] = [:]
  /// The others: text never gives them, not even text that spells `<s>`.
  private var reserved: [[UInt8]: Int32] = [:]
  private(set) var userDefined: [Int32] = []
  private(set) var unknownToken: Int32 = -1
  private var byteTokens: [Int32] = []

  /// - Throws: `TokenizationError.invalidPiece`.
  package init(_ model: SentencePieceModel) throws(TokenizationError) {
    self.model = model
    var bytes = [Int32](repeating: -1, count: 256)
    for (token, piece) in zip(Int32(0)..., model.pieces) {
      try check(piece, token)
      switch piece.kind {
      case .normal, .unused:
        found[piece.bytes] = token
      case .userDefined:
        found[piece.bytes] = token
        userDefined.append(token)
      case .control:
        reserved[piece.bytes] = token
      case .unknown:
        reserved[piece.bytes] = token
        unknownToken = token
      case .byte:
        guard let value = piece.byteValue else {
          throw model.invalid(token, expected: "a byte piece such as <0x0A>")
        }
        reserved[piece.bytes] = token
        bytes[Int(value)] = token
      }
    }
    guard unknownToken >= 0 else {
      throw model.invalid(nil, expected: "one piece of type unknown", found: "none")
    }
    guard model.trainer.usesByteFallback else { return }
    if let missing = bytes.firstIndex(of: -1) {
      throw model.invalid(
        nil, expected: "256 byte pieces, as byte_fallback is on", found: "none for \(missing)")
    }
    byteTokens = bytes
  }

  private func check(
    _ piece: SentencePieceModel.Piece, _ token: Int32
  ) throws(TokenizationError) {
    if !piece.score.isFinite {
      throw model.invalid(token, expected: "a finite score", found: "\(piece.score)")
    }
    if piece.bytes.isEmpty || scalarValues(piece.bytes) == nil {
      throw model.invalid(token, expected: "text in UTF-8", found: "\(piece.bytes)")
    }
    if let other = found[piece.bytes] ?? reserved[piece.bytes] {
      throw model.invalid(
        token, expected: "a piece of its own",
        found: "\(String(decoding: piece.bytes, as: UTF8.self)), which is piece \(other) too")
    }
    if piece.kind == .unknown && unknownToken >= 0 {
      throw model.invalid(
        token, expected: "one piece of type unknown", found: "a second after \(unknownToken)")
    }
    if piece.kind == .byte && !model.trainer.usesByteFallback {
      throw model.invalid(
        token, expected: "no piece of type byte, as byte_fallback is off",
        found: String(decoding: piece.bytes, as: UTF8.self))
    }
  }

  /// Returns the id of a control piece, or nil if there is none of this text.
  func control(_ bytes: [UInt8]) -> Int32? {
    guard let token = reserved[bytes], model.pieces[Int(token)].kind == .control else {
      return nil
    }
    return token
  }

  /// Returns the pieces arranged for merging.
  func table() -> PieceTable {
    let escapes = model.normalizer.escapesWhitespace
    var pieces: [(bytes: [UInt8], score: Float, isUnused: Bool, token: Int32)] = []
    var matches: [(bytes: [UInt8], value: Int32)] = []
    for (token, piece) in zip(Int32(0)..., model.pieces) {
      guard [.normal, .userDefined, .unused].contains(piece.kind) else { continue }
      // Text has no spaces left when they are escaped: such a piece is never found.
      if escapes && piece.bytes.contains(0x20) { continue }
      let bytes = escapes ? replacing(spaceSymbol, with: [0x20], in: piece.bytes) : piece.bytes
      if piece.kind == .userDefined { matches.append((bytes, Int32(pieces.count))) }
      pieces.append((bytes, piece.score, piece.kind == .unused, token))
    }
    let builder = PieceTableBuilder(
      pieces: pieces, byteTokens: byteTokens, unknownToken: unknownToken,
      escapesWhitespace: escapes)
    return PieceTable(builder, matcher: PrefixMatcher(matches))
  }
}

extension SentencePieceModel.Piece {
  /// The byte that `<0x0A>` stands for.
  var byteValue: UInt8? {
    guard bytes.count == 6, bytes.starts(with: Array("<0x".utf8)), bytes[5] == UInt8(ascii: ">")
    else { return nil }
    let digits = Array("0123456789ABCDEF".utf8)
    guard let high = digits.firstIndex(of: bytes[3]), let low = digits.firstIndex(of: bytes[4])
    else { return nil }
    return UInt8(high << 4 | low)
  }
}

extension SentencePieceModel {
  fileprivate func invalid(
    _ token: Int32?, expected: String, found: String? = nil
  ) -> TokenizationError {
    let text = token.map { String(decoding: pieces[Int($0)].bytes, as: UTF8.self) } ?? ""
    return .invalidPiece(
      path: path, token: token.map(Int.init) ?? pieces.count, expected: expected,
      found: found ?? text)
  }
}
