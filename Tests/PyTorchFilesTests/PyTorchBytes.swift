import CZlib
import Foundation

/// A zip archive made by hand, whose every number a test can falsify.
struct HandmadeArchive {
  struct Record {
    var name: String
    /// What the record's own header says, if another name.
    var headerName: String?
    var bytes: [UInt8]
    /// What the bytes are before they are packed.
    var unpacked: [UInt8]?
    var method: UInt16 = 0
    var claimedSize: UInt32?
    var claimedChecksum: UInt32?
    var claimedOffset: UInt32?
    var flags: UInt16 = 0

    init(_ name: String, _ bytes: [UInt8]) {
      self.name = name
      self.bytes = bytes
    }

    /// A record that is packed with deflate.
    static func deflated(_ name: String, _ bytes: [UInt8]) -> Record {
      var stream = z_stream()
      deflateInit2_(
        &stream, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
        Int32(MemoryLayout<z_stream>.size))
      defer { deflateEnd(&stream) }
      var (input, output) = (bytes, [UInt8](repeating: 0, count: bytes.count + 128))
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
      var record = Record(name, Array(output[..<count]))
      record.unpacked = bytes
      record.method = 8
      return record
    }
  }

  var records: [Record]
  var claimedCount: UInt16?
  var claimedDirectoryOffset: UInt32?
  var claimedDirectorySize: UInt32?

  init(_ records: [Record]) { self.records = records }

  /// An archive of a pickle and of storages, under the names that PyTorch gives them.
  init(pickle: [UInt8], storages: [[UInt8]] = []) {
    records =
      [Record("a/data.pkl", pickle), Record("a/byteorder", Array("little".utf8))]
      + storages.enumerated().map { Record("a/data/\($0.offset)", $0.element) }
  }

  var bytes: [UInt8] {
    var (file, directory): ([UInt8], [UInt8]) = ([], [])
    for record in records {
      let offset = record.claimedOffset ?? UInt32(file.count)
      let unpacked = record.unpacked ?? record.bytes
      let checksum =
        record.claimedChecksum
        ?? UInt32(unpacked.withUnsafeBufferPointer { crc32_z(0, $0.baseAddress, $0.count) })
      let sizes =
        little(checksum) + little(UInt32(record.bytes.count))
        + little(record.claimedSize ?? UInt32(unpacked.count))
      func name(_ name: String) -> [UInt8] { little(UInt16(name.utf8.count)) }
      let header = record.headerName ?? record.name
      file += little(UInt32(0x0403_4B50)) + little(UInt16(20)) + little(record.flags)
      file += little(record.method) + little(UInt32(0)) + sizes + name(header) + little(UInt16(0))
      file += Array(header.utf8) + record.bytes
      directory += little(UInt32(0x0201_4B50)) + little(UInt32(20)) + little(record.flags)
      directory += little(record.method) + little(UInt32(0)) + sizes + name(record.name)
      directory += [UInt8](repeating: 0, count: 12) + little(offset) + Array(record.name.utf8)
    }
    let count = claimedCount ?? UInt16(records.count)
    let end =
      little(UInt32(0x0605_4B50)) + little(UInt32(0)) + little(count) + little(count)
      + little(claimedDirectorySize ?? UInt32(directory.count))
      + little(claimedDirectoryOffset ?? UInt32(file.count)) + little(UInt16(0))
    return file + directory + end
  }
}

/// The bytes of a number.
func little(_ value: some FixedWidthInteger) -> [UInt8] {
  withUnsafeBytes(of: value.littleEndian) { Array($0) }
}

/// Pieces of pickles.
enum Pickle {
  static let start: [UInt8] = [0x80, 2]
  static let stop: [UInt8] = [0x2E]

  static func global(_ module: String, _ name: String) -> [UInt8] {
    Array("c\(module)\n\(name)\n".utf8)
  }

  static func text(_ text: String) -> [UInt8] {
    [0x58] + little(UInt32(text.utf8.count)) + Array(text.utf8)
  }

  static func integer(_ value: Int32) -> [UInt8] { [0x4A] + little(value) }

  static func tuple(_ parts: [[UInt8]]) -> [UInt8] { [0x28] + parts.joined() + [0x74] }

  /// A tensor of float32 in the storage "0".
  static func tensor(
    count: Int32, offset: Int32 = 0, shape: [Int32], strides: [Int32],
    storageClass: String = "FloatStorage"
  ) -> [UInt8] {
    let storage = tuple([
      text("storage"), global("torch", storageClass), text("0"), text("cpu"), integer(count),
    ])
    return global("torch._utils", "_rebuild_tensor_v2")
      + tuple([
        storage + [0x51], integer(offset), tuple(shape.map(integer)), tuple(strides.map(integer)),
        [0x89], global("collections", "OrderedDict") + [0x29, 0x52],
      ]) + [0x52]
  }

  static func whole(_ body: [UInt8]) -> [UInt8] { start + body + stop }
}
