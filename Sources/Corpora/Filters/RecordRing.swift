import Foundation

/// The last so many records of one width, the oldest giving way to the newest.
///
/// A copy shares its storage, and what is written after it costs one segment of 32 KiB, so that a
/// window of megabytes can be copied at every batch. Saved, it is its records from the oldest to
/// the newest as one piece of data: the same records give the same bytes, wherever they lie.
package struct RecordRing: Sendable {
  /// Bytes a record.
  package let width: Int
  /// Records that it holds at most.
  package let capacity: Int
  /// Records that it holds.
  package private(set) var count = 0
  /// The slot of the next record; once the ring is full, that of the oldest.
  package private(set) var nextSlot = 0
  private var segments: [[UInt8]] = []
  private let shift: Int

  /// Makes an empty ring.
  package init(width: Int, capacity: Int) {
    precondition(width > 0 && capacity > 0, "RecordRing: \(capacity) records of \(width) bytes")
    self.width = width
    self.capacity = capacity
    let records = min(capacity, max(1, 32_768 / width))
    shift = Int.bitWidth - 1 - records.leadingZeroBitCount
  }

  /// Whether the next record takes the oldest one's place.
  package var isFull: Bool { count == capacity }

  /// How many records are newer than a slot's.
  package func age(of slot: Int) -> Int {
    let distance = nextSlot - 1 - slot
    return distance < 0 ? distance + capacity : distance
  }

  /// The slots in use, the oldest first.
  package var slots: some Sequence<Int> {
    let (first, capacity) = (isFull ? nextSlot : 0, capacity)
    return (0..<count).lazy.map { place in
      let slot = first + place
      return slot < capacity ? slot : slot - capacity
    }
  }

  /// Gives access to a record.
  @inline(__always)
  package func withRecord<Result>(
    _ slot: Int, _ body: (UnsafeRawBufferPointer) -> Result
  ) -> Result {
    let start = (slot & ((1 << shift) - 1)) * width
    return segments[slot >> shift].withUnsafeBytes {
      body(UnsafeRawBufferPointer(rebasing: $0[start..<start + width]))
    }
  }

  /// Adds a record, in the place of the oldest if the ring is full, and returns its slot.
  ///
  /// - Precondition: the record has the ring's width.
  @discardableResult
  package mutating func append(_ record: UnsafeRawBufferPointer) -> Int {
    precondition(record.count == width, "RecordRing: a record of \(record.count), not \(width)")
    let slot = nextSlot
    if slot >> shift == segments.count {
      segments.append([UInt8](repeating: 0, count: width << shift))
    }
    let start = (slot & ((1 << shift) - 1)) * width
    segments[slot >> shift].withUnsafeMutableBytes {
      UnsafeMutableRawBufferPointer(rebasing: $0[start..<start + width]).copyMemory(from: record)
    }
    count = min(count + 1, capacity)
    nextSlot = slot + 1 == capacity ? 0 : slot + 1
    return slot
  }

  /// The ring without the records that do not match, in the same order.
  package func filter(_ isIncluded: (UnsafeRawBufferPointer) -> Bool) -> RecordRing {
    var result = RecordRing(width: width, capacity: capacity)
    for slot in slots {
      withRecord(slot) { if isIncluded($0) { result.append($0) } }
    }
    return result
  }
}

extension RecordRing: Equatable {
  /// Whether both hold the same records in the same order.
  package static func == (left: RecordRing, right: RecordRing) -> Bool {
    guard left.width == right.width, left.capacity == right.capacity, left.count == right.count
    else { return false }
    // Arrays that share their storage, the rule here, are equal at a glance.
    if left.nextSlot == right.nextSlot { return left.segments == right.segments }
    return zip(left.slots, right.slots).allSatisfy { one, other in
      left.withRecord(one) { record in
        right.withRecord(other) { record.elementsEqual($0) }
      }
    }
  }
}

extension RecordRing: Codable {
  private enum CodingKeys: String, CodingKey {
    case width, capacity, records
  }

  package func encode(to encoder: any Encoder) throws {
    var data = Data(capacity: count * width)
    for slot in slots { withRecord(slot) { data.append(contentsOf: $0) } }
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(width, forKey: .width)
    try container.encode(capacity, forKey: .capacity)
    try container.encode(data, forKey: .records)
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let width = try container.decode(Int.self, forKey: .width)
    let capacity = try container.decode(Int.self, forKey: .capacity)
    let data = try container.decode(Data.self, forKey: .records)
    guard width > 0, capacity > 0, data.count % width == 0, data.count / width <= capacity else {
      throw DecodingError.dataCorruptedError(
        forKey: .records, in: container,
        debugDescription:
          "\(data.count) bytes are no records of \(width) bytes, at most \(capacity)")
    }
    self.init(width: width, capacity: capacity)
    data.withUnsafeBytes { bytes in
      for start in stride(from: 0, to: bytes.count, by: width) {
        append(UnsafeRawBufferPointer(rebasing: bytes[start..<start + width]))
      }
    }
  }
}
