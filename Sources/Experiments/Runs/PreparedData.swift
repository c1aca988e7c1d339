import Corpora
import Foundation
import Tokenization

/// A recipe's tokenizer and corpus, made where they were missing, and checked against the model.
struct PreparedData: Sendable {
  let tokenizer: any Tokenizer
  /// The tokenizer's file, to be kept with every checkpoint.
  let tokenizerBytes: [UInt8]
  let sources: [ListedSource]
  let storage: CorpusStorage
  /// Finds out which documents are dropped whole.
  let examiner: DocumentExaminer?

  /// - Throws: `ExperimentError.emptyCorpus`, `.vocabularyTooLarge`, and what reading corpus and tokenizer throws.
  init(_ recipe: Recipe, in workspace: Workspace, report: (String) -> Void) throws {
    let storage = workspace.corpusStorage
    self.storage = storage
    sources = try recipe.corpus.prepare(in: workspace, report: report).map {
      try ListedSource($0, in: storage)
    }
    examiner = try recipe.reading.examiner()
    if let runs = examiner?.evaluationRuns {
      report(
        "evaluations: \(runs.count) runs of words looked for, \(runs.textsLeftOut) texts too short")
    }
    let path = try TokenizerFile.file(
      at: recipe.tokenizer.prepare(
        in: workspace, corpus: sources, reading: recipe.reading, report: report))
    tokenizerBytes = try TokenizerFile.bytes(path)
    tokenizer = try TokenizerFile.load(tokenizerBytes, path: path)
    guard tokenizer.vocabularySize <= recipe.model.vocabularySize else {
      throw ExperimentError.vocabularyTooLarge(
        tokenizer: path, pieces: tokenizer.vocabularySize,
        vocabulary: recipe.model.vocabularySize)
    }
  }

  /// The batches of a recipe's passes, from `cursor` on.
  ///
  /// - Parameter readers: threads that read ahead; they change nothing but how long steps wait.
  func stream(
    _ recipe: Recipe, readers: Int, cursor: Cursor?
  ) throws(CorpusError) -> BatchStream {
    try BatchStream(
      mixing: sources.map {
        $0.component(reading: recipe.reading, seed: recipe.seed, storage: storage)
      }, tokenizer: tokenizer, normalization: recipe.reading.normalization,
      filter: recipe.reading.filter, screening: examiner,
      BatchStream.Layout(
        packing: recipe.reading.packing, attention: recipe.reading.attention,
        batchSize: recipe.batching.sequencesPerPass, sequenceLength: recipe.batching.sequenceLength),
      readers: readers, cursor: cursor)
  }
}
