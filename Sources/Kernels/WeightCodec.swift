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
      for index in 0..<count {
        let bits = base.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self)
        target[index] = Float(BFloat16(bits: bits))
      }
    case .float16:
      for index in 0..<count {
        target[index] = Float(base.loadUnaligned(fromByteOffset: 2 * index, as: Float16.self))
      }
    case .eightBitBlocks:
      for block in 0..<count / 32 {
        let start = base + 34 * block
        let scale = Float(start.loadUnaligned(as: Float16.self))
        for index in 0..<32 {
          target[32 * block + index] =
            scale * Float(start.load(fromByteOffset: 2 + index, as: Int8.self))
        }
      }
    case .fourBitBlocks:
      for block in 0..<count / 32 {
        let start = base + 18 * block
        let scale = Float(start.loadUnaligned(as: Float16.self))
        for index in 0..<16 {
          let byte = start.load(fromByteOffset: 2 + index, as: UInt8.self)
          target[32 * block + index] = scale * (Float(byte & 15) - 8)
          target[32 * block + 16 + index] = scale * (Float(byte >> 4) - 8)
        }
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
      for index in 0..<count {
        base.storeBytes(
          of: BFloat16(numbers[index]).bits, toByteOffset: 2 * index, as: UInt16.self)
      }
    case .float16:
      for index in 0..<count {
        base.storeBytes(of: Float16(numbers[index]), toByteOffset: 2 * index, as: Float16.self)
      }
    case .eightBitBlocks:
      for block in 0..<count / 32 {
        encodeEightBits(numbers + 32 * block, into: base + 34 * block)
      }
    case .fourBitBlocks:
      for block in 0..<count / 32 {
        encodeFourBits(numbers + 32 * block, into: base + 18 * block)
      }
    }
  }

  private static func encodeEightBits(
    _ numbers: UnsafePointer<Float>, into block: UnsafeMutableRawPointer
  ) {
    var largest: Float = 0
    for index in 0..<32 { largest = max(largest, abs(numbers[index])) }
    let scale = largest / 127
    let inverse = scale == 0 ? 0 : 1 / scale
    block.storeBytes(of: Float16(scale), as: Float16.self)
    for index in 0..<32 {
      let code = (numbers[index] * inverse).rounded(.toNearestOrAwayFromZero)
      block.storeBytes(
        of: Int8(max(-127, min(127, code))), toByteOffset: 2 + index, as: Int8.self)
    }
  }

  private static func encodeFourBits(
    _ numbers: UnsafePointer<Float>, into block: UnsafeMutableRawPointer
  ) {
    var extreme: Float = 0
    for index in 0..<32 where abs(numbers[index]) > abs(extreme) { extreme = numbers[index] }
    let scale = extreme / -8
    let inverse = scale == 0 ? 0 : 1 / scale
    block.storeBytes(of: Float16(scale), as: Float16.self)
    func code(_ number: Float) -> UInt8 { UInt8(max(0, min(15, number * inverse + 8.5))) }
    for index in 0..<16 {
      block.storeBytes(
        of: code(numbers[index]) | code(numbers[index + 16]) << 4, toByteOffset: 2 + index,
        as: UInt8.self)
    }
  }
}
