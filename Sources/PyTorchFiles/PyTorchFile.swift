import Files

/// A PyTorch file (`.pt`, `.pth`, `.bin`): a zip archive of a pickle and of storages, mapped into memory.
///
/// Opening reads the archive's directory and the pickle, and checks all of both. No code of the file is
/// run: what it may name is an allow-list, and names are all that they are. Storages stay in the file;
/// their pages come in when they are read.
///
/// The layout is that of PyTorch's `caffe2/serialize/inline_container.h`: records `data.pkl`,
/// `byteorder`, `version` and `data/0`, `data/1` … under one folder's name.
public final class PyTorchFile: Sendable {
  private let file: MappedFile
  private let archive: ZipArchive

  public let path: String
  /// The size of the file.
  public var byteCount: Int { file.bytes.count }
  /// What was saved.
  public let root: PickleValue

  /// Opens the file.
  ///
  /// - Throws: ``PyTorchFileError``.
  public init(path: String) throws(PyTorchFileError) {
    let file = try PyTorchFileError.wrapping { () throws(FileError) in
      try MappedFile(path: path)
    }
    self.file = file
    self.path = path
    try Self.checkFormat(file.bytes, path: path)
    let archive = try ZipArchive(file.bytes, path: path)
    self.archive = archive
    let pickle = try Self.pickle(of: archive)
    let folder = String(pickle.name.dropLast(Self.pickleName.count))
    if let order = archive.record(named: "\(folder)/byteorder") {
      guard try archive.contents(of: order, in: file.bytes) != Array("big".utf8) else {
        throw .bigEndian(path: path)
      }
    }
    let bytes = try archive.contents(of: pickle, in: file.bytes)
    root = try bytes.withUnsafeBufferPointer { (bytes) throws(PyTorchFileError) in
      try PickleReader.value(of: UnsafeRawBufferPointer(bytes), path: path) {
        (name) throws(PyTorchFileError) in
        try Self.storage("\(folder)/data/\(name)", in: archive)
      }
    }
  }

  private static let pickleName = "/data.pkl"

  /// Tells other files from damaged ones.
  private static func checkFormat(
    _ bytes: UnsafeRawBufferPointer, path: String
  ) throws(PyTorchFileError) {
    let start = LittleEndianBytes(bytes)
    if start.number(UInt32.self, at: 0) == ZipFormat.localSignature { return }
    // The number that PyTorch before 1.6 began its files with, pickled; before 0.1.10 they were tar
    // archives.
    let older: [UInt8] = [0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9]
    let tar = Array("ustar".utf8)
    if bytes.starts(with: older) || start.slice(257, tar.count).map(Array.init) == tar {
      throw .olderFormat(path: path)
    }
    let found =
      bytes.count < 4
      ? "a file of \(bytes.count) bytes"
      : "the bytes \(bytes.prefix(4).map { String($0, radix: 16) }.joined(separator: " ")) first"
    throw .notPyTorch(path: path, found: found)
  }

  private static func pickle(of archive: ZipArchive) throws(PyTorchFileError) -> ZipRecord {
    let pickles = archive.records.filter {
      $0.name.hasSuffix(pickleName) && $0.name.utf8.count { $0 == 0x2F } == 1
    }
    guard let pickle = pickles.first, pickles.count == 1 else {
      let found = pickles.isEmpty ? "\(archive.records.count) others" : "\(pickles.count)"
      throw .notPyTorch(path: archive.path, found: "a zip archive with \(found) for data.pkl")
    }
    return pickle
  }

  /// A storage's place; a packed one would have to be unpacked to be read.
  private static func storage(
    _ name: String, in archive: ZipArchive
  ) throws(PyTorchFileError) -> Range<Int>? {
    guard let record = archive.record(named: name) else { return nil }
    guard !record.isDeflated else {
      throw .damagedArchive(
        path: archive.path, record: name, expected: "stored bytes, as torch.save writes them",
        found: "deflated ones")
    }
    return record.range
  }

  // MARK: - Tensors

  /// Calls `body` with a tensor's elements in the order of its shape, little-endian and of any alignment;
  /// they are valid until it returns.
  ///
  /// A contiguous tensor's are those of the file; another's are gathered first.
  ///
  /// - Throws: ``PyTorchFileError`` where elements of the tensor share places, and what `body` throws.
  public func withBytes<Result>(
    of tensor: PyTorchTensor, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result {
    precondition(tensor.storageRange.upperBound <= file.bytes.count, "a tensor of another file")
    if tensor.isContiguous {
      return try withExtendedLifetime(file) {
        try body(UnsafeRawBufferPointer(rebasing: file.bytes[tensor.byteRange]))
      }
    }
    guard !tensor.isExpanded else {
      throw PyTorchFileError.invalidTensor(
        path: path, record: "data/\(tensor.storage)",
        expected: "at most as many elements as its storage has",
        found: "\(tensor.elementCount), which share places")
    }
    return try PyTorchGathering.bytes(of: tensor, in: file.bytes).withUnsafeBytes(body)
  }

  /// Holds every record against its CRC-32, which opening does for the pickle alone.
  ///
  /// - Throws: ``PyTorchFileError`` that names the first record whose bytes were changed.
  public func verify() throws(PyTorchFileError) {
    for record in archive.records where !record.isDeflated {
      try archive.verify(record, in: file.bytes)
    }
  }

  /// All tensors with the keys that lead to them, joined by dots, in the order of the file.
  public var tensors: [(name: String, tensor: PyTorchTensor)] {
    var result: [(name: String, tensor: PyTorchTensor)] = []
    // Values nest to a small depth, which was checked.
    func collect(_ value: PickleValue, _ name: String) {
      func inner(_ key: String) -> String { name.isEmpty ? key : "\(name).\(key)" }
      switch value {
      case .tensor(let tensor): result.append((name, tensor))
      case .list(let values), .tuple(let values), .set(let values):
        for (index, value) in values.enumerated() { collect(value, inner("\(index)")) }
      case .dictionary(let dictionary):
        for entry in dictionary.entries {
          switch entry.key {
          case .string(let key): collect(entry.value, inner(key))
          case .integer(let key): collect(entry.value, inner("\(key)"))
          default: collect(entry.value, inner("?"))
          }
        }
      default: break
      }
    }
    collect(root, "")
    return result
  }
}
