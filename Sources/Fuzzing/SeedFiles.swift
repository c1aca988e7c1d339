import CZlib
import CZstd
import Foundation

/// What seeds are made of.
enum SeedFiles {
  /// The fixtures of the tests of a module, where this checkout still is.
  static func fixtures(of module: String, suffix: String) throws -> [[UInt8]] {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Tests/\(module)Tests/Fixtures")
    return try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(suffix) }.sorted()
      .map { try Array(Data(contentsOf: folder.appending(path: $0))) }
  }

  /// Text with what parsers stumble over: scripts, combining marks, line ends, control bytes.
  static let text = """
    The elm's seed, 1,024 of them: it grows\u{300}. \u{FEFF}\u{1F333}\u{200D}\u{1F333} \u{65E5}\u{672C}\u{8A9E}
    \t  e\u{301}\r\n\r\n <s> </s> <unk> <|endoftext|> <|begin_of_text|> <0x41> a\u{2581}b \u{FB01}
    don't WE'LL \u{AC00}\u{1100}\u{1161}\u{11A8} \u{627}\u{644} \u{17F}x\u{1}y\u{7F}\u{85} 3.14159 ___ ==== \u{FFFD}
    """

  /// `text`, and bytes that are no UTF-8.
  static let brokenText =
    Array(text.utf8) + [0xFF, 0xC3, 0x28, 0xED, 0xA0, 0x80, 0xF4, 0x90, 0xE4, 0xB8]

  /// Lines of JSON without a fault.
  static let goodLines = """
    {"id": 1, "text": "The elm \\u00e9 \\ud83c\\udf33 \\n grows."}

    {"other": [1, -2.5e3, true, null, {"text": "inner"}], "text": ""}\r
    {"text": "twice", "text": "again"}
    """

  /// Lines of JSON, good ones and others.
  static let lines = """
    {"id": 1, "text": "The elm \\u00e9 \\ud83c\\udf33 \\n grows."}

    {"text": "", "other": [1, -2.5e3, true, null, {"text": "inner"}]}
    {"text": null}
    {"text": "\u{65E5}\u{672C}"}\r
    not JSON
    {"content": {"text": "nested"}, "text": "twice", "text": "again"}
    """

  /// One gzip member.
  static func gzip(_ bytes: [UInt8]) -> [UInt8] {
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
        deflate(&stream, Z_FINISH)
        return Int(stream.total_out)
      }
    }
    return Array(output[..<count])
  }

  /// One Zstandard frame.
  static func zstandard(_ bytes: [UInt8], level: Int32 = 3) -> [UInt8] {
    var output = [UInt8](repeating: 0, count: ZSTD_compressBound(bytes.count))
    let count = output.withUnsafeMutableBytes { target in
      bytes.withUnsafeBytes {
        ZSTD_compress(target.baseAddress, target.count, $0.baseAddress, $0.count, level)
      }
    }
    return Array(output[..<count])
  }
}

/// Writes an input where a reader of files finds it.
func place(_ bytes: [UInt8], at path: String) throws {
  try Data(bytes).write(to: URL(filePath: path))
}
