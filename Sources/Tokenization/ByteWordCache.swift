import CVectorInstructions
import Foundation

/// Remembers the tokens of the shortest words, two of them to a cache line.
///
/// Like `WordCache`, which takes what does not fit here: a word has two neighbouring places, and a
/// new one takes the first and sends what was there to the second.
struct ByteWordCache {
  /// Words of up to this many bytes.
  static let maximumWordLength = 15
  /// Words that take up to this many tokens.
  static let maximumTokenCount = 3
  /// 2^18 entries are 8 MiB; 17 MB of novels have 72,000 words, and few of them share a place.
  private static let bits: UInt64 = 18

  struct Entry {
    var key: Key
    /// Up to three tokens, and how many there are.
    var tokens: SIMD4<Int32>
  }

  /// A word's bytes, with its length as the last one.
  struct Key {
    var low: UInt64
    var high: UInt64

    @inline(__always)
    static func == (left: Key, right: Key) -> Bool {
      (left.low ^ right.low) | (left.high ^ right.high) == 0
    }
  }

  private let entries: UnsafeMutablePointer<Entry>
  private let masks: UnsafeMutablePointer<Key>
  private let pages: SystemPages?

  init() {
    let count = 1 << Int(Self.bits)
    let byteCount = count * MemoryLayout<Entry>.stride
    pages = SystemPages(byteCount: byteCount)
    if let pages {
      entries = pages.start.bindMemory(to: Entry.self, capacity: count)
    } else {
      entries = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 64)
        .bindMemory(to: Entry.self, capacity: count)
      entries.initialize(
        repeating: Entry(key: Key(low: 0, high: 0), tokens: .zero), count: count)
    }
    masks = .allocate(capacity: 16)
    for length in 0..<16 {
      var mask = SIMD2<UInt64>.zero
      for byte in 0..<length { mask[byte / 8] |= 0xFF << UInt64(8 * (byte % 8)) }
      masks[length] = Key(low: mask[0], high: mask[1])
    }
  }

  func deallocate() {
    if let pages {
      pages.deallocate()
    } else {
      entries.deallocate()
    }
    masks.deallocate()
  }

  /// Returns the key of a word of 1 to 15 bytes; 16 bytes have to be readable.
  @inline(__always)
  func key(_ word: UnsafePointer<UInt8>, length: Int) -> Key {
    let bytes = UnsafeRawPointer(word)
    let mask = masks[length]
    return Key(
      low: bytes.loadUnaligned(as: UInt64.self) & mask.low,
      high: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self) & mask.high
        | UInt64(truncatingIfNeeded: length) << 56)
  }

  /// Returns the number of the first of the two places of a key.
  @inline(__always)
  func place(_ key: Key) -> Int {
    let product = (key.low ^ 0x9E37_79B9_7F4A_7C15).multipliedFullWidth(
      by: key.high ^ 0xD1B5_4A32_D192_ED03)
    let hash = (product.high ^ product.low) &* 0x9E37_79B9_7F4A_7C15
    return Int(truncatingIfNeeded: hash >> (64 - Self.bits)) & ~1
  }

  @inline(__always)
  func entry(_ place: Int) -> UnsafeMutablePointer<Entry> { entries + place }

  /// Asks for a place to be brought nearer.
  @inline(__always)
  func prefetch(_ place: Int) { samara_prefetch(entries + place) }

  /// Puts a word's tokens at the first place of its key, unless they are too many.
  func store(_ key: Key, _ tokens: UnsafePointer<Int32>, count: Int) {
    guard count <= Self.maximumTokenCount else { return }
    let entry = entry(place(key))
    entry[1] = entry[0]
    entry.pointee.key = key
    for index in 0..<count { entry.pointee.tokens[index] = tokens[index] }
    entry.pointee.tokens[3] = Int32(count)
  }
}

/// Zeroed memory of the system's: what is never touched costs nothing, and large pages, where there
/// are any, spare the processor's table of addresses.
struct SystemPages {
  let start: UnsafeMutableRawPointer
  private let mapped: UnsafeMutableRawPointer
  private let mappedCount: Int

  /// Returns nil where the system gives none.
  init?(byteCount: Int) {
    let alignment = 1 << 21
    mappedCount = byteCount + alignment
    guard
      let mapped = mmap(
        nil, mappedCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      mapped != MAP_FAILED
    else { return nil }
    self.mapped = mapped
    start = mapped.alignedUp(toMultipleOf: alignment)
    #if os(Linux)
      // Before the first touch, or the pages are small ones already. Only advice: failure is fine.
      madvise(start, byteCount, MADV_HUGEPAGE)
    #endif
  }

  func deallocate() { munmap(mapped, mappedCount) }
}
