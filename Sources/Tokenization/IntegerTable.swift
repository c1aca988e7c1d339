/// A fixed map from integers to integers: one multiplication and, nearly always, one cache line a
/// look-up, where `Dictionary` pays for SipHash.
final class IntegerTable: @unchecked Sendable {
  /// What a missing key gives; not a value that may be stored, nor a key.
  static let none = UInt64.max

  private struct Slot {
    var key: UInt64
    var value: UInt64
  }

  private let slots: UnsafeMutablePointer<Slot>
  private let slotCount: Int
  private let shift: UInt64

  /// The first of several entries with one key is kept.
  package init(_ entries: [(key: UInt64, value: UInt64)]) {
    var bits: UInt64 = 4
    // At most half full, so that chains of linear probing stay short.
    while 1 << bits < 2 * entries.count { bits += 1 }
    slotCount = 1 << Int(bits)
    shift = 64 - bits
    slots = .allocate(capacity: slotCount)
    slots.initialize(repeating: Slot(key: Self.none, value: Self.none), count: slotCount)
    for (key, value) in entries {
      precondition(key != Self.none && value != Self.none, "IntegerTable: reserved key or value")
      var index = start(key)
      while slots[index].key != Self.none && slots[index].key != key {
        index = (index + 1) & (slotCount - 1)
      }
      if slots[index].key == Self.none { slots[index] = Slot(key: key, value: value) }
    }
  }

  deinit { slots.deallocate() }

  @inline(__always)
  private func start(_ key: UInt64) -> Int {
    Int((key &* 0x9E37_79B9_7F4A_7C15) >> shift)
  }

  /// Returns the value of `key`, or `none`.
  @inline(__always)
  func value(_ key: UInt64) -> UInt64 {
    var index = start(key)
    while true {
      let slot = slots[index]
      if slot.key == key { return slot.value }
      if slot.key == Self.none { return Self.none }
      index = (index &+ 1) & (slotCount &- 1)
    }
  }
}
