import Corpora
import Kernels

/// Batches of uniformly random tokens, a function of the seed and the step: no corpus, no tokenizer.
package struct RandomTokens: Sendable {
  let seed: UInt64
  let vocabularySize: Int
  let batchSize: Int
  let sequenceLength: Int

  /// Far from the streams that parameters are drawn from, which are numbered from 0.
  private static let firstStream: UInt64 = 1 << 32

  package init(seed: UInt64, vocabularySize: Int, batchSize: Int, sequenceLength: Int) {
    self.seed = seed
    self.vocabularySize = vocabularySize
    self.batchSize = batchSize
    self.sequenceLength = sequenceLength
  }

  /// The batch of a step, from 0.
  package func batch(step: Int) -> Batch {
    let length = sequenceLength + 1
    let tokens = (0..<batchSize * length).map { token($0, step: step) }
    let rows = (0..<batchSize).map { $0 * length..<($0 + 1) * length }
    return Batch(
      inputs: rows.flatMap { tokens[$0].dropLast() },
      targets: rows.flatMap { tokens[$0].dropFirst() }, batchSize: batchSize)
  }

  private func token(_ index: Int, step: Int) -> Int32 {
    let word = RandomKernel.words(
      seed: seed, stream: Self.firstStream + UInt64(step), index: UInt64(index)
    ).x
    // The upper half of a product falls evenly on the vocabulary without a division.
    return Int32((UInt64(word) * UInt64(vocabularySize)) >> 32)
  }
}
