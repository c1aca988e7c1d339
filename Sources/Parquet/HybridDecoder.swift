/// Decodes numbers of a fixed width in runs: one number repeated, or groups of eight packed, the
/// least significant bit first.
///
/// Runs are decoded as they are asked for: what a run says of its length asks for no memory.
///
/// Source: "Run Length Encoding / Bit-Packing Hybrid" of parquet-format's Encodings.md.
struct HybridDecoder {
  private var cursor: ByteCursor
  private let width: Int
  /// All numbers have to be below it.
  private let limit: UInt32
  private var left = 0
  private var repeated: UInt32?
  private var packed = UnsafeRawBufferPointer(start: nil, count: 0)
  private var bit = 0

  /// - Parameters:
  ///   - width: Bits of a number, 0 to 32.
  ///   - limit: What all numbers have to be below.
  init(_ bytes: UnsafeRawBufferPointer, width: Int, limit: Int) {
    precondition((0...32).contains(width), "numbers of \(width) bits, expected 0 to 32")
    cursor = ByteCursor(bytes)
    self.width = width
    self.limit = UInt32(clamping: limit)
  }

  /// Decodes the next `count` numbers; returns the one that all of them are, if one run held them.
  @discardableResult
  mutating func decode<Number: FixedWidthInteger & UnsignedInteger>(
    _ count: Int, into numbers: UnsafeMutablePointer<Number>
  ) throws(Fault) -> UInt32? {
    var done = 0
    while done < count {
      if left == 0 { try startRun() }
      let part = min(left, count - done)
      left -= part
      if let repeated {
        (numbers + done).update(repeating: Number(truncatingIfNeeded: repeated), count: part)
        if part == count { return repeated }
      } else {
        try unpack(part, into: numbers + done)
      }
      done += part
    }
    return nil
  }

  private mutating func startRun() throws(Fault) {
    let head = try cursor.varint32()
    let count = head >> 1
    if head & 1 == 0 {
      left = count
      var value: UInt32 = 0
      for (place, byte) in try cursor.take((width + 7) / 8).enumerated() {
        value |= UInt32(byte) &<< UInt32(8 * place)
      }
      guard value < limit || count == 0 else { throw outOfRange(value) }
      repeated = value
    } else {
      // The last run is sometimes cut off after the numbers that count.
      let bytes = min(count * width, cursor.remaining)
      packed = try cursor.take(bytes)
      left = width == 0 ? count * 8 : min(count * 8, bytes * 8 / width)
      bit = 0
      repeated = nil
      guard limit > 0 || count == 0 else { throw outOfRange(0) }
      guard left > 0 || count == 0 else { throw .endsEarly }
    }
  }

  private mutating func unpack<Number: FixedWidthInteger & UnsignedInteger>(
    _ count: Int, into numbers: UnsafeMutablePointer<Number>
  ) throws(Fault) {
    guard width > 0, let base = packed.baseAddress else {
      numbers.update(repeating: 0, count: count)
      return
    }
    let mask = width == 32 ? UInt64(UInt32.max) : (1 << UInt64(width)) - 1
    var largest: UInt32 = 0
    var index = 0
    // A number spans at most 39 bits from its first byte on, so that one load gives it whole.
    while index < count, bit >> 3 <= packed.count - 8 {
      let word = UInt64(
        littleEndian: (base + bit >> 3).loadUnaligned(as: UInt64.self))
      let value = UInt32(truncatingIfNeeded: (word &>> UInt64(bit & 7)) & mask)
      largest = max(largest, value)
      numbers[index] = Number(truncatingIfNeeded: value)
      bit += width
      index += 1
    }
    while index < count {
      var word: UInt64 = 0
      for place in 0..<min(5, packed.count - bit >> 3) {
        word |= UInt64(packed[bit >> 3 + place]) &<< UInt64(8 * place)
      }
      let value = UInt32(truncatingIfNeeded: (word &>> UInt64(bit & 7)) & mask)
      largest = max(largest, value)
      numbers[index] = Number(truncatingIfNeeded: value)
      bit += width
      index += 1
    }
    guard largest < limit else { throw outOfRange(largest) }
  }

  private func outOfRange(_ value: UInt32) -> Fault {
    .corrupt("the level or index \(value), expected one below \(limit)")
  }
}
