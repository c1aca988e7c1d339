/// Where the directory of a zip archive lies, as the end of the file tells it.
struct ZipDirectory {
  let range: Range<Int>
  let entryCount: Int

  /// A comment of the archive is at most so long, and stands last.
  private static let longestComment = Int(UInt16.max)

  init(_ file: LittleEndianBytes, path: String) throws(PyTorchFileError) {
    func damaged(_ expected: String, _ found: String) -> PyTorchFileError {
      .damagedArchive(path: path, record: nil, expected: expected, found: found)
    }
    guard let end = Self.end(of: file) else {
      throw damaged("the end of a zip archive within the last bytes", "none")
    }
    guard let disk = file.number(UInt16.self, at: end + 4),
      let firstDisk = file.number(UInt16.self, at: end + 6),
      let count = file.number(UInt16.self, at: end + 10),
      let size = file.number(UInt32.self, at: end + 12),
      let offset = file.number(UInt32.self, at: end + 16)
    else { throw damaged("the end of a zip archive", "half of one") }
    guard [0, UInt16.max].contains(disk), [0, UInt16.max].contains(firstDisk) else {
      throw damaged("an archive in one piece", "one of several disks")
    }
    var (entries, byteCount, start, limit) = (UInt64(count), UInt64(size), UInt64(offset), end)
    let isLarge = count == .max || size == .max || offset == .max
    if isLarge {
      let locator = end - ZipFormat.largeLocatorSize
      guard file.number(UInt32.self, at: locator) == ZipFormat.largeLocatorSignature,
        let place = file.number(UInt64.self, at: locator + 8).flatMap({ Int(exactly: $0) }),
        place <= locator - ZipFormat.largeEndSize,
        file.number(UInt32.self, at: place) == ZipFormat.largeEndSignature,
        let largeCount = file.number(UInt64.self, at: place + 32),
        let largeSize = file.number(UInt64.self, at: place + 40),
        let largeOffset = file.number(UInt64.self, at: place + 48)
      else { throw damaged("the sizes of 64 bits that the end of the archive names", "none") }
      (entries, byteCount, start, limit) = (largeCount, largeSize, largeOffset, place)
    }
    guard start <= UInt64(limit), byteCount <= UInt64(limit) - start else {
      throw damaged(
        "a directory within \(limit) bytes", "one of \(byteCount) from byte \(start) on")
    }
    guard entries <= byteCount / UInt64(ZipFormat.directoryEntrySize) else {
      throw damaged("at most \(byteCount / 46) entries in \(byteCount) bytes", "\(entries)")
    }
    range = Int(start)..<Int(start + byteCount)
    entryCount = Int(entries)
  }

  /// The place of the record that ends an archive, whose comment ends the file.
  private static func end(of file: LittleEndianBytes) -> Int? {
    let last = file.count - ZipFormat.endSize
    guard last >= 0 else { return nil }
    for offset in stride(from: last, through: max(0, last - longestComment), by: -1) {
      if file.number(UInt32.self, at: offset) == ZipFormat.endSignature,
        let comment = file.number(UInt16.self, at: offset + 20), Int(comment) == last - offset
      {
        return offset
      }
    }
    return nil
  }
}
