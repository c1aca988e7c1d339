import Kernels
import Testing

@Suite struct RandomTests {
  /// Known answers of Philox 4×32-10 (Salmon et al., 2011, test vectors of Random123).
  @Test func knownAnswers() {
    #expect(
      RandomKernel.words(seed: 0, stream: 0, index: 0)
        == SIMD4(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8))
    #expect(
      RandomKernel.words(seed: .max, stream: .max, index: .max)
        == SIMD4(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd))
  }

  @Test func normalSamplesHaveTheRightMoments() {
    let y = Buffer(uninitializedCount: 200_003)
    RandomKernel.normal(standardDeviation: 2, seed: 5, stream: 3, into: y)
    #expect(abs(Reductions.sum(y) / 200_003) < 0.02)
    #expect(abs(Reductions.sumOfSquares(y) / 200_003 - 4) < 0.06)
  }

  @Test func streamsDiffer() {
    let (a, b) = (Buffer(uninitializedCount: 64), Buffer(uninitializedCount: 64))
    RandomKernel.normal(standardDeviation: 1, seed: 5, stream: 0, into: a)
    RandomKernel.normal(standardDeviation: 1, seed: 5, stream: 1, into: b)
    #expect((0..<64).allSatisfy { a.pointer[$0] != b.pointer[$0] })
  }
}
