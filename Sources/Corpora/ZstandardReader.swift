import CZstd

/// Decompresses Zstandard (RFC 8878): any number of frames, skippable ones among them, windows to 2
/// GiB.
///
/// The window is reserved at its full size when a frame's header says so, but its pages are only
/// touched as far as data really arrive.
final class ZstandardReader: ByteReader {
  /// What `zstd --long=31` writes, the most that 64-bit builds of the library take; its own default
  /// is 27.
  static let maximumWindowLog: Int32 = 31

  private let path: String
  private let file: any ByteReader
  private let context: OpaquePointer
  private let input = UnsafeMutableRawBufferPointer.allocate(byteCount: readSize, alignment: 16)
  private var position = 0
  private var end = 0
  private var bytesRead = 0
  private var isBetweenFrames = true
  private var mayHoldOutput = false

  init(path: String, file: any ByteReader) throws(CorpusError) {
    self.path = path
    self.file = file
    guard let context = ZSTD_createDCtx() else {
      throw .corrupt(
        path: path, compression: .zstandard, byteOffset: 0, detail: "no memory for the decompressor"
      )
    }
    self.context = context
    ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, Self.maximumWindowLog)
  }

  deinit {
    ZSTD_freeDCtx(context)
    input.deallocate()
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(CorpusError) -> Int {
    while true {
      if position == end, !mayHoldOutput, try !refill() {
        guard isBetweenFrames else {
          throw .truncated(path: path, compression: .zstandard, byteOffset: bytesRead)
        }
        return 0
      }
      var source = ZSTD_inBuffer(src: input.baseAddress, size: end, pos: position)
      var target = ZSTD_outBuffer(dst: buffer.baseAddress, size: buffer.count, pos: 0)
      let code = ZSTD_decompressStream(context, &target, &source)
      guard ZSTD_isError(code) == 0 else {
        throw .corrupt(
          path: path, compression: .zstandard, byteOffset: bytesRead - (end - source.pos),
          detail: String(cString: ZSTD_getErrorName(code)))
      }
      position = source.pos
      isBetweenFrames = code == 0
      mayHoldOutput = target.pos == target.size && code != 0
      if target.pos > 0 { return target.pos }
    }
  }

  private func refill() throws(CorpusError) -> Bool {
    position = 0
    end = try file.read(into: input)
    bytesRead += end
    return end > 0
  }
}
