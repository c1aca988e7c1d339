/// Remembers the tokens of short words, in a fixed amount of memory.
///
/// A word has two neighbouring places it can be in; a new one takes the first and sends what was
/// there to the second. Common words are asked for so often that they are nearly always in place.
struct WordCache {
  /// Words of up to this many bytes; nearly all of any language that writes spaces.
  static let maximumWordLength = 31
  /// Words that take up to this many tokens.
  static let maximumTokenCount = 8
  /// 2^16 entries of one cache line are 4 MiB; a megabyte of English has some 25,000 words.
  private static let bits: UInt64 = 16

  /// One cache line. The last byte of the key holds the word's length in its lower 5 bits, and
  /// the number of tokens less one in its upper 3.
  struct Entry {
    var key: SIMD4<UInt64>
    var tokens: SIMD8<Int32>
  }

  private let entries: UnsafeMutablePointer<Entry>
  private let masks: UnsafeMutablePointer<SIMD4<UInt64>>

  package init() {
    let count = 1 << Int(Self.bits)
    entries = UnsafeMutableRawPointer.allocate(
      byteCount: count * MemoryLayout<Entry>.stride, alignment: 64
    ).bindMemory(to: Entry.self, capacity: count)
    entries.initialize(repeating: Entry(key: .zero, tokens: .zero), count: count)
    masks = .allocate(capacity: 32)
    for length in 0..<32 {
      var mask = SIMD4<UInt64>.zero
      for byte in 0..<length { mask[byte / 8] |= 0xFF << UInt64(8 * (byte % 8)) }
      masks[length] = mask
    }
  }

  func deallocate() {
    entries.deallocate()
    masks.deallocate()
  }

  /// Returns the key of a word of 1 to 31 bytes; 32 bytes have to be readable.
  @inline(__always)
  func key(_ word: UnsafePointer<UInt8>, length: Int) -> SIMD4<UInt64> {
    var key = UnsafeRawPointer(word).loadUnaligned(as: SIMD4<UInt64>.self) & masks[length]
    key[3] |= UInt64(length) << 56
    return key
  }

  /// Returns the entry of a key and how many tokens it holds; or, for a key that is not here, the
  /// place to store it and 0.
  @inline(__always)
  func entry(_ key: SIMD4<UInt64>) -> (entry: UnsafeMutablePointer<Entry>, tokenCount: Int) {
    let a = (key[0] ^ 0x9E37_79B9_7F4A_7C15).multipliedFullWidth(by: key[1] ^ 0xD1B5_4A32_D192_ED03)
    let b = (key[2] ^ 0x8CB9_2BA7_2F3D_8DD7).multipliedFullWidth(by: key[3] ^ 0xAAAA_AAAA_5555_5555)
    let hash = (a.high ^ a.low ^ b.high ^ b.low) &* 0x9E37_79B9_7F4A_7C15
    let entry = entries + Int(hash >> (64 - Self.bits)) / 2 * 2
    if Self.matches(entry.pointee.key, key) {
      return (entry, Int(entry.pointee.key[3] >> 61) + 1)
    }
    if Self.matches(entry[1].key, key) {
      return (entry + 1, Int(entry[1].key[3] >> 61) + 1)
    }
    return (entry, 0)
  }

  @inline(__always)
  private static func matches(_ stored: SIMD4<UInt64>, _ key: SIMD4<UInt64>) -> Bool {
    var difference = stored ^ key
    difference[3] &= 0x1FFF_FFFF_FFFF_FFFF
    return difference == .zero
  }

  /// Puts a word's tokens where `entry(_:)` said, unless they are too many.
  func store(
    _ key: SIMD4<UInt64>, _ tokens: UnsafePointer<Int32>, count: Int,
    in entry: UnsafeMutablePointer<Entry>
  ) {
    guard count >= 1 && count <= Self.maximumTokenCount else { return }
    var stored = key
    stored[3] |= UInt64(count - 1) << 61
    entry[1] = entry[0]
    entry.pointee.key = stored
    for index in 0..<count { entry.pointee.tokens[index] = tokens[index] }
  }
}
