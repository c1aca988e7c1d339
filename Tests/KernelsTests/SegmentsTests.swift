import Kernels
import Testing

@Suite struct SegmentsTests {
  @Test func positionsCountFromEachStart() {
    let segments = Segments(starts: [0, 3, 4, 6, 8], batch: 2, tokens: 6)
    #expect(segments.positions == [0, 1, 2, 0, 0, 1, 0, 1, 0, 1, 2, 3])
  }

  @Test func aRowIsOneSegmentUnlessSaid() {
    let segments = Segments(batch: 3, tokens: 4)
    #expect(segments.starts == [0, 4, 8])
    #expect(segments.positions == [0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3])
    #expect(segments == Segments(starts: [0, 4, 8], batch: 3, tokens: 4))
    #expect(segments != Segments(starts: [0, 4, 8, 9], batch: 3, tokens: 4))
  }

  @Test func everyTokenCanBeASegment() {
    let segments = Segments(starts: Array(0..<6), batch: 2, tokens: 3)
    #expect(segments.positions.allSatisfy { $0 == 0 })
  }
}
