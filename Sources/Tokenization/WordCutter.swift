/// Finds where text can be cut into words without changing its tokens.
///
/// A cut is made between two bytes that no piece of the model has beside each other, since no merge
/// can ever cross it. Bytes decide for ASCII; where a character beyond it is involved, the two
/// characters decide. The answer is one bit a byte, found without a branch a byte: 64 look-ups of
/// two neighbours give one word of the mask, and a reader goes from bit to bit.
struct WordCutter {
  /// Bit i of word b is set if a word ends after byte `start + 64 * b + i`.
  private var masks = GrowableBuffer<UInt64>()
  /// How many bytes behind the text have to be readable.
  static let padding = 72

  func deallocate() { masks.deallocate() }

  mutating func shrink(above limit: Int) { masks.shrink(above: limit) }

  /// Cuts the bytes from `start` to `end`, which are whole characters of valid UTF-8, and returns
  /// one mask for each 64 bytes. The last bit that is set stands for `end - 1`.
  mutating func cut(
    _ text: UnsafePointer<UInt8>, from start: Int, to end: Int, _ table: PieceTable
  ) -> UnsafePointer<UInt64> {
    let count = (end - start + 63) / 64
    masks.reserve(count)
    for block in 0..<count {
      let first = start + 64 * block
      var bits = Self.cuts(text + first, table.cuts)
      let bytes = UnsafeRawPointer(text + first)
      if !Self.isASCII(bytes) {
        let candidates = Self.characterPairs(bytes) & ~bits
        bits |= Self.cutsBetweenCharacters(text + first, candidates, end - first, table)
      }
      masks.base[block] = bits
    }
    if count > 0 {
      let last = (end - start - 1) % 64
      masks.base[count - 1] &= ~0 >> UInt64(63 - last)
      masks.base[count - 1] |= 1 << UInt64(last)
    }
    return UnsafePointer(masks.base)
  }

  /// A bit for each of 64 bytes that is no neighbour of the byte behind it in any piece.
  @inline(__always)
  private static func cuts(
    _ text: UnsafePointer<UInt8>, _ cuts: UnsafePointer<UInt8>
  ) -> UInt64 {
    let bytes = UnsafeRawPointer(text)
    var bits: UInt64 = 0
    for index in 0..<64 {
      let pair = bytes.loadUnaligned(fromByteOffset: index, as: UInt16.self).littleEndian
      bits |= UInt64(cuts[Int(pair)]) &<< UInt64(index)
    }
    return bits
  }

  /// Whether 64 bytes and the one behind them are all ASCII.
  @inline(__always)
  private static func isASCII(_ bytes: UnsafeRawPointer) -> Bool {
    let all =
      bytes.loadUnaligned(as: SIMD8<UInt64>.self)
      | bytes.loadUnaligned(fromByteOffset: 1, as: SIMD8<UInt64>.self)
    return (all & 0x8080_8080_8080_8080) == .zero
  }

  /// A bit for each of 64 bytes that ends a character, if it or the one behind it is not ASCII.
  private static func characterPairs(_ bytes: UnsafeRawPointer) -> UInt64 {
    var high: UInt64 = 0
    var continuing: UInt64 = 0
    for index in 0..<8 {
      let word = bytes.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self).littleEndian
      high |= topBits(word) << UInt64(8 * index)
      continuing |= topBits(word & ~(word << 1)) << UInt64(8 * index)
    }
    // The byte behind them decides for the last.
    let following = bytes.load(fromByteOffset: 64, as: UInt8.self)
    let highAfter = (high >> 1) | (UInt64(following >> 7) << 63)
    let continuingAfter = (continuing >> 1) | (following & 0xC0 == 0x80 ? 1 << 63 : 0)
    return (high | highAfter) & ~continuingAfter
  }

  /// The highest bit of each of eight bytes.
  @inline(__always)
  private static func topBits(_ word: UInt64) -> UInt64 {
    ((word & 0x8080_8080_8080_8080) &* 0x0002_0408_1020_4081) >> 56
  }

  /// Of the places that bytes alone do not cut, those where no piece has the two characters.
  private static func cutsBetweenCharacters(
    _ text: UnsafePointer<UInt8>, _ candidates: UInt64, _ count: Int, _ table: PieceTable
  ) -> UInt64 {
    var rest = candidates
    var bits: UInt64 = 0
    while rest != 0 {
      let index = rest.trailingZeroBitCount
      rest &= rest - 1
      guard index + 1 < count else { break }
      var left = text + index
      while left.pointee & 0xC0 == 0x80 { left -= 1 }
      let key = UInt64(scalarValue(left)) << 32 | UInt64(scalarValue(text + index + 1))
      if table.characterJoins.value(key) == IntegerTable.none { bits |= 1 << UInt64(index) }
    }
    return bits
  }
}
