import CBrotli
import CSnappy
import CZlib
import CZstd

/// Decompresses pages, with contexts that live from page to page.
final class PageDecompressor {
  private var zstandard: OpaquePointer?
  /// On the heap because zlib keeps the address of the stream that it was initialised with.
  private var deflate: UnsafeMutablePointer<z_stream>?

  deinit {
    ZSTD_freeDCtx(zstandard)
    if let deflate {
      inflateEnd(deflate)
      deflate.deallocate()
    }
  }

  /// Fills `target`, to its last byte and no further.
  func decompress(
    _ source: UnsafeRawBufferPointer, _ codec: Codec, into target: UnsafeMutableRawBufferPointer
  ) throws(Fault) {
    let produced =
      switch codec {
      case .uncompressed, .lzo: throw Fault.unsupported(codec.name)
      case .snappy: try snappy(source, target)
      case .gzip: try gzip(source, target)
      case .brotli: try brotli(source, target)
      case .lz4: try HadoopLZ4.decompress(source, into: target)
      case .lz4Raw: try HadoopLZ4.block(source, into: target)
      case .zstandard: try zstandard(source, target)
      }
    guard produced == target.count else {
      throw .corrupt(
        "a page has \(produced) bytes decompressed, its header says \(target.count)")
    }
  }

  private func snappy(
    _ source: UnsafeRawBufferPointer, _ target: UnsafeMutableRawBufferPointer
  ) throws(Fault) -> Int {
    let input = source.baseAddress?.assumingMemoryBound(to: CChar.self)
    var count = 0
    guard snappy_uncompressed_length(input, source.count, &count) == SNAPPY_OK else {
      throw .corrupt("broken Snappy data")
    }
    guard count <= target.count else { return count }
    guard
      snappy_uncompress(
        input, source.count, target.baseAddress?.assumingMemoryBound(to: CChar.self), &count)
        == SNAPPY_OK
    else { throw .corrupt("broken Snappy data") }
    return count
  }

  private func zstandard(
    _ source: UnsafeRawBufferPointer, _ target: UnsafeMutableRawBufferPointer
  ) throws(Fault) -> Int {
    if zstandard == nil { zstandard = ZSTD_createDCtx() }
    guard let zstandard else { throw .corrupt("no memory for the decompressor") }
    let code = ZSTD_decompressDCtx(
      zstandard, target.baseAddress, target.count, source.baseAddress, source.count)
    guard ZSTD_isError(code) == 0 else {
      throw .corrupt("broken Zstandard data: \(String(cString: ZSTD_getErrorName(code)))")
    }
    return code
  }

  private func brotli(
    _ source: UnsafeRawBufferPointer, _ target: UnsafeMutableRawBufferPointer
  ) throws(Fault) -> Int {
    var count = target.count
    guard
      BrotliDecoderDecompress(
        source.count, source.baseAddress?.assumingMemoryBound(to: UInt8.self), &count,
        target.baseAddress?.assumingMemoryBound(to: UInt8.self)) == BROTLI_DECODER_RESULT_SUCCESS
    else { throw .corrupt("broken Brotli data, or more of them than the page's header says") }
    return count
  }

  /// Any number of members of gzip (RFC 1952), one after the other; zlib's format is also taken.
  private func gzip(
    _ source: UnsafeRawBufferPointer, _ target: UnsafeMutableRawBufferPointer
  ) throws(Fault) -> Int {
    let stream = try inflater()
    var consumed = 0
    var produced = 0
    while consumed < source.count {
      // 15: the largest window. 32: gzip or zlib, by their headers.
      guard inflateReset2(stream, 15 + 32) == Z_OK else {
        throw .corrupt("no memory for the decompressor")
      }
      stream.pointee.next_in = UnsafeMutablePointer(
        mutating: source.baseAddress?.assumingMemoryBound(to: UInt8.self)
      )
      .map { $0 + consumed }
      stream.pointee.avail_in = UInt32(clamping: source.count - consumed)
      stream.pointee.next_out = target.baseAddress?.assumingMemoryBound(to: UInt8.self)
        .advanced(by: produced)
      stream.pointee.avail_out = UInt32(clamping: target.count - produced)
      guard inflate(stream, Z_FINISH) == Z_STREAM_END else {
        throw .corrupt(
          "broken gzip data: "
            + (stream.pointee.msg.map { String(cString: $0) }
              ?? "they stop short, or give more than the page's header says"))
      }
      consumed = source.count - Int(stream.pointee.avail_in)
      produced = target.count - Int(stream.pointee.avail_out)
    }
    return produced
  }

  private func inflater() throws(Fault) -> UnsafeMutablePointer<z_stream> {
    if let deflate { return deflate }
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    stream.initialize(to: z_stream())
    guard
      inflateInit2_(stream, 15 + 32, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else {
      stream.deallocate()
      throw .corrupt("no memory for the decompressor")
    }
    deflate = stream
    return stream
  }
}
