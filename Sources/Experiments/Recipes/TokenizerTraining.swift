import Corpora
import Tokenization

/// A byte-pair tokenizer from the documents of a source.
enum TokenizerTraining {
  static func train(
    from source: FileDocumentSource, vocabularySize: Int
  ) throws -> SentencePieceModel {
    var source = source
    try source.seek(epoch: 0, document: nil)
    var failure: (any Error)?
    var byteCount = 0
    let documents = AnySequence {
      AnyIterator<[UInt8]> {
        do {
          let document = try nextDocument(of: &source)
          byteCount += document?.count ?? 0
          return document
        } catch {
          failure = error
          return nil
        }
      }
    }
    let result = Result { try BytePairTrainer(vocabularySize: vocabularySize).train(documents) }
    // A corpus that broke off explains a trainer that found too little.
    if let failure { throw failure }
    guard byteCount > 0 else {
      throw ExperimentError.emptyCorpus(paths: source.files.map(\.path))
    }
    return try result.get()
  }

  private static func nextDocument(of source: inout FileDocumentSource) throws -> [UInt8]? {
    var text: [UInt8] = []
    while let chunk = try source.read(appendingTo: &text) {
      if chunk.isLast { return text }
    }
    return text.isEmpty ? nil : text
  }
}
