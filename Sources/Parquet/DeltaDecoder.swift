/// Decodes numbers of 32 or 64 bits from their differences (`DELTA_BINARY_PACKED`).
///
/// Blocks have their least difference, and miniblocks what the others are above it, packed with as
/// many bits as the largest takes. Nothing is decoded before it is asked for, so that a block of
/// 2³¹ equal numbers, which takes a few bytes, takes no more memory either.
///
/// Source: "Delta Encoding" of parquet-format's Encodings.md.
struct DeltaDecoder<Number: FixedWidthInteger & UnsignedInteger> {
  private var cursor: ByteCursor
  private let miniblocksPerBlock: Int
  private let valuesPerMiniblock: Int
  /// Numbers that were not decoded yet.
  private(set) var left: Int
  private var value: Number
  private var isAtFirst = true
  private var leastDelta: Number = 0
  private var widths = UnsafeRawBufferPointer(start: nil, count: 0)
  private var miniblock = 0
  private var leftInMiniblock = 0
  private var packed = UnsafeRawBufferPointer(start: nil, count: 0)
  private var width = 0
  private var bit = 0

  init(_ bytes: UnsafeRawBufferPointer) throws(Fault) {
    cursor = ByteCursor(bytes)
    let blockSize = try cursor.varint32()
    miniblocksPerBlock = try cursor.varint32()
    left = try cursor.varint32()
    value = Number(truncatingIfNeeded: try cursor.zigzag())
    guard blockSize > 0, blockSize % 128 == 0, miniblocksPerBlock > 0,
      blockSize % miniblocksPerBlock == 0, blockSize / miniblocksPerBlock % 32 == 0
    else {
      throw .corrupt("blocks of \(blockSize) differences in \(miniblocksPerBlock) parts")
    }
    valuesPerMiniblock = blockSize / miniblocksPerBlock
  }

  /// What follows the last number. To get there, nothing is decoded.
  func bytesAfterEnd() throws(Fault) -> UnsafeRawBufferPointer {
    var copy = self
    if copy.isAtFirst, copy.left > 0 {
      copy.left -= 1
      copy.isAtFirst = false
    }
    while copy.left > 0 {
      try copy.startMiniblock()
      copy.left -= min(copy.left, copy.valuesPerMiniblock)
    }
    return copy.cursor.rest
  }

  mutating func decode(
    _ count: Int, into numbers: UnsafeMutablePointer<Number>
  ) throws(Fault) {
    guard count <= left else { throw .endsEarly }
    var done = 0
    if isAtFirst, count > 0 {
      isAtFirst = false
      numbers[0] = value
      done = 1
    }
    while done < count {
      if leftInMiniblock == 0 { try startMiniblock() }
      let part = min(leftInMiniblock, count - done)
      unpack(part, into: numbers + done)
      leftInMiniblock -= part
      done += part
    }
    left -= count
  }

  private mutating func startMiniblock() throws(Fault) {
    if miniblock == widths.count {
      leastDelta = Number(truncatingIfNeeded: try cursor.zigzag())
      widths = try cursor.take(miniblocksPerBlock)
      miniblock = 0
    }
    width = Int(widths[miniblock])
    guard width <= Number.bitWidth else {
      throw .corrupt("differences of \(width) bits, expected at most \(Number.bitWidth)")
    }
    packed = try cursor.take(valuesPerMiniblock / 8 * width)
    miniblock += 1
    leftInMiniblock = valuesPerMiniblock
    bit = 0
  }

  private mutating func unpack(_ count: Int, into numbers: UnsafeMutablePointer<Number>) {
    let mask: UInt64 = width == 0 ? 0 : .max >> UInt64(64 - width)
    for index in 0..<count {
      var word: UInt64 = 0
      let byte = bit >> 3
      let shift = bit & 7
      if byte <= packed.count - 8 {
        word = UInt64(littleEndian: packed.loadUnaligned(fromByteOffset: byte, as: UInt64.self))
        word = word &>> UInt64(shift)
        // More than 57 bits may reach into a ninth byte.
        if width + shift > 64 { word |= UInt64(packed[byte + 8]) &<< UInt64(64 - shift) }
      } else {
        for place in 0..<min(Number.bitWidth / 8 + 1, packed.count - byte) {
          word |= UInt64(packed[byte + place]) &<< UInt64(8 * place)
        }
        word = word &>> UInt64(shift)
      }
      value = value &+ leastDelta &+ Number(truncatingIfNeeded: word & mask)
      numbers[index] = value
      bit += width
    }
  }
}
