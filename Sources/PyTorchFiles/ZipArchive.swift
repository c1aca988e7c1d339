/// The directory of a zip archive: each name, size and place is checked against the file, and against
/// each other, before any is used.
///
/// Archives of several disks, encrypted records, records of one name, and records that share bytes
/// are refused: PyTorch writes none.
struct ZipArchive: Sendable {
  let path: String
  private(set) var records: [ZipRecord] = []
  private var indices: [[UInt8]: Int] = [:]

  /// Reads the directory, whose entries take 46 bytes or more each: nothing grows beyond the file.
  init(_ bytes: UnsafeRawBufferPointer, path: String) throws(PyTorchFileError) {
    self.path = path
    let file = LittleEndianBytes(bytes)
    let directory = try ZipDirectory(file, path: path)
    var offset = directory.range.lowerBound
    for _ in 0..<directory.entryCount {
      let (record, next) = try entry(at: offset, in: file, directory)
      guard indices.updateValue(records.count, forKey: Array(record.name.utf8)) == nil else {
        throw damaged(record.name, "one record of this name", "two")
      }
      records.append(record)
      offset = next
    }
    guard offset == directory.range.upperBound else {
      throw damaged(nil, "a directory of \(directory.range.count) bytes", "one that ends earlier")
    }
    try checkOverlaps()
  }

  func record(named name: String) -> ZipRecord? {
    indices[Array(name.utf8)].map { records[$0] }
  }

  private func damaged(_ record: String?, _ expected: String, _ found: String) -> PyTorchFileError {
    .damagedArchive(path: path, record: record, expected: expected, found: found)
  }

  private func entry(
    at offset: Int, in file: LittleEndianBytes, _ directory: ZipDirectory
  ) throws(PyTorchFileError) -> (ZipRecord, next: Int) {
    let end = directory.range.upperBound
    guard offset + ZipFormat.directoryEntrySize <= end,
      file.number(UInt32.self, at: offset) == ZipFormat.directorySignature,
      let flags = file.number(UInt16.self, at: offset + 8),
      let method = file.number(UInt16.self, at: offset + 10),
      let checksum = file.number(UInt32.self, at: offset + 16),
      let packed = file.number(UInt32.self, at: offset + 20),
      let unpacked = file.number(UInt32.self, at: offset + 24),
      let nameLength = file.number(UInt16.self, at: offset + 28),
      let extraLength = file.number(UInt16.self, at: offset + 30),
      let commentLength = file.number(UInt16.self, at: offset + 32),
      let header = file.number(UInt32.self, at: offset + 42)
    else { throw damaged(nil, "an entry of the directory at byte \(offset)", "none") }
    let nameStart = offset + ZipFormat.directoryEntrySize
    let extraStart = nameStart + Int(nameLength)
    let next = extraStart + Int(extraLength) + Int(commentLength)
    guard next <= end, let nameBytes = file.slice(nameStart, Int(nameLength)),
      let extra = file.slice(extraStart, Int(extraLength))
    else { throw damaged(nil, "an entry within the directory at byte \(offset)", "a longer one") }
    guard let name = String(validating: nameBytes, as: UTF8.self), !name.utf8.contains(0) else {
      throw damaged(nil, "a name in UTF-8 at byte \(nameStart)", "other bytes")
    }
    var sizes = ZipSizes(unpacked: UInt64(unpacked), packed: UInt64(packed), header: UInt64(header))
    guard sizes.widen(from: LittleEndianBytes(extra)) else {
      throw damaged(name, "sizes of 64 bits in an extra field", "none")
    }
    guard flags & 0x2041 == 0 else { throw damaged(name, "no encryption", "flags \(flags)") }
    guard method == 0 || method == ZipFormat.deflated else {
      throw damaged(name, "stored or deflated bytes", "the method \(method)")
    }
    if method == 0, sizes.packed != sizes.unpacked {
      throw damaged(name, "\(sizes.unpacked) stored bytes", "\(sizes.packed)")
    }
    let (start, headerOffset) = try dataStart(
      name: nameBytes, text: name, method: method, header: sizes.header, in: file, directory)
    guard sizes.packed <= UInt64(directory.range.lowerBound - start) else {
      throw damaged(
        name, "\(sizes.packed) bytes from byte \(start) on",
        "\(directory.range.lowerBound - start) before the directory")
    }
    let record = ZipRecord(
      name: name, range: start..<start + Int(sizes.packed), isDeflated: method != 0,
      byteCount: sizes.unpacked, checksum: checksum, headerOffset: headerOffset)
    return (record, next)
  }

  /// Where a record's bytes begin, by its own header, which must agree with the directory.
  private func dataStart(
    name: UnsafeRawBufferPointer, text: String, method: UInt16, header: UInt64,
    in file: LittleEndianBytes, _ directory: ZipDirectory
  ) throws(PyTorchFileError) -> (start: Int, header: Int) {
    guard let offset = Int(exactly: header), offset < directory.range.lowerBound,
      file.number(UInt32.self, at: offset) == ZipFormat.localSignature,
      let localMethod = file.number(UInt16.self, at: offset + 8),
      let nameLength = file.number(UInt16.self, at: offset + 26),
      let extraLength = file.number(UInt16.self, at: offset + 28)
    else { throw damaged(text, "its header at byte \(header)", "none") }
    let nameStart = offset + ZipFormat.localHeaderSize
    guard let localName = file.slice(nameStart, Int(nameLength)), localName.elementsEqual(name)
    else { throw damaged(text, "its name in its header at byte \(header)", "another") }
    guard localMethod == method else {
      throw damaged(text, "the method \(method) in its header", "\(localMethod)")
    }
    let start = nameStart + Int(nameLength) + Int(extraLength)
    guard start <= directory.range.lowerBound else {
      throw damaged(text, "its bytes before the directory", "them from byte \(start) on")
    }
    return (start, offset)
  }

  private func checkOverlaps() throws(PyTorchFileError) {
    var end = 0
    for record in records.sorted(by: { $0.headerOffset < $1.headerOffset }) {
      guard record.headerOffset >= end else {
        throw damaged(
          record.name, "its header after byte \(end), where another record ends",
          "it at byte \(record.headerOffset)")
      }
      end = record.range.upperBound
    }
  }
}

/// The sizes of an entry, which an extra field holds where 32 bits do not.
private struct ZipSizes {
  var unpacked: UInt64
  var packed: UInt64
  var header: UInt64

  /// Takes what 32 bits say is elsewhere from the extra field; returns whether all of it is there.
  mutating func widen(from extra: LittleEndianBytes) -> Bool {
    let marker = UInt64(UInt32.max)
    guard unpacked == marker || packed == marker || header == marker else { return true }
    var offset = 0
    while let identifier = extra.number(UInt16.self, at: offset),
      let length = extra.number(UInt16.self, at: offset + 2)
    {
      guard identifier == ZipFormat.largeSizesField else {
        offset += 4 + Int(length)
        continue
      }
      guard let field = extra.slice(offset + 4, Int(length)).map(LittleEndianBytes.init) else {
        return false
      }
      var position = 0
      func next(_ value: inout UInt64) -> Bool {
        guard value == marker else { return true }
        guard let wide = field.number(UInt64.self, at: position) else { return false }
        value = wide
        position += 8
        return true
      }
      return next(&unpacked) && next(&packed) && next(&header)
    }
    return false
  }
}
