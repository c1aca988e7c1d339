/// How pages are compressed; the numbers are those of `CompressionCodec` in parquet.thrift.
enum Codec: Int {
  case uncompressed, snappy, gzip, lzo, brotli, lz4, zstandard, lz4Raw

  init(code: Int) throws(Fault) {
    guard let codec = Codec(rawValue: code) else {
      throw .unsupported("pages are compressed by the unknown codec \(code)")
    }
    guard codec != .lzo else { throw .unsupported("pages are compressed by LZO") }
    self = codec
  }

  var name: String {
    switch self {
    case .uncompressed: "no codec"
    case .snappy: "Snappy"
    case .gzip: "gzip"
    case .lzo: "LZO"
    case .brotli: "Brotli"
    case .lz4, .lz4Raw: "LZ4"
    case .zstandard: "Zstandard"
    }
  }

  /// The most bytes that `count` compressed ones can stand for, or nil where there is no bound
  /// worth having.
  ///
  /// A header that says more lies, and is found out before memory is asked for.
  func largestExpansion(of count: Int) -> Int? {
    let rate: Int? =
      switch self {
      case .uncompressed, .lzo: 1
      // The longest copy is 64 bytes, in 2 to 3.
      case .snappy: 32
      // A length goes on by 255 for each byte.
      case .lz4, .lz4Raw: 255
      // A match of 258 bytes takes at least two bits.
      case .gzip: 1_032
      // A block of 128 KiB of one byte takes four.
      case .zstandard: 32_768
      case .brotli: nil
      }
    guard let rate else { return nil }
    // Whatever a format lets the last bytes say beyond its rate.
    let slack = self == .uncompressed ? 0 : 1 << 17
    let (most, overflow) = count.multipliedReportingOverflow(by: rate)
    return overflow ? nil : most + slack
  }
}
