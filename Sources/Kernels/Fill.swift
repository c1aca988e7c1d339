/// Constant values over whole buffers.
public enum Fill {
  /// y ← value.
  public static func constant(_ value: Float, into y: Buffer) {
    let (y, count) = (y.pointer, y.count)
    ThreadPool.shared.forEachRange(count, grain: 1 << 18) { range in
      (y + range.lowerBound).update(repeating: value, count: range.count)
    }
  }
}
