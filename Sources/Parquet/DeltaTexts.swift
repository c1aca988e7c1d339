/// Texts behind all of their lengths (`DELTA_LENGTH_BYTE_ARRAY`).
struct DeltaLengthTexts {
  private var lengths: DeltaDecoder<UInt32>
  private let texts: UnsafeRawBufferPointer
  private var position = 0

  init(_ bytes: UnsafeRawBufferPointer) throws(Fault) {
    lengths = try DeltaDecoder<UInt32>(bytes)
    texts = try lengths.bytesAfterEnd()
  }

  var base: UnsafeRawPointer? { texts.baseAddress }

  /// Finds the next texts; returns the stretch that they lie in, and whether each of them begins
  /// where a character may.
  mutating func decode(
    _ count: Int, into starts: UnsafeMutablePointer<UInt32>,
    _ counts: UnsafeMutablePointer<UInt32>
  ) throws(Fault) -> (UnsafeRawBufferPointer, beginsAreRight: Bool) {
    try lengths.decode(count, into: counts)
    let first = position
    var beginsAreRight = true
    for index in 0..<count {
      let length = Int(counts[index])
      guard length <= texts.count - position else {
        throw .corrupt("a text of \(length) bytes where the page has \(texts.count - position)")
      }
      starts[index] = UInt32(truncatingIfNeeded: position)
      // The bytes from 0x80 to 0xBF go on with a character.
      if length > 0, texts[position] & 0xC0 == 0x80 { beginsAreRight = false }
      position += length
    }
    return (UnsafeRawBufferPointer(rebasing: texts[first..<position]), beginsAreRight)
  }
}

/// Texts of which each says how much of the one before it it begins with (`DELTA_BYTE_ARRAY`).
///
/// They are put together in memory of its own, a few at a time: what prefixes make of a page has no
/// bound but the square of its size.
final class DeltaTexts {
  /// Texts put together at a time are at most this long in all, unless one alone is longer.
  private static let batchByteCount = 1 << 20
  private static let queueCapacity = 1_024

  private var limit = 0
  private var suffixes: DeltaLengthDecoder?
  private var prefixLengths: DeltaDecoder<UInt32>?
  private var prefixes = ByteSpans(capacity: queueCapacity)
  private var queued = 0..<0
  private var buffer = ReusableBuffer()
  private var last = 0..<0

  private struct DeltaLengthDecoder {
    var lengths: DeltaDecoder<UInt32>
    let bytes: UnsafeRawBufferPointer
    var position = 0
  }

  var base: UnsafeRawPointer? { UnsafeRawPointer(buffer.base) }

  /// Starts at a chunk, no text of which is to be longer than `limit`.
  func startChunk(limit: Int) {
    // Two texts have to lie within what 32 bits can count.
    self.limit = min(limit, 1 << 30)
    forget()
  }

  /// Forgets the text before the next one.
  func forget() {
    last = 0..<0
  }

  /// Starts at a page.
  ///
  /// Its first text should have no prefix; parquet-mr before 1.8 let it have one from the page
  /// before (PARQUET-246), and it is taken so, if that page was read.
  func start(_ bytes: UnsafeRawBufferPointer) throws(Fault) {
    let prefixes = try DeltaDecoder<UInt32>(bytes)
    let lengths = try DeltaDecoder<UInt32>(prefixes.bytesAfterEnd())
    guard prefixes.left == lengths.left else {
      throw .corrupt("a page has \(prefixes.left) prefixes and \(lengths.left) suffixes")
    }
    prefixLengths = prefixes
    suffixes = DeltaLengthDecoder(lengths: lengths, bytes: try lengths.bytesAfterEnd())
    queued = 0..<0
  }

  /// How many texts can be put together next; any number, and in vain, if there are no more.
  func available() throws(Fault) -> Int {
    if queued.isEmpty {
      guard let left = prefixLengths?.left, left > 0 else { return .max }
      let count = min(left, Self.queueCapacity)
      try prefixLengths?.decode(count, into: prefixes.starts)
      try suffixes?.lengths.decode(count, into: prefixes.counts)
      queued = 0..<count
    }
    var byteCount = 0
    for index in queued {
      byteCount += Int(prefixes.starts[index]) + Int(prefixes.counts[index])
      if byteCount > Self.batchByteCount { return max(1, index - queued.lowerBound) }
    }
    return queued.count
  }

  /// Puts the next texts together, no more than there are available; returns the stretch that they
  /// lie in, with a zero behind each.
  func decode(
    _ count: Int, into starts: UnsafeMutablePointer<UInt32>,
    _ counts: UnsafeMutablePointer<UInt32>
  ) throws(Fault) -> UnsafeRawBufferPointer {
    guard count > 0 else { return UnsafeRawBufferPointer(start: nil, count: 0) }
    guard var source = suffixes, count <= queued.count else { throw .endsEarly }
    // First all sizes, so that the memory does not move while pointers into it are in use.
    var size = last.count
    var lengthBefore = last.count
    var suffixBytes = 0
    for index in queued.prefix(count) {
      let prefix = Int(prefixes.starts[index])
      let suffix = Int(prefixes.counts[index])
      guard prefix <= lengthBefore else {
        throw .corrupt("a prefix of \(prefix) bytes from a text of \(lengthBefore)")
      }
      suffixBytes += suffix
      guard suffixBytes <= source.bytes.count - source.position else { throw .endsEarly }
      lengthBefore = prefix + suffix
      guard lengthBefore <= limit else {
        throw .tooLarge(what: "a text", limit: limit, found: lengthBefore)
      }
      size += lengthBefore + 1
    }
    try buffer.reserve(size + 1, keeping: last.upperBound)
    guard let base = buffer.base else { throw .endsEarly }
    base.copyMemory(from: base + last.lowerBound, byteCount: last.count)
    let first = last.count
    last = 0..<first
    var end = first
    for index in 0..<count {
      let queueIndex = queued.lowerBound + index
      let prefix = Int(prefixes.starts[queueIndex])
      let suffix = Int(prefixes.counts[queueIndex])
      (base + end).copyMemory(from: base + last.lowerBound, byteCount: prefix)
      if suffix > 0, let bytes = source.bytes.baseAddress {
        (base + end + prefix).copyMemory(from: bytes + source.position, byteCount: suffix)
      }
      source.position += suffix
      last = end..<end + prefix + suffix
      starts[index] = UInt32(truncatingIfNeeded: end)
      counts[index] = UInt32(truncatingIfNeeded: prefix + suffix)
      end = last.upperBound
      (base + end).storeBytes(of: 0, as: UInt8.self)
      end += 1
    }
    suffixes = source
    queued = queued.dropFirst(count)
    return UnsafeRawBufferPointer(start: base + first, count: end - first)
  }
}
