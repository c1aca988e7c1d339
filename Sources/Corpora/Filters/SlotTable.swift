/// Slots of a ring found by the hash of what lies in them: open addressing, at most half full.
///
/// It knows only slots; hashes and contents are its owner's, so that it takes eight to sixteen bytes
/// a slot. It grows with what it holds, and is rebuilt from the ring rather than saved.
struct SlotTable: Sendable {
  /// A slot and one, or 0.
  private var places: [UInt32]
  private var count = 0
  private var mask: Int { places.count - 1 }

  init() {
    places = [UInt32](repeating: 0, count: 16)
  }

  /// The slot with this hash that matches.
  @inline(__always)
  func slot(hash: UInt64, where matches: (Int) -> Bool) -> Int? {
    place(hash: hash, where: matches).map { Int(places[$0]) - 1 }
  }

  @inline(__always)
  private func place(hash: UInt64, where matches: (Int) -> Bool) -> Int? {
    let mask = mask
    var place = Int(truncatingIfNeeded: hash) & mask
    while places[place] != 0 {
      if matches(Int(places[place]) - 1) { return place }
      place = (place + 1) & mask
    }
    return nil
  }

  /// Adds a slot that is not there.
  mutating func insert(_ slot: Int, hash: UInt64, hashOf: (Int) -> UInt64) {
    if (count + 1) * 2 > places.count {
      let old = places
      places = [UInt32](repeating: 0, count: old.count * 2)
      for entry in old where entry != 0 { settle(entry, hash: hashOf(Int(entry) - 1)) }
    }
    settle(UInt32(slot + 1), hash: hash)
    count += 1
  }

  private mutating func settle(_ entry: UInt32, hash: UInt64) {
    var place = Int(truncatingIfNeeded: hash) & mask
    while places[place] != 0 { place = (place + 1) & mask }
    places[place] = entry
  }

  /// Puts a slot in the place of another one of the same hash.
  mutating func replace(_ old: Int, with new: Int, hash: UInt64) {
    guard let place = place(hash: hash, where: { $0 == old }) else { return }
    places[place] = UInt32(new + 1)
  }

  /// Takes a slot out, if it is there, and moves up what stood behind it, so that no hole is left
  /// to search across.
  mutating func remove(_ slot: Int, hash: UInt64, hashOf: (Int) -> UInt64) {
    guard var hole = place(hash: hash, where: { $0 == slot }) else { return }
    count -= 1
    var place = hole
    while true {
      places[hole] = 0
      while true {
        place = (place + 1) & mask
        let entry = places[place]
        guard entry != 0 else { return }
        let home = Int(truncatingIfNeeded: hashOf(Int(entry) - 1)) & mask
        // Moving it up must not take it before its home.
        if (place - home) & mask >= (place - hole) & mask { break }
      }
      places[hole] = places[place]
      hole = place
    }
  }
}
