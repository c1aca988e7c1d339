import CLZ4

/// The codec that Parquet calls LZ4, which writers understood in three ways.
///
/// It was meant as Hadoop writes it: for each stretch its size, then blocks with a size each, all
/// sizes in four bytes, the most significant first. Some writers left the sizes out, and some wrote
/// LZ4's own frames. Which it is shows in whether the sizes fit; a page of one kind cannot by chance
/// be a whole page of another of just the size that its header says.
enum HadoopLZ4 {
  static func decompress(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
  ) throws(Fault) -> Int {
    if let produced = stretches(source, into: target), produced == target.count {
      return produced
    }
    if source.count >= 4, UInt32(littleEndian: source.loadUnaligned(as: UInt32.self)) == 0x184D_2204
    {
      return try frames(source, into: target)
    }
    return try block(source, into: target)
  }

  /// One bare block.
  static func block(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
  ) throws(Fault) -> Int {
    guard let count = bareBlock(source, into: target) else { throw .corrupt("broken LZ4 data") }
    return count
  }

  private static func bareBlock(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
  ) -> Int? {
    // LZ4 counts in 32 bits with a sign, as Parquet does.
    guard let sourceCount = Int32(exactly: source.count),
      let targetCount = Int32(exactly: target.count)
    else { return nil }
    let count = LZ4_decompress_safe(
      source.baseAddress?.assumingMemoryBound(to: CChar.self),
      target.baseAddress?.assumingMemoryBound(to: CChar.self), sourceCount, targetCount)
    return count < 0 ? nil : Int(count)
  }

  /// Hadoop's way; nil if the sizes do not fit.
  private static func stretches(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
  ) -> Int? {
    do throws(Fault) {
      var cursor = ByteCursor(source)
      var produced = 0
      while cursor.remaining > 0 {
        let count = Int(try cursor.bigEndian32())
        guard count <= target.count - produced else { return nil }
        let end = produced + count
        while produced < end {
          let block = try cursor.take(Int(cursor.bigEndian32()))
          let room = UnsafeMutableRawBufferPointer(rebasing: target[produced..<end])
          guard let got = bareBlock(block, into: room), got > 0 else { return nil }
          produced += got
        }
      }
      return produced
    } catch {
      return nil
    }
  }

  private static func frames(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
  ) throws(Fault) -> Int {
    var context: OpaquePointer?
    guard LZ4F_isError(LZ4F_createDecompressionContext(&context, UInt32(LZ4F_VERSION))) == 0,
      let context
    else { throw .corrupt("no memory for the decompressor") }
    defer { LZ4F_freeDecompressionContext(context) }
    var consumed = 0
    var produced = 0
    var hint = 1
    while consumed < source.count {
      var inputCount = source.count - consumed
      var outputCount = target.count - produced
      hint = LZ4F_decompress(
        context, target.baseAddress.map { $0 + produced }, &outputCount,
        source.baseAddress.map { $0 + consumed }, &inputCount, nil)
      guard LZ4F_isError(hint) == 0 else {
        throw .corrupt("broken LZ4 data: \(String(cString: LZ4F_getErrorName(hint)))")
      }
      consumed += inputCount
      produced += outputCount
      if inputCount == 0, outputCount == 0 { break }
    }
    guard consumed == source.count, hint == 0 else {
      throw .corrupt("broken LZ4 data: they stop short, or give more than the page's header says")
    }
    return produced
  }
}
