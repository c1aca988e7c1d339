/// A fixed map from byte strings to ids, for vocabularies.
final class ByteStringTable: @unchecked Sendable {
  private struct Slot {
    var hash: UInt32
    /// The entry's place in `offsets`, plus one; 0 where there is none.
    var entry: UInt32
  }

  private let slots: UnsafeMutablePointer<Slot>
  private let mask: Int
  private let bytes: UnsafeMutablePointer<UInt8>
  private let offsets: UnsafeMutablePointer<Int32>
  private let ids: UnsafeMutablePointer<Int32>
  private let maximumLength: Int

  /// Of several entries for one string, the last counts. All strings together have at most 2 GiB.
  init(_ entries: [(bytes: [UInt8], id: Int32)]) {
    var slotCount = 16
    while slotCount < 2 * entries.count { slotCount *= 2 }
    mask = slotCount - 1
    slots = .allocate(capacity: slotCount)
    slots.initialize(repeating: Slot(hash: 0, entry: 0), count: slotCount)
    bytes = .allocate(capacity: max(entries.reduce(0) { $0 + $1.bytes.count }, 1))
    offsets = .allocate(capacity: entries.count + 1)
    ids = .allocate(capacity: max(entries.count, 1))
    maximumLength = entries.reduce(0) { max($0, $1.bytes.count) }
    var offset = 0
    offsets[0] = 0
    for (index, (string, id)) in entries.enumerated() {
      string.withUnsafeBufferPointer { source in
        if let base = source.baseAddress {
          (bytes + offset).initialize(from: base, count: source.count)
        }
      }
      offset += string.count
      offsets[index + 1] = Int32(offset)
      ids[index] = id
      let start = UnsafePointer(bytes + Int(offsets[index]))
      let hash = Self.hash(start, string.count)
      var slot = Int(hash) & mask
      while slots[slot].entry != 0, !isEqual(slots[slot], hash, start, string.count) {
        slot = (slot + 1) & mask
      }
      slots[slot] = Slot(hash: hash, entry: UInt32(index + 1))
    }
  }

  deinit {
    slots.deallocate()
    bytes.deallocate()
    offsets.deallocate()
    ids.deallocate()
  }

  /// Returns the id of a string, or -1.
  func id(_ string: UnsafePointer<UInt8>, count: Int) -> Int32 {
    guard count <= maximumLength else { return -1 }
    let hash = Self.hash(string, count)
    var slot = Int(hash) & mask
    while slots[slot].entry != 0 {
      if isEqual(slots[slot], hash, string, count) { return ids[Int(slots[slot].entry) - 1] }
      slot = (slot + 1) & mask
    }
    return -1
  }

  func id(_ string: [UInt8]) -> Int32 {
    string.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return -1 }
      return id(base, count: buffer.count)
    }
  }

  @inline(__always)
  private func isEqual(
    _ slot: Slot, _ hash: UInt32, _ string: UnsafePointer<UInt8>, _ count: Int
  ) -> Bool {
    guard slot.hash == hash else { return false }
    let entry = Int(slot.entry) - 1
    let start = Int(offsets[entry])
    guard Int(offsets[entry + 1]) - start == count else { return false }
    for index in 0..<count where bytes[start + index] != string[index] { return false }
    return true
  }

  @inline(__always)
  private static func hash(_ string: UnsafePointer<UInt8>, _ count: Int) -> UInt32 {
    var state = UInt64(count) &* 0x9E37_79B9_7F4A_7C15
    var index = 0
    while index + 8 <= count {
      let word = UnsafeRawPointer(string + index).loadUnaligned(as: UInt64.self)
      let product = (state ^ word).multipliedFullWidth(by: 0xD1B5_4A32_D192_ED03)
      state = product.high ^ product.low
      index += 8
    }
    var rest: UInt64 = 0
    while index < count {
      rest = rest << 8 | UInt64(string[index])
      index += 1
    }
    let product = (state ^ rest).multipliedFullWidth(by: 0x8CB9_2BA7_2F3D_8DD7)
    return UInt32(truncatingIfNeeded: product.high ^ product.low)
  }
}
