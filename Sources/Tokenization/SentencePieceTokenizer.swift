/// Byte-pair encoding with a SentencePiece model: the same ids as the `sentencepiece` library.
///
/// Encoding keeps a bounded cache of words; any number of threads may encode at once, each with a
/// cache of its own.
public final class SentencePieceTokenizer: Tokenizer {
  public let model: SentencePieceModel
  public let startToken: Int32?
  public let endToken: Int32?
  public let paddingToken: Int32?
  /// The id of text that no piece covers.
  public let unknownToken: Int32
  public let fingerprint: String

  private let surfaces: PieceSurfaces
  private let normalizer: SentencePieceNormalizer
  private let table: PieceTable
  private let encoders = EncoderPool()

  public var vocabularySize: Int { model.pieces.count }

  /// Reads the model file at `path`.
  ///
  /// - Throws: `TokenizationError` if the file cannot be read, is no model, or asks for what this
  ///   type does not do.
  public convenience init(contentsOf path: String) throws(TokenizationError) {
    try self.init(SentencePieceModel(contentsOf: path))
  }

  /// Prepares a model for use.
  ///
  /// - Throws: `TokenizationError.unsupportedSetting` for a model that is not byte-pair encoding or
  ///   that replaces characters, `.invalidPiece` where SentencePiece would refuse the model too.
  public init(_ model: SentencePieceModel) throws(TokenizationError) {
    try model.checkSettings()
    let index = try PieceIndex(model)
    let (trainer, settings) = (model.trainer, model.normalizer)
    self.model = model
    unknownToken = index.unknownToken
    startToken = index.control(trainer.startPiece)
    endToken = index.control(trainer.endPiece)
    paddingToken = index.control(trainer.paddingPiece)
    fingerprint = model.fingerprint
    surfaces = PieceSurfaces(model, index)
    normalizer = SentencePieceNormalizer(
      addsDummyPrefix: settings.addsDummyPrefix,
      removesExtraWhitespace: settings.removesExtraWhitespace,
      escapesWhitespace: settings.escapesWhitespace,
      treatsWhitespaceAsSuffix: trainer.treatsWhitespaceAsSuffix,
      matcher: PrefixMatcher(index.userDefined.map { (model.pieces[Int($0)].bytes, $0) }))
    table = index.table()
  }

  public func encode(_ text: UnsafeBufferPointer<UInt8>) -> [Int32] {
    guard !text.isEmpty else { return [] }
    return encoders.withEncoder { $0.encode(text, normalizer, table) }
  }

  /// Returns how many steps merging takes for a text that is new: the part of encoding that could
  /// grow faster than the text.
  package func mergeSteps(encoding text: [UInt8]) -> Int {
    let encoder = BytePairEncoder()
    text.withUnsafeBufferPointer { _ = encoder.encode($0, normalizer, table) }
    return encoder.mergeSteps
  }

  public var markers: [TokenMarker] {
    zip(Int32(0)..., model.pieces).compactMap { token, piece in
      guard [.control, .userDefined].contains(piece.kind), !piece.bytes.isEmpty else { return nil }
      return TokenMarker(token: token, text: piece.bytes, isSpecial: piece.kind == .control)
    }
  }

  /// A piece that is never found in text is a control piece; those are none here anyway.
  public func ignoringMarkers(_ tokens: Set<Int32>) throws(TokenizationError) -> any Tokenizer {
    var model = model
    for token in tokens where model.pieces.indices.contains(Int(token)) {
      if model.pieces[Int(token)].kind == .userDefined { model.pieces[Int(token)].kind = .control }
    }
    return model == self.model ? self : try SentencePieceTokenizer(model)
  }

  public func appendBytes(of token: Int32, to bytes: inout [UInt8], isAtStart: inout Bool) {
    surfaces.append(token, to: &bytes, isAtStart: &isAtStart)
  }

  public func decodeBytes(_ tokens: some Sequence<Int32>) -> [UInt8] {
    surfaces.decode(tokens)
  }

  public func piece(_ token: Int32) -> String {
    let known = model.pieces.indices.contains(Int(token)) ? token : unknownToken
    return String(decoding: model.pieces[Int(known)].bytes, as: UTF8.self)
  }
}
