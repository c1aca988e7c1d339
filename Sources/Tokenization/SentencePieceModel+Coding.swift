/// Field numbers are those of sentencepiece_model.proto.
extension SentencePieceModel {
  /// Reads a model from the bytes of its file; `path` is what errors call it.
  ///
  /// - Throws: `TokenizationError.malformedModel` with the offset, and what was expected and found
  ///   there. A file cut short is never taken for a smaller model: both settings messages, which
  ///   SentencePiece writes after the pieces, have to be there.
  public init(bytes: [UInt8], path: String = "(model in memory)") throws(TokenizationError) {
    self.init(pieces: [], path: path)
    do {
      try read(bytes)
    } catch {
      throw .malformedModel(
        path: path, offset: error.offset, expected: error.expected, found: error.found)
    }
  }

  private mutating func read(_ bytes: [UInt8]) throws(WireFormatError) {
    var reader = ProtobufReader(bytes)
    var hasTrainer = false
    var hasNormalizer = false
    while let field = try reader.next() {
      switch field.number {
      case 1:
        pieces.append(try Piece(reader.message(field)))
      case 2:
        hasTrainer = true
        try trainer.merge(reader.message(field))
      case 3:
        hasNormalizer = true
        try normalizer.merge(reader.message(field))
      default:
        otherFields += bytes[field.range]
      }
    }
    let missing =
      pieces.isEmpty
      ? "pieces" : !hasTrainer ? "trainer_spec" : hasNormalizer ? nil : "normalizer_spec"
    if let missing {
      throw WireFormatError(offset: bytes.count, expected: missing, found: "the end of the file")
    }
    guard pieces.count <= Int(Int32.max) else {
      throw WireFormatError(
        offset: 0, expected: "at most \(Int32.max) pieces", found: "\(pieces.count)")
    }
  }

  /// Returns the bytes of the model's file.
  public func serialized() -> [UInt8] {
    var writer = ProtobufWriter()
    for piece in pieces {
      var message = ProtobufWriter()
      message.append(1, piece.bytes)
      message.append(2, piece.score)
      message.append(3, piece.kind.rawValue)
      writer.append(1, message)
    }
    writer.append(2, trainer.message)
    writer.append(3, normalizer.message)
    writer.append(encodedFields: otherFields)
    return writer.bytes
  }
}

extension SentencePieceModel.Piece {
  fileprivate init(_ message: ProtobufReader) throws(WireFormatError) {
    self.init(bytes: [], score: 0, kind: .normal)
    var reader = message
    let start = reader.position
    while let field = try reader.next() {
      switch field.number {
      case 1:
        bytes = try reader.byteString(field)
      case 2:
        score = try reader.float(field)
      case 3:
        let number = try reader.integer(field)
        guard let kind = SentencePieceModel.PieceKind(rawValue: number) else {
          throw WireFormatError(
            offset: field.range.lowerBound, expected: "a piece type from 1 to 6",
            found: "\(number)")
        }
        self.kind = kind
      default:
        break
      }
    }
    guard !bytes.isEmpty else {
      throw WireFormatError(offset: start, expected: "a piece's text", found: "none")
    }
  }
}

extension SentencePieceModel.TrainerSettings {
  fileprivate mutating func merge(_ message: ProtobufReader) throws(WireFormatError) {
    var reader = message
    while let field = try reader.next() {
      switch field.number {
      case 3: modelType = try reader.integer(field)
      case 4: vocabularySize = try reader.integer(field)
      case 10: characterCoverage = try reader.float(field)
      case 20: maximumPieceLength = try reader.integer(field)
      case 21: splitsByUnicodeScript = try reader.boolean(field)
      case 22: splitsByWhitespace = try reader.boolean(field)
      case 23: splitsByNumber = try reader.boolean(field)
      case 24: treatsWhitespaceAsSuffix = try reader.boolean(field)
      case 25: splitsDigits = try reader.boolean(field)
      case 26: allowsWhitespaceOnlyPieces = try reader.boolean(field)
      case 35: usesByteFallback = try reader.boolean(field)
      case 40: unknownToken = try reader.integer(field)
      case 41: startToken = try reader.integer(field)
      case 42: endToken = try reader.integer(field)
      case 43: paddingToken = try reader.integer(field)
      case 44: unknownSurface = try reader.byteString(field)
      case 45: unknownPiece = try reader.byteString(field)
      case 46: startPiece = try reader.byteString(field)
      case 47: endPiece = try reader.byteString(field)
      case 48: paddingPiece = try reader.byteString(field)
      default: otherFields += reader.bytes[field.range]
      }
    }
  }

  fileprivate var message: ProtobufWriter {
    var writer = ProtobufWriter()
    writer.append(3, modelType)
    writer.append(4, vocabularySize)
    writer.append(10, characterCoverage)
    writer.append(20, maximumPieceLength)
    writer.append(21, splitsByUnicodeScript)
    writer.append(22, splitsByWhitespace)
    writer.append(23, splitsByNumber)
    writer.append(24, treatsWhitespaceAsSuffix)
    writer.append(25, splitsDigits)
    writer.append(26, allowsWhitespaceOnlyPieces)
    writer.append(35, usesByteFallback)
    writer.append(40, unknownToken)
    writer.append(41, startToken)
    writer.append(42, endToken)
    writer.append(43, paddingToken)
    writer.append(44, unknownSurface)
    writer.append(45, unknownPiece)
    writer.append(46, startPiece)
    writer.append(47, endPiece)
    writer.append(48, paddingPiece)
    writer.append(encodedFields: otherFields)
    return writer
  }
}

extension SentencePieceModel.NormalizerSettings {
  fileprivate mutating func merge(_ message: ProtobufReader) throws(WireFormatError) {
    var reader = message
    while let field = try reader.next() {
      switch field.number {
      case 1: name = try reader.byteString(field)
      case 2: precompiledCharactersMap = try reader.byteString(field)
      case 3: addsDummyPrefix = try reader.boolean(field)
      case 4: removesExtraWhitespace = try reader.boolean(field)
      case 5: escapesWhitespace = try reader.boolean(field)
      default: otherFields += reader.bytes[field.range]
      }
    }
  }

  fileprivate var message: ProtobufWriter {
    var writer = ProtobufWriter()
    writer.append(1, name)
    writer.append(2, precompiledCharactersMap)
    writer.append(3, addsDummyPrefix)
    writer.append(4, removesExtraWhitespace)
    writer.append(5, escapesWhitespace)
    writer.append(encodedFields: otherFields)
    return writer
  }
}
