import CZlib
import CZstd
import Corpora
import Foundation
import Testing
import Tokenization

/// Every way of packing, with a window that a test's corpus fills several times.
let testedPackings: [Packing] = [.concatenated, .padOrTruncate, .bestFit(windowPieces: 13)]

/// One gzip member.
func gzipped(_ bytes: [UInt8]) -> [UInt8] {
  var stream = z_stream()
  deflateInit2_(
    &stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
    Int32(MemoryLayout<z_stream>.size))
  defer { deflateEnd(&stream) }
  var input = bytes
  var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(bytes.count))) + 64)
  let count = input.withUnsafeMutableBufferPointer { source in
    output.withUnsafeMutableBufferPointer { target in
      stream.next_in = source.baseAddress
      stream.avail_in = UInt32(source.count)
      stream.next_out = target.baseAddress
      stream.avail_out = UInt32(target.count)
      #expect(deflate(&stream, Z_FINISH) == Z_STREAM_END)
      return Int(stream.total_out)
    }
  }
  return Array(output[..<count])
}

/// One zstd frame; with `windowLog`, one that asks for such a window.
func zstandard(_ bytes: [UInt8], windowLog: Int32? = nil) -> [UInt8] {
  let context = ZSTD_createCCtx()
  defer { ZSTD_freeCCtx(context) }
  if let windowLog {
    ZSTD_CCtx_setParameter(context, ZSTD_c_enableLongDistanceMatching, 1)
    ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, windowLog)
    // With the size in the header the window would be cut down to it.
    ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0)
  }
  var output = [UInt8](repeating: 0, count: ZSTD_compressBound(bytes.count) + 64)
  let capacity = output.count
  let count = output.withUnsafeMutableBytes { target in
    bytes.withUnsafeBytes { source in
      var input = ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: 0)
      var out = ZSTD_outBuffer(dst: target.baseAddress, size: capacity, pos: 0)
      #expect(ZSTD_compressStream2(context, &out, &input, ZSTD_e_continue) < 1 << 40)
      while ZSTD_compressStream2(context, &out, &input, ZSTD_e_end) != 0 {}
      return out.pos
    }
  }
  return Array(output[..<count])
}

/// A token a byte: 0 pads, 1 starts, 2 ends, byte b is b + 3.
struct ByteTokenizer: Tokenizer {
  var vocabularySize: Int { 259 }
  var startToken: Int32? = 1
  var endToken: Int32? = 2
  var paddingToken: Int32? = 0
  var fingerprint = "bytes"
  func encode(_ text: UnsafeBufferPointer<UInt8>) -> [Int32] { text.map { Int32($0) + 3 } }
  func appendBytes(of token: Int32, to bytes: inout [UInt8], isAtStart: inout Bool) {
    if let byte = UInt8(exactly: token - 3) { bytes.append(byte) }
  }
  func piece(_ token: Int32) -> String { String(token) }
}

/// The text a tokenizer of bytes would see: start, bytes, end.
func byteTokens(_ text: String) -> [Int32] { [1] + text.utf8.map { Int32($0) + 3 } + [2] }

/// A generator of fixed sequence for made-up texts.
struct TestGenerator: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    let mixed = state ^ (state >> 33)
    return mixed &* 0xff51_afd7_ed55_8ccd ^ (mixed >> 29)
  }
}

/// JSON of an object, by Foundation, which is not the code under test.
func jsonLine(_ object: [String: Any]) throws -> String {
  String(
    decoding: try JSONSerialization.data(withJSONObject: object, options: [.sortedKeys]),
    as: UTF8.self)
}

extension BatchStream {
  /// Everything to the end of the corpus.
  func remaining() throws -> [Batch] {
    var batches: [Batch] = []
    while let batch = try next() { batches.append(batch) }
    return batches
  }
}

/// Targets that count, of all batches.
func targets(_ batches: [Batch]) -> [Int32] {
  batches.flatMap { $0.targets.filter { $0 != Batch.ignoredTarget } }
}

/// The documents of files, whole, as a stream with a byte tokenizer reads them.
func documents(
  _ files: [String], field: String = "text", malformedLines: MalformedLinePolicy = .stop
) throws -> [String] {
  let stream = try BatchStream(
    files: files, textField: field, tokenizer: ByteTokenizer(), filter: .none,
    packing: .concatenated, batchSize: 4, sequenceLength: 61, endOfCorpus: .stop,
    malformedLines: malformedLines)
  // The very first token is no target: put it back.
  let tokens = [1] + targets(try stream.remaining())
  return tokens.split(separator: 1, omittingEmptySubsequences: false).dropFirst().map {
    String(decoding: ByteTokenizer().decodeBytes($0), as: UTF8.self)
  }
}

/// Reads a file's text, unwrapped, in buffers of a size.
func unwrapped(_ path: String, compression: Compression, bufferSize: Int = 1_000) throws -> [UInt8]
{
  let reader = try openDecompressed(path: path, compression: compression)
  var bytes: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: bufferSize)
  while true {
    let count = try buffer.withUnsafeMutableBytes { try reader.read(into: $0) }
    if count == 0 { return bytes }
    bytes += buffer[..<count]
  }
}
