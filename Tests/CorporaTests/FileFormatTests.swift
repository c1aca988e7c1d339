import Corpora
import TestSupport
import Testing

struct FileFormatTests {
  func format(_ name: String, _ bytes: [UInt8]) throws -> FileFormat {
    let folder = try TemporaryFolder()
    return try FileFormat(ofFileAt: folder.write(bytes, to: name))
  }

  @Test func contentsDecideTheFormat() throws {
    let line = Array("{\"text\": \"x\"}\n".utf8)
    func check(_ name: String, _ bytes: [UInt8], _ wrapping: Compression, _ layout: DocumentLayout)
      throws
    {
      let found = try format(name, bytes)
      #expect(found.compression == wrapping && found.layout == layout, "\(name)")
    }
    try check("a.jsonl", line, .none, .jsonLines)
    try check("a.json.gz", gzipped(line), .gzip, .jsonLines)
    try check("a.JSONL.ZST", zstandard(line), .zstandard, .jsonLines)
    try check("misnamed.jsonl.gz", zstandard(line), .zstandard, .jsonLines)
    try check("misnamed.txt", gzipped(line), .gzip, .jsonLines)
    try check("book.txt", Array("{ a brace, and then a book".utf8), .none, .text)
    try check("broken.jsonl", Array("no object\n".utf8), .none, .jsonLines)
    try check("part-0002", Array("{ }\n".utf8), .none, .jsonLines)
    try check("unwrapped.jsonl.gz", line, .none, .jsonLines)
    try check("part-0001", [0xEF, 0xBB, 0xBF, 0x0A, 0x20] + line, .none, .jsonLines)
    try check("part-0001", gzipped(line), .gzip, .jsonLines)
    try check("README", Array("Text {".utf8), .none, .text)
    try check("empty.txt", [], .none, .text)
  }

  @Test func otherFormatsAreNamed() throws {
    for (bytes, name) in [
      ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], "xz"),
      ([0x50, 0x4B, 0x03, 0x04, 0x14], "a zip archive"),
      (Array("BZh9".utf8) + [0x31, 0x41, 0x59, 0x26, 0x53, 0x59], "bzip2"),
    ] {
      #expect {
        try format("a.jsonl", bytes)
      } throws: { error in
        if case CorpusError.unsupportedFormat(_, name) = error { true } else { false }
      }
    }
    #expect(try format("a.txt", Array("PAR1 is a magic word".utf8)).layout == .text)
    #expect {
      try format("cut.parquet", Array("PAR1".utf8) + [0x15, 0x04])
    } throws: { error in
      if case CorpusError.parquet(.notParquet) = error { true } else { false }
    }
  }

  @Test func binaryFilesAreNoText() throws {
    for name in ["a.txt", "part-0001", "archive.tar"] {
      #expect {
        try format(name, Array("a file".utf8) + [0, 0, 1])
      } throws: { error in
        if case CorpusError.unsupportedFormat = error { true } else { false }
      }
    }
  }

  @Test func whatIsNamedParquetMustBeIt() throws {
    for bytes in [Array("<!DOCTYPE html><title>Sign in</title>".utf8), Array("PAR1".utf8), []] {
      #expect {
        try format("train-00000.parquet", bytes)
      } throws: { error in
        if case CorpusError.parquet(.notParquet) = error { true } else { false }
      }
    }
  }

  @Test func garbageUnderACompressedNameIsAnError() throws {
    #expect {
      try format("a.jsonl.gz", [0x00, 0x01, 0xFF, 0x80])
    } throws: { error in
      if case CorpusError.corrupt(_, .gzip, 0, _) = error { true } else { false }
    }
    #expect {
      try format("a.txt.zst", [])
    } throws: { error in
      if case CorpusError.truncated(_, .zstandard, 0) = error { true } else { false }
    }
  }
}
