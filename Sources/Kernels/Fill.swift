/// Constant values over whole buffers.
public enum Fill {
  /// y ← value; a buffer of bytes takes 0 alone.
  public static func constant(_ value: Float, into y: Buffer) {
    switch y.elementType {
    case .float32: fill(y.elements(of: Float.self), y.count, value)
    case .bfloat16: fill(y.elements(of: BFloat16.self), y.count, BFloat16(value))
    case .uint8:
      precondition(value == 0, "bytes are codes: a buffer of them is filled with 0, not \(value)")
      fill(y.bytePointer, y.count, 0)
    }
  }

  private static func fill<E>(_ y: UnsafeMutablePointer<E>, _ count: Int, _ value: E) {
    ThreadPool.shared.forEachRange(count, grain: 1 << 18) { range in
      (y + range.lowerBound).update(repeating: value, count: range.count)
    }
  }
}
