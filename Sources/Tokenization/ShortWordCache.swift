/// Remembers the tokens of the words that are met again and again: up to 15 bytes, up to 4 tokens.
///
/// A word may be in either half of one cache line, and which of the two it is is chosen without a
/// branch: text does not repeat in any way that a processor could predict.
struct ShortWordCache {
  static let maximumWordLength = 15
  static let maximumTokenCount = 4
  /// 2^15 lines of two entries, 2 MiB: the words of 16 MB of novels nearly all fit. On those a
  /// quarter of it, which a core's second-level cache would hold, was a fifth slower.
  private static let bits: UInt64 = 15

  /// The key of a word: its bytes, then zeros, then its length.
  struct Key {
    var low: UInt64
    var high: UInt64
  }

  /// Half a cache line. The upper two bits of the key hold the number of tokens less one.
  struct Entry {
    var key: Key
    var tokens: SIMD4<Int32>

    var tokenCount: Int { Int(key.high >> 62) + 1 }
  }

  private let entries: UnsafeMutablePointer<Entry>
  private let masks: UnsafeMutablePointer<Key>

  init() {
    let count = 2 << Int(Self.bits)
    entries = UnsafeMutableRawPointer.allocate(
      byteCount: count * MemoryLayout<Entry>.stride, alignment: 64
    ).bindMemory(to: Entry.self, capacity: count)
    entries.initialize(repeating: Entry(key: Key(low: 0, high: 0), tokens: .zero), count: count)
    masks = .allocate(capacity: 16)
    for length in 0..<16 {
      let low: UInt64 = length >= 8 ? ~0 : ~(~0 << UInt64(8 * length))
      let high: UInt64 = length <= 8 ? 0 : ~(~0 << UInt64(8 * (length - 8)))
      masks[length] = Key(low: low, high: high)
    }
  }

  func deallocate() {
    entries.deallocate()
    masks.deallocate()
  }

  /// Returns the key of a word of 1 to 15 bytes; 16 bytes have to be readable.
  @inline(__always)
  func key(_ word: UnsafePointer<UInt8>, length: Int) -> Key {
    let bytes = UnsafeRawPointer(word)
    let low = bytes.loadUnaligned(as: UInt64.self).littleEndian
    let high = bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self).littleEndian
    let mask = masks[length]
    return Key(
      low: low & mask.low, high: high & mask.high | UInt64(truncatingIfNeeded: length) << 56)
  }

  @inline(__always)
  private func line(_ key: Key) -> UnsafeMutablePointer<Entry> {
    let product = (key.low ^ 0x9E37_79B9_7F4A_7C15)
      .multipliedFullWidth(by: key.high ^ 0xD1B5_4A32_D192_ED03)
    let hash = product.high ^ product.low
    return entries + Int(truncatingIfNeeded: hash >> (64 - Self.bits)) << 1
  }

  /// Returns the entry of a word, or nil.
  @inline(__always)
  func entry(_ key: Key) -> UnsafeMutablePointer<Entry>? {
    let line = line(key)
    let isFirst = Self.matches(line[0].key, key)
    let isSecond = Self.matches(line[1].key, key)
    return isFirst || isSecond ? line + (isFirst ? 0 : 1) : nil
  }

  @inline(__always)
  private static func matches(_ stored: Key, _ key: Key) -> Bool {
    (stored.low ^ key.low) | ((stored.high ^ key.high) << 2) == 0
  }

  /// Remembers a word, unless its tokens are too many. The newest takes the first place of its
  /// line and sends what was there to the second.
  func store(_ key: Key, _ tokens: UnsafePointer<Int32>, count: Int) {
    guard (1...Self.maximumTokenCount).contains(count) else { return }
    let line = line(key)
    line[1] = line[0]
    line[0].key = Key(low: key.low, high: key.high | UInt64(count - 1) << 62)
    for index in 0..<count { line[0].tokens[index] = tokens[index] }
  }
}
