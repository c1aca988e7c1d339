/// Scratch memory that is kept from one call to the next. Whoever owns it calls `deallocate`.
struct GrowableBuffer<Element: BitwiseCopyable> {
  private(set) var base: UnsafeMutablePointer<Element>
  private(set) var capacity: Int

  init(capacity: Int = 64) {
    base = .allocate(capacity: capacity)
    self.capacity = capacity
  }

  func deallocate() { base.deallocate() }

  /// Makes room for `count` elements; the first `keeping` stay.
  @inline(__always)
  mutating func reserve(_ count: Int, keeping: Int = 0) {
    if count > capacity { grow(to: count, keeping: keeping) }
  }

  @inline(never)
  private mutating func grow(to count: Int, keeping: Int) {
    let larger = UnsafeMutablePointer<Element>.allocate(capacity: max(count, 2 * capacity))
    larger.update(from: base, count: keeping)
    base.deallocate()
    base = larger
    capacity = max(count, 2 * capacity)
  }

  /// Gives memory back after a call that needed unusually much.
  mutating func shrink(above limit: Int) {
    guard capacity > limit else { return }
    base.deallocate()
    self = Self()
  }
}
