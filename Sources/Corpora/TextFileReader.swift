/// One text file's contents, in stretches cut between characters.
final class TextFileReader {
  private let path: String
  private let reader: any ByteReader
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: readSize, alignment: 16)
  /// The bytes at the buffer's front that begin a character not yet complete.
  private var heldBack = 0
  /// Where the buffer's front lies in the text.
  private var byteOffset = 0

  init(path: String, reader: any ByteReader) {
    self.path = path
    self.reader = reader
  }

  deinit { buffer.deallocate() }

  /// Appends the next stretch; returns whether it is the last one.
  func next(appendingTo text: inout [UInt8]) throws(CorpusError) -> Bool {
    let got = try reader.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[heldBack...]))
    let available = UnsafeRawBufferPointer(rebasing: buffer[..<(heldBack + got)])
      .assumingMemoryBound(to: UInt8.self)
    // At the end nothing can complete a character: let the check below refuse it.
    heldBack = got == 0 ? 0 : incompleteTailCount(available)
    var whole = UnsafeBufferPointer(rebasing: available.dropLast(heldBack))
    if let offset = firstInvalidUTF8Offset(whole) {
      throw .invalidUTF8(path: path, line: nil, byteOffset: byteOffset + offset)
    }
    let count = whole.count
    if byteOffset == 0, whole.starts(with: byteOrderMark) {
      whole = UnsafeBufferPointer(rebasing: whole.dropFirst(byteOrderMark.count))
    }
    text.append(contentsOf: whole)
    buffer.copyMemory(
      from: UnsafeRawBufferPointer(rebasing: buffer[count..<(count + heldBack)]))
    byteOffset += count
    return got == 0
  }
}
