/// The mark that some editors put before UTF-8 text; it is no part of the document.
let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

/// Where the first byte lies that is not UTF-8, or nil if all are.
package func firstInvalidUTF8Offset(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
  do throws(UTF8.ValidationError) {
    _ = try UTF8Span(validating: bytes.span)
    return nil
  } catch {
    return error.byteOffsets.lowerBound
  }
}

/// Where the first byte lies that is not UTF-8, or nil if all are.
package func firstInvalidUTF8Offset(_ bytes: [UInt8]) -> Int? {
  bytes.withUnsafeBufferPointer(firstInvalidUTF8Offset)
}

/// How many bytes at the end begin a character that goes on after them: 0 to 3.
package func incompleteTailCount(_ bytes: some RandomAccessCollection<UInt8>) -> Int {
  for (count, byte) in zip(1...3, bytes.reversed()) {
    if byte & 0xC0 == 0x80 { continue }
    let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
    return count < length ? count : 0
  }
  return 0
}
