import CZlib
import Files

/// The bytes of an archive's records.
extension ZipArchive {
  /// Deflate packs at most 1,032 bytes into one; pickles of weights reach about 20. What claims more
  /// than this is not unpacked.
  private static let largestRatio = 100
  private static let smallRecord = 1 << 16

  /// A record's bytes as they lie in the file; a deflated one is unpacked, if its size accounts for
  /// what it claims.
  func contents(
    of record: ZipRecord, in file: UnsafeRawBufferPointer
  ) throws(PyTorchFileError) -> [UInt8] {
    let packed = UnsafeRawBufferPointer(rebasing: file[record.range])
    let bytes = record.isDeflated ? try inflated(packed, record) : Array(packed)
    try bytes.withUnsafeBufferPointer { (bytes) throws(PyTorchFileError) in
      try check(UnsafeRawBufferPointer(bytes), record)
    }
    return bytes
  }

  /// Holds a stored record's bytes against its CRC-32.
  func verify(
    _ record: ZipRecord, in file: UnsafeRawBufferPointer
  ) throws(PyTorchFileError) {
    try check(UnsafeRawBufferPointer(rebasing: file[record.range]), record)
  }

  private func check(
    _ bytes: UnsafeRawBufferPointer, _ record: ZipRecord
  ) throws(PyTorchFileError) {
    var checksum = Checksum()
    checksum.append(bytes)
    guard checksum.value == record.checksum else {
      throw .wrongChecksum(
        path: path, record: record.name, expected: record.checksum, found: checksum.value)
    }
  }

  private func inflated(
    _ packed: UnsafeRawBufferPointer, _ record: ZipRecord
  ) throws(PyTorchFileError) -> [UInt8] {
    let limit =
      min(packed.count, Int(Int32.max) / Self.largestRatio) * Self.largestRatio
      + Self.smallRecord
    guard record.byteCount <= UInt64(limit), packed.count <= Int(Int32.max) else {
      throw .recordTooLarge(
        path: path, record: record.name, claimed: record.byteCount, limit: limit)
    }
    let expected = Int(record.byteCount)
    var stream = z_stream()
    // Without a header: a zip record has none of zlib's.
    guard
      inflateInit2_(&stream, -MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else {
      throw .damagedArchive(
        path: path, record: record.name, expected: "memory to unpack it", found: "none")
    }
    defer { inflateEnd(&stream) }
    var status = Z_OK
    // A byte more than is claimed shows whether there is more.
    let output = [UInt8](unsafeUninitializedCapacity: expected + 1) { target, count in
      stream.next_in = UnsafeMutablePointer(
        mutating: packed.baseAddress?.assumingMemoryBound(to: UInt8.self))
      stream.avail_in = UInt32(packed.count)
      stream.next_out = target.baseAddress
      stream.avail_out = UInt32(expected + 1)
      status = inflate(&stream, Z_FINISH)
      count = expected + 1 - Int(stream.avail_out)
    }
    guard status == Z_STREAM_END, output.count == expected, stream.avail_in == 0 else {
      throw .damagedArchive(
        path: path, record: record.name, expected: "deflated bytes that unpack to \(expected)",
        found: output.count > expected ? "more" : "\(output.count) (zlib's code \(status))")
    }
    return output
  }
}
