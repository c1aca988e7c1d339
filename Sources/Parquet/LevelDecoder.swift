/// Decodes the repetition or definition levels of a page.
struct LevelDecoder {
  private enum Source {
    /// All levels are 0, and nothing is stored.
    case none
    case hybrid(HybridDecoder)
    case packed(BigEndianPackedLevels)
  }

  private var source: Source

  /// Levels of a page where there is only the level 0.
  static var zeros: LevelDecoder { LevelDecoder(source: .none) }

  private init(source: Source) {
    self.source = source
  }

  /// Levels in runs, as all but the oldest writers store them.
  init(_ bytes: UnsafeRawBufferPointer, maximum: UInt8) {
    source = .hybrid(
      HybridDecoder(bytes, width: Self.width(of: maximum), limit: Int(maximum) + 1))
  }

  /// Levels packed without runs, the most significant bit first: `BIT_PACKED`, long deprecated.
  init(packed bytes: UnsafeRawBufferPointer, maximum: UInt8) {
    source = .packed(
      BigEndianPackedLevels(bytes: bytes, width: Self.width(of: maximum), maximum: maximum))
  }

  static func width(of maximum: UInt8) -> Int { 8 - maximum.leadingZeroBitCount }

  /// Decodes the next `count` levels; returns the one that all of them are, if that was seen.
  mutating func decode(
    _ count: Int, into levels: UnsafeMutablePointer<UInt8>
  ) throws(Fault) -> UInt8? {
    switch source {
    case .none:
      levels.update(repeating: 0, count: count)
      return 0
    case .hybrid(var decoder):
      let level = try decoder.decode(count, into: levels)
      source = .hybrid(decoder)
      return level.map { UInt8(truncatingIfNeeded: $0) }
    case .packed(var decoder):
      try decoder.decode(count, into: levels)
      source = .packed(decoder)
      return nil
    }
  }
}

private struct BigEndianPackedLevels {
  let bytes: UnsafeRawBufferPointer
  let width: Int
  let maximum: UInt8
  var bit = 0

  mutating func decode(
    _ count: Int, into levels: UnsafeMutablePointer<UInt8>
  ) throws(Fault) {
    for index in 0..<count {
      guard bit + width <= bytes.count * 8 else { throw .endsEarly }
      var level: UInt8 = 0
      for _ in 0..<width {
        level = level << 1 | (bytes[bit >> 3] >> UInt8(7 - bit & 7)) & 1
        bit += 1
      }
      guard level <= maximum else {
        throw .corrupt("the level \(level), expected one of at most \(maximum)")
      }
      levels[index] = level
    }
  }
}
