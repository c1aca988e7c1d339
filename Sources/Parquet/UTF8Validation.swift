import CSimdjson

/// Where the first byte lies that is not UTF-8, or nil if all are.
func firstInvalidUTF8Offset(_ bytes: UnsafeRawBufferPointer) -> Int? {
  do throws(UTF8.ValidationError) {
    _ = try UTF8Span(validating: bytes.assumingMemoryBound(to: UInt8.self).span)
    return nil
  } catch {
    return error.byteOffsets.lowerBound
  }
}

/// Whether all bytes are UTF-8.
///
/// simdjson tells it several times as fast as the standard library, and most where text is not
/// English: this is what each byte of a corpus passes through.
func isUTF8(_ bytes: UnsafeRawBufferPointer) -> Bool {
  guard let base = bytes.baseAddress, !bytes.isEmpty else { return true }
  return csimdjson_is_utf8(base.assumingMemoryBound(to: UInt8.self), bytes.count)
}
