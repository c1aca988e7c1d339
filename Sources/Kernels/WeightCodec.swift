import CVectorInstructions

/// Numbers to and from the formats that files keep weights in.
public enum WeightCodec {
  /// The numbers of a part, as float32.
  public static func decoded(_ part: WeightPart) -> Buffer {
    let result = Buffer(uninitializedCount: part.elementCount)
    decode(part, into: result, at: 0)
    return result
  }

  /// Writes the numbers of a part into a float32 buffer, from an offset on; spread over the pool.
  public static func decode(_ part: WeightPart, into buffer: Buffer, at offset: Int) {
    precondition(
      offset + part.elementCount <= buffer.count,
      "\(part.elementCount) numbers from \(offset) on in a buffer of \(buffer.count)")
    let target = buffer.pointer + offset
    ThreadPool.shared.forEachRange(part.elementCount, grain: 1 << 16) { range in
      decode(part.part(range), into: target + range.lowerBound)
    }
  }

  /// Writes the numbers of a part on the calling thread.
  static func decode(_ part: WeightPart, into target: UnsafeMutablePointer<Float>) {
    let (bytes, count) = (part.bytes, part.elementCount)
    guard let base = bytes.baseAddress else { return }
    switch part.format {
    case .float32: UnsafeMutableRawPointer(target).copyMemory(from: base, byteCount: bytes.count)
    case .bfloat16:
      Halves.decode(base, count, into: target, by: { Float(BFloat16(bits: $0)) }) { bits in
        unsafeBitCast(samara_widen_16_bits(bits) &<< 16, to: Vector.self)
      }
    case .float16:
      Halves.decode(
        base, count, into: target, by: { Float(Float16(bitPattern: $0)) }, samara_widen_float16)
    case .eightBitBlocks:
      for block in 0..<count / 32 {
        BlockCodec.decodeEightBits(base + 34 * block, into: target + 32 * block)
      }
    case .fourBitBlocks:
      for block in 0..<count / 32 {
        BlockCodec.decodeFourBits(base + 18 * block, into: target + 32 * block)
      }
    }
  }

  /// The bytes of numbers in another format, rounded to the nearest that it has; they are whole blocks.
  ///
  /// Scales are as in ggml's reference quantization: q8_0 maps the largest magnitude to 127; q4_0 the
  /// number of the largest magnitude to −8.
  public static func encoded(_ part: WeightPart, as format: WeightFormat) -> [UInt8] {
    guard let byteCount = format.byteCount(of: part.elementCount) else {
      preconditionFailure("\(part.elementCount) numbers are no whole blocks of \(format.rawValue)")
    }
    if part.format == format { return Array(part.bytes) }
    return [UInt8](unsafeUninitializedCapacity: byteCount) { bytes, count in
      let target = UnsafeMutableRawBufferPointer(bytes)
      ThreadPool.shared.forEachRange(part.elementCount, grain: 1 << 16) { range in
        let start = range.lowerBound / format.blockLength * format.blockByteCount
        encode(
          part.part(range), as: format,
          into: UnsafeMutableRawBufferPointer(rebasing: target[start...]))
      }
      count = byteCount
    }
  }

  /// Writes the bytes of a part in another format, on the calling thread, through a strip of float32
  /// that stays in the first-level cache.
  static func encode(
    _ part: WeightPart, as format: WeightFormat, into bytes: UnsafeMutableRawBufferPointer
  ) {
    let length = 2048
    withUnsafeTemporaryAllocation(of: Float.self, capacity: length) { strip in
      guard let numbers = strip.baseAddress else { return }
      for start in stride(from: 0, to: part.elementCount, by: length) {
        let range = start..<min(part.elementCount, start + length)
        decode(part.part(range), into: numbers)
        let offset = start / format.blockLength * format.blockByteCount
        encode(
          numbers, range.count, as: format,
          into: UnsafeMutableRawBufferPointer(rebasing: bytes[offset...]))
      }
    }
  }

  private static func encode(
    _ numbers: UnsafePointer<Float>, _ count: Int, as format: WeightFormat,
    into bytes: UnsafeMutableRawBufferPointer
  ) {
    guard let base = bytes.baseAddress else { return }
    switch format {
    case .float32: base.copyMemory(from: numbers, byteCount: 4 * count)
    case .bfloat16:
      Halves.encode(numbers, count, into: base, by: { BFloat16($0).bits }, samara_round_to_bfloat16)
    case .float16:
      Halves.encode(
        numbers, count, into: base, by: { Float16($0).bitPattern }, samara_round_to_float16)
    case .eightBitBlocks:
      for block in 0..<count / 32 {
        BlockCodec.encodeEightBits(numbers + 32 * block, into: base + 34 * block)
      }
    case .fourBitBlocks:
      for block in 0..<count / 32 {
        BlockCodec.encodeFourBits(numbers + 32 * block, into: base + 18 * block)
      }
    }
  }
}

/// Numbers of 16 bits, sixteen at a time and the last few one by one.
private enum Halves {
  @inline(__always)
  static func decode(
    _ bytes: UnsafeRawPointer, _ count: Int, into target: UnsafeMutablePointer<Float>,
    by one: (UInt16) -> Float, _ sixteen: (SIMD16<UInt16>) -> Vector
  ) {
    let whole = count & ~15
    for index in stride(from: 0, to: whole, by: 16) {
      let bits = bytes.loadUnaligned(fromByteOffset: 2 &* index, as: SIMD16<UInt16>.self)
      store(sixteen(bits), target + index)
    }
    for index in whole..<count {
      target[index] = one(bytes.loadUnaligned(fromByteOffset: 2 &* index, as: UInt16.self))
    }
  }

  @inline(__always)
  static func encode(
    _ numbers: UnsafePointer<Float>, _ count: Int, into bytes: UnsafeMutableRawPointer,
    by one: (Float) -> UInt16, _ sixteen: (Vector) -> SIMD16<UInt16>
  ) {
    let whole = count & ~15
    for index in stride(from: 0, to: whole, by: 16) {
      bytes.storeBytes(
        of: sixteen(load(numbers + index)), toByteOffset: 2 &* index, as: SIMD16<UInt16>.self)
    }
    for index in whole..<count {
      bytes.storeBytes(of: one(numbers[index]), toByteOffset: 2 &* index, as: UInt16.self)
    }
  }
}
