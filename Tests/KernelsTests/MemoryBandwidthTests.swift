import Kernels
import Testing

@Suite struct MemoryBandwidthTests {
  /// Memory of no machine reads a hundred megabytes, or ten terabytes, a second.
  @Test func isPlausible() {
    let rate = MemoryBandwidth.measure(byteCount: 32 << 20, passes: 2)
    #expect(rate > 1e8 && rate < 1e13)
  }
}
