/// How fast the machine reads memory: the bound of everything that reads each byte once, such as
/// writing a token.
public enum MemoryBandwidth {
  /// Bytes a second of plain reading over the pool: the best of some passes over memory that no cache
  /// holds.
  ///
  /// - Parameter byteCount: The memory that is taken and read; to be much larger than the caches.
  public static func measure(byteCount: Int = 256 << 20, passes: Int = 8) -> Double {
    let memory = Buffer(uninitializedCount: max(1 << 20, byteCount), of: .uint8)
    let start = memory.address
    let grain = 1 << 20
    // Pages that nothing was written to share one of zeros.
    ThreadPool.shared.forEachRange(memory.count, grain: grain) { range in
      (start + range.lowerBound).initializeMemory(
        as: UInt8.self, repeating: 1, count: range.count)
    }
    let whole = memory.count / grain * grain
    var best = Duration.seconds(1_000_000)
    for _ in 0..<max(1, passes) {
      let elapsed = ContinuousClock().measure {
        ThreadPool.shared.forEachRange(whole, grain: grain) { range in
          read(start + range.lowerBound, range.count)
        }
      }
      best = min(best, elapsed)
    }
    withExtendedLifetime(memory) {}
    return Double(whole) / (best / .seconds(1))
  }

  /// Reads whole pieces of 512 bytes.
  @inline(never) @_optimize(speed)
  package static func read(_ start: UnsafeRawPointer, _ byteCount: Int) {
    typealias Line = SIMD16<UInt32>
    var (a, b, c, d) = (Line.zero, Line.zero, Line.zero, Line.zero)
    var place = start
    let end = start + byteCount / 512 * 512
    while place < end {
      a ^= place.load(as: Line.self) ^ place.load(fromByteOffset: 64, as: Line.self)
      b ^=
        place.load(fromByteOffset: 128, as: Line.self)
        ^ place.load(fromByteOffset: 192, as: Line.self)
      c ^=
        place.load(fromByteOffset: 256, as: Line.self)
        ^ place.load(fromByteOffset: 320, as: Line.self)
      d ^=
        place.load(fromByteOffset: 384, as: Line.self)
        ^ place.load(fromByteOffset: 448, as: Line.self)
      place += 512
    }
    // What is kept nowhere would not be read.
    withUnsafeBytes(of: (a ^ b) ^ (c ^ d)) { keep($0) }
  }

  @inline(never) @_optimize(none)
  private static func keep(_ bytes: UnsafeRawBufferPointer) {}
}
