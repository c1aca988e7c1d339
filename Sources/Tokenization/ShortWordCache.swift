import Foundation

/// Remembers the tokens of the shortest words, two of them to a cache line.
///
/// Like `WordCache`, which takes what does not fit here: a word has two neighbouring places, and a
/// new one takes the first and sends what was there to the second.
struct ShortWordCache {
  /// Words of up to this many bytes.
  static let maximumWordLength = 15
  /// Words that take up to this many tokens.
  static let maximumTokenCount = 3
  /// 2^17 entries are 4 MiB, of which only what is used costs memory.
  private static let bits: UInt64 = 17

  struct Entry {
    /// The word's bytes; its length is the last one.
    var key: SIMD2<UInt64>
    /// Up to three tokens, and how many there are.
    var tokens: SIMD4<Int32>
  }

  private let entries: UnsafeMutablePointer<Entry>
  private let masks: UnsafeMutablePointer<SIMD2<UInt64>>
  private static var byteCount: Int { MemoryLayout<Entry>.stride << Int(bits) }

  init() {
    // Zeroed pages of the system: those that no word falls on are never touched.
    let pages = mmap(
      nil, Self.byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    let memory =
      pages == MAP_FAILED
      ? UnsafeMutableRawPointer.allocate(byteCount: Self.byteCount, alignment: 64) : pages
    isMapped = pages != MAP_FAILED
    entries = (memory ?? .allocate(byteCount: Self.byteCount, alignment: 64)).bindMemory(
      to: Entry.self, capacity: 1 << Int(Self.bits))
    if !isMapped {
      entries.initialize(repeating: Entry(key: .zero, tokens: .zero), count: 1 << Int(Self.bits))
    }
    masks = .allocate(capacity: 16)
    for length in 0..<16 {
      var mask = SIMD2<UInt64>.zero
      for byte in 0..<length { mask[byte / 8] |= 0xFF << UInt64(8 * (byte % 8)) }
      masks[length] = mask
    }
  }

  private let isMapped: Bool

  func deallocate() {
    if isMapped {
      munmap(entries, Self.byteCount)
    } else {
      entries.deallocate()
    }
    masks.deallocate()
  }

  /// Returns the key of a word of 1 to 15 bytes; 16 bytes have to be readable.
  @inline(__always)
  func key(_ word: UnsafePointer<UInt8>, length: Int) -> SIMD2<UInt64> {
    var key = UnsafeRawPointer(word).loadUnaligned(as: SIMD2<UInt64>.self) & masks[length]
    key[1] |= UInt64(length) << 56
    return key
  }

  /// Returns the first of the two places of a key.
  @inline(__always)
  func place(_ key: SIMD2<UInt64>) -> UnsafeMutablePointer<Entry> {
    let product = (key[0] ^ 0x9E37_79B9_7F4A_7C15).multipliedFullWidth(
      by: key[1] ^ 0xD1B5_4A32_D192_ED03)
    let hash = (product.high ^ product.low) &* 0x9E37_79B9_7F4A_7C15
    return entries + (Int(hash >> (64 - Self.bits)) & ~1)
  }

  /// Puts a word's tokens at the place of its key, unless they are too many.
  func store(
    _ key: SIMD2<UInt64>, _ tokens: UnsafePointer<Int32>, count: Int,
    at place: UnsafeMutablePointer<Entry>
  ) {
    guard count <= Self.maximumTokenCount else { return }
    place[1] = place[0]
    place.pointee.key = key
    for index in 0..<count { place.pointee.tokens[index] = tokens[index] }
    place.pointee.tokens[3] = Int32(count)
  }
}
