/// Scratch memory that is kept from one call to the next. Whoever owns it calls `deallocate`.
package struct GrowableBuffer<Element: BitwiseCopyable> {
  package private(set) var base: UnsafeMutablePointer<Element>
  private(set) var capacity: Int

  package init(capacity: Int = 64) {
    base = .allocate(capacity: capacity)
    self.capacity = capacity
  }

  package func deallocate() { base.deallocate() }

  /// Makes room for `count` elements; the first `keeping` stay.
  @inline(__always)
  package mutating func reserve(_ count: Int, keeping: Int = 0) {
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
  package mutating func shrink(above limit: Int) {
    guard capacity > limit else { return }
    base.deallocate()
    self = Self()
  }
}
