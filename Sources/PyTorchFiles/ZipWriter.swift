import Files

/// Writes a zip archive of stored records in one pass, each of which begins at a multiple of 64 bytes, as
/// PyTorch's do: what maps the file into memory finds its numbers aligned.
///
/// A record's CRC-32 and size follow its bytes and stand in the directory, so that nothing is read twice.
struct ZipWriter {
  private let file: AtomicFile
  private let path: String
  private var entries: [Entry] = []
  /// The largest number that is not written in 64 bits; smaller in tests, where 4 GiB are too many.
  private let largestSmall: UInt64

  private struct Entry {
    var name: [UInt8]
    var checksum: UInt32
    var byteCount: UInt64
    var header: UInt64
  }

  static let alignment = 64
  /// Zip's flags for "sizes follow" and "names in UTF-8".
  private static let flags: UInt16 = 1 << 3 | 1 << 11
  /// The extra field that pads, under the name that PyTorch gives it.
  private static let padding = Array("FB".utf8)
  private static let largeSizesLength = 20
  /// Zip's day for 1980-01-01: the time of writing is no part of the bytes.
  private static let date: UInt16 = 0x21

  init(_ file: AtomicFile, path: String, largestSmall: UInt64) {
    self.file = file
    self.path = path
    self.largestSmall = min(largestSmall, UInt64(UInt32.max) - 1)
  }

  /// Writes a record; `body` hands its bytes, which must be as many as announced, to the sink.
  mutating func add(
    _ name: String, byteCount: Int, _ body: (PyTorchContents.Sink) throws -> Void
  ) throws {
    let utf8 = Array(name.utf8)
    let header = UInt64(file.checksum.byteCount)
    let isLarge = UInt64(byteCount) > largestSmall
    try append(localHeader(utf8, at: Int(header), isLarge: isLarge))
    var checksum = Checksum()
    func wrong(_ found: Int) -> PyTorchFileError {
      .wrongByteCount(path: path, tensor: name, expected: byteCount, found: found)
    }
    try body { piece in
      guard checksum.byteCount + piece.count <= byteCount else {
        throw wrong(checksum.byteCount + piece.count)
      }
      checksum.append(piece)
      try file.append(piece)
    }
    guard checksum.byteCount == byteCount else { throw wrong(checksum.byteCount) }
    var descriptor = ByteBuilder()
    descriptor.append(ZipFormat.descriptorSignature)
    descriptor.append(checksum.value)
    for _ in 0..<2 {
      if isLarge {
        descriptor.append(UInt64(byteCount))
      } else {
        descriptor.append(UInt32(byteCount))
      }
    }
    try append(descriptor.bytes)
    entries.append(
      Entry(
        name: utf8, checksum: checksum.value, byteCount: UInt64(byteCount), header: header))
  }

  private func localHeader(_ name: [UInt8], at offset: Int, isLarge: Bool) -> [UInt8] {
    let sizes = isLarge ? Self.largeSizesLength : 0
    let start = offset + ZipFormat.localHeaderSize + name.count + sizes + 4
    let padding = (Self.alignment - start % Self.alignment) % Self.alignment
    var header = ByteBuilder()
    header.append(ZipFormat.localSignature)
    header.append(UInt16(isLarge ? 45 : 20))
    header.append(Self.flags)
    header.append(UInt16(0))
    header.append(UInt16(0))
    header.append(Self.date)
    header.append(UInt32(0))
    // What follows the bytes instead; with an extra field of 64 bits it follows in 64 bits.
    for _ in 0..<2 { header.append(isLarge ? UInt32.max : 0) }
    header.append(UInt16(name.count))
    header.append(UInt16(sizes + 4 + padding))
    header.bytes += name
    if isLarge {
      header.append(ZipFormat.largeSizesField)
      header.append(UInt16(sizes - 4))
      for _ in 0..<2 { header.append(UInt64(0)) }
    }
    header.bytes += Self.padding
    header.append(UInt16(padding))
    header.bytes += Array(repeating: UInt8(ascii: "Z"), count: padding)
    return header.bytes
  }

  /// Writes the directory and the end.
  func finish() throws(FileError) {
    let start = UInt64(file.checksum.byteCount)
    for entry in entries { try append(directoryEntry(entry)) }
    let end = UInt64(file.checksum.byteCount)
    let isLarge = end > largestSmall || entries.count >= Int(UInt16.max)
    var tail = ByteBuilder()
    if isLarge {
      tail.append(ZipFormat.largeEndSignature)
      tail.append(UInt64(ZipFormat.largeEndSize - 12))
      for _ in 0..<2 { tail.append(UInt16(45)) }
      for _ in 0..<2 { tail.append(UInt32(0)) }
      for _ in 0..<2 { tail.append(UInt64(entries.count)) }
      tail.append(end - start)
      tail.append(start)
      tail.append(ZipFormat.largeLocatorSignature)
      tail.append(UInt32(0))
      tail.append(end)
      tail.append(UInt32(1))
    }
    tail.append(ZipFormat.endSignature)
    tail.append(UInt32(0))
    for _ in 0..<2 { tail.append(isLarge ? UInt16.max : UInt16(entries.count)) }
    tail.append(isLarge ? UInt32.max : UInt32(end - start))
    tail.append(isLarge ? UInt32.max : UInt32(start))
    tail.append(UInt16(0))
    try append(tail.bytes)
  }

  private func directoryEntry(_ entry: Entry) -> [UInt8] {
    var extra = ByteBuilder()
    func small(_ value: UInt64) -> UInt32 {
      guard value > largestSmall else { return UInt32(value) }
      extra.append(value)
      return .max
    }
    let unpacked = small(entry.byteCount)
    let packed = small(entry.byteCount)
    let header = small(entry.header)
    var field = ByteBuilder()
    if !extra.bytes.isEmpty {
      field.append(ZipFormat.largeSizesField)
      field.append(UInt16(extra.bytes.count))
      field.bytes += extra.bytes
    }
    var result = ByteBuilder()
    result.append(ZipFormat.directorySignature)
    for _ in 0..<2 { result.append(UInt16(field.bytes.isEmpty ? 20 : 45)) }
    result.append(Self.flags)
    result.append(UInt16(0))
    result.append(UInt16(0))
    result.append(Self.date)
    result.append(entry.checksum)
    result.append(packed)
    result.append(unpacked)
    result.append(UInt16(entry.name.count))
    result.append(UInt16(field.bytes.count))
    for _ in 0..<3 { result.append(UInt16(0)) }
    result.append(UInt32(0))
    result.append(header)
    result.bytes += entry.name
    result.bytes += field.bytes
    return result.bytes
  }

  private func append(_ bytes: [UInt8]) throws(FileError) {
    try bytes.withUnsafeBufferPointer { (buffer) throws(FileError) in
      try file.append(UnsafeRawBufferPointer(buffer))
    }
  }
}

/// Little-endian numbers, one after the other.
private struct ByteBuilder {
  var bytes: [UInt8] = []

  mutating func append(_ value: some FixedWidthInteger) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }
}
