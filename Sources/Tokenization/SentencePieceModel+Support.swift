import Files

extension SentencePieceModel {
  /// Throws `TokenizationError.unsupportedSetting` for what `SentencePieceTokenizer` does not do.
  func checkSettings() throws(TokenizationError) {
    guard trainer.modelType == 2 else {
      let names = [1: "UNIGRAM", 3: "WORD", 4: "CHAR"]
      throw .unsupportedSetting(
        path: path, setting: "trainer_spec.model_type", expected: "BPE",
        found: names[Int(trainer.modelType)] ?? "\(trainer.modelType)")
    }
    guard normalizer.precompiledCharactersMap.isEmpty else {
      throw .unsupportedSetting(
        path: path, setting: "normalizer_spec.precompiled_charsmap",
        expected: "the identity (no map)",
        found: "\(String(decoding: normalizer.name, as: UTF8.self)) "
          + "(\(normalizer.precompiledCharactersMap.count) bytes)")
    }
    var reader = ProtobufReader(otherFields)
    while let field = try? reader.next() {
      // denormalizer_spec, whose map would change decoded text.
      guard field.number == 5, var message = try? reader.message(field) else { continue }
      while let inner = try? message.next() {
        guard inner.number == 2, let map = try? message.byteRange(inner), !map.isEmpty else {
          continue
        }
        throw .unsupportedSetting(
          path: path, setting: "denormalizer_spec.precompiled_charsmap",
          expected: "the identity (no map)", found: "a map of \(map.count) bytes")
      }
    }
  }

  /// A checksum of the pieces and of every setting that encoding or decoding depends on; how the
  /// vocabulary was trained, and where the file lies, play no part.
  var fingerprint: String {
    var checksum = Checksum()
    func add(_ bytes: [UInt8]) {
      withUnsafeBytes(of: UInt64(bytes.count).littleEndian) { checksum.append($0) }
      bytes.withUnsafeBytes { checksum.append($0) }
    }
    add(Array("sentencepiece-bpe-1".utf8))
    let flags = [
      trainer.treatsWhitespaceAsSuffix, trainer.usesByteFallback, normalizer.addsDummyPrefix,
      normalizer.removesExtraWhitespace, normalizer.escapesWhitespace,
    ]
    add(flags.map { $0 ? 1 : 0 })
    for text in [
      trainer.unknownSurface, trainer.startPiece, trainer.endPiece, trainer.paddingPiece,
    ] { add(text) }
    for piece in pieces {
      add(piece.bytes)
      // Merging compares scores, and the two zeros compare equal.
      let score = piece.score == 0 ? 0 : piece.score
      withUnsafeBytes(of: score.bitPattern.littleEndian) { checksum.append($0) }
      add([UInt8(piece.kind.rawValue)])
    }
    // It tells models apart that were mixed up, and withstands nobody who forges one.
    return "\(checksum.hexadecimal)-\(checksum.byteCount)"
  }
}
