import Corpora
import Foundation
import Tokenization

/// A recipe's tokenizer and corpus, made where they were missing, and checked against the model.
struct PreparedData: Sendable {
  let tokenizer: any Tokenizer
  /// The tokenizer's file, to be kept with every checkpoint.
  let tokenizerBytes: [UInt8]
  let files: [String]

  /// - Throws: `ExperimentError.emptyCorpus`, `.vocabularyTooLarge`, and what reading corpus and tokenizer throws.
  init(_ recipe: Recipe, in workspace: Workspace, report: (String) -> Void) throws {
    files = try recipe.corpus.prepare(in: workspace, report: report)
    let expanded = try CorpusFile.expanding(files)
    guard expanded.contains(where: { $0.byteCount > 0 }) else {
      throw ExperimentError.emptyCorpus(paths: expanded.map(\.path))
    }
    let path = try TokenizerFile.file(
      at: recipe.tokenizer.prepare(
        in: workspace, corpus: files, reading: recipe.reading, report: report))
    tokenizerBytes = try TokenizerFile.bytes(path)
    tokenizer = try TokenizerFile.load(tokenizerBytes, path: path)
    guard tokenizer.vocabularySize <= recipe.model.vocabularySize else {
      throw ExperimentError.vocabularyTooLarge(
        tokenizer: path, pieces: tokenizer.vocabularySize,
        vocabulary: recipe.model.vocabularySize)
    }
  }

  /// The batches of a recipe's passes, from `cursor` on.
  func stream(_ recipe: Recipe, cursor: Cursor?) throws(CorpusError) -> BatchStream {
    try BatchStream(
      files: files, textField: recipe.reading.textField, tokenizer: tokenizer,
      normalization: recipe.reading.normalization, filter: recipe.reading.filter,
      packing: recipe.reading.packing, batchSize: recipe.batching.sequencesPerPass,
      sequenceLength: recipe.batching.sequenceLength,
      malformedLines: recipe.reading.malformedLines, cursor: cursor)
  }
}
