import Corpora

extension FuzzTarget {
  /// The decompressors, with small buffers and large ones.
  static func compressions(in folder: String) -> [FuzzTarget] {
    let text = SeedFiles.brokenText
    let long = Array(repeating: text, count: 40).flatMap(\.self)
    return [
      decompression(
        .gzip, in: folder,
        seeds: [
          SeedFiles.gzip(text), SeedFiles.gzip(text) + SeedFiles.gzip([]) + SeedFiles.gzip(long),
          SeedFiles.gzip(text) + [0, 0, 0],
        ]),
      decompression(
        .zstandard, in: folder,
        seeds: [
          SeedFiles.zstandard(text), SeedFiles.zstandard([]) + SeedFiles.zstandard(long, level: 19),
          [0x50, 0x2A, 0x4D, 0x18, 2, 0, 0, 0, 7, 7] + SeedFiles.zstandard(text, level: 1),
        ]),
    ]
  }

  private static func decompression(
    _ compression: Compression, in folder: String, seeds: [[UInt8]]
  ) -> FuzzTarget {
    FuzzTarget("\(compression)", seeds: { seeds }) { bytes in
      let path = "\(folder)/input-\(compression)"
      try place(bytes, at: path)
      let reader = try openDecompressed(path: path, compression: compression)
      var buffer = [UInt8](repeating: 0, count: bytes.first == 0 ? 7 : 64 << 10)
      var total = 0
      // A kilobyte may stand for a gigabyte, which is no fault of the reader's.
      while total < 8 << 20 {
        let count = try buffer.withUnsafeMutableBytes { try reader.read(into: $0) }
        if count == 0 { break }
        promise(count <= buffer.count, "a read fits its buffer")
        total += count
      }
    }
  }

  /// Files of documents: those that their name calls text or JSON lines, and those that have to be
  /// recognised.
  static func documents(in folder: String) -> [FuzzTarget] {
    let (text, lines) = (SeedFiles.brokenText, Array(SeedFiles.lines.utf8))
    return [
      documents(
        "text", file: "\(folder)/input.txt", seeds: { [Array(SeedFiles.text.utf8), text] }),
      documents(
        "json-lines", file: "\(folder)/input.jsonl",
        seeds: { [lines, lines + text, Array(SeedFiles.goodLines.utf8)] }),
      documents(
        "file-formats", file: "\(folder)/input",
        seeds: {
          try [
            text, lines, SeedFiles.gzip(lines), SeedFiles.zstandard(lines), SeedFiles.gzip(text),
          ]
            + SeedFiles.fixtures(of: "Parquet", suffix: ".parquet").filter { $0.count < 7_000 }
        }),
    ]
  }

  private static func documents(
    _ name: String, file path: String, seeds: @escaping @Sendable () throws -> [[UInt8]]
  ) -> FuzzTarget {
    FuzzTarget(
      name,
      words: ["{\"text\":\"", "\"}\n", "\\u", "\\ud83c\\udf33", "\u{FEFF}", "\r\n", "null", "[["],
      seeds: seeds
    ) { bytes in
      try place(bytes, at: path)
      let lenient = Result { try documents(of: path, .skip) }
      let strict = try documents(of: path, .stop)
      promise((try? lenient.get()) == strict, "where nothing is malformed nothing is passed over")
    }
  }

  private static func documents(
    of path: String, _ policy: MalformedLinePolicy
  ) throws(CorpusError) -> [UInt8] {
    var source = try FileDocumentSource(files: [path], malformedLines: policy)
    var all: [UInt8] = []
    var text: [UInt8] = []
    var count = 0
    var whole: (place: DocumentPosition, text: [UInt8])?
    while all.count < 8 << 20, count < 5_000 {
      text.removeAll(keepingCapacity: true)
      guard let chunk = try source.read(appendingTo: &text) else { break }
      promise(String(validating: text, as: UTF8.self) != nil, "documents are valid UTF-8")
      promise(count > 0 || chunk.isFirst, "a document has a beginning")
      if chunk.isFirst, chunk.isLast { whole = (chunk.document, text) }
      all += text
      count += 1
    }
    if let whole {
      var again: [UInt8] = []
      var resumed = try FileDocumentSource(files: [path], malformedLines: policy)
      try resumed.seek(epoch: 0, document: whole.place)
      let chunk = try resumed.read(appendingTo: &again)
      promise(chunk?.document == whole.place, "the document at \(whole.place) is found again")
      promise(again == whole.text, "the document at \(whole.place) is the same again")
    }
    return all
  }
}
