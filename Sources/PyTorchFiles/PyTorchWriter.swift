import Files

/// Writes PyTorch files that `torch.load` reads, also with `weights_only=True` and `mmap=True`.
///
/// Tensors are written one after the other, never holding more than is handed over. The bytes depend on
/// the contents alone.
public enum PyTorchWriter {
  /// The version that torch.save writes of this layout.
  private static let version = "3\n"
  /// The folder that torch.save puts records under where it knows no file's name.
  private static let folder = "archive"

  /// Writes the file aside, syncs it, and renames it to `path`.
  ///
  /// - Returns: The checksum and size of the file.
  /// - Throws: `FileError`, ``PyTorchFileError`` where a tensor's bytes are not as many as its shape and
  ///   type take, and what the tensors throw; the file aside is removed.
  @discardableResult
  public static func write(_ root: PyTorchContents, to path: String) throws -> Checksum {
    try write(root, to: path, largestSmall: .max)
  }

  /// The same, with a bound above which sizes and offsets are written in 64 bits.
  @discardableResult
  package static func write(
    _ root: PyTorchContents, to path: String, largestSmall: UInt64
  ) throws -> Checksum {
    let (pickle, tensors) = try pickle(of: root, path: path)
    let sizes = tensors.map { $0.byteCount + 2 * ZipWriter.alignment + 128 }
    let file = try AtomicFile(
      path: path, bytesNeeded: sizes.reduce(pickle.count + 1_024, +))
    var archive = ZipWriter(file, path: path, largestSmall: largestSmall)
    func add(_ name: String, _ bytes: [UInt8]) throws {
      try archive.add("\(folder)/\(name)", byteCount: bytes.count) { sink in
        try bytes.withUnsafeBytes { try sink($0) }
      }
    }
    try add("data.pkl", pickle)
    try add("byteorder", Array("little".utf8))
    for (index, tensor) in tensors.enumerated() {
      try archive.add("\(folder)/data/\(index)", byteCount: tensor.byteCount) { sink in
        try tensor.bytes(sink)
      }
    }
    try add("version", Array(version.utf8))
    try add(".data/serialization_id", Array(identity(of: file).utf8))
    try archive.finish()
    try file.commit()
    return file.checksum
  }

  /// The pickle of contents, and the tensors whose storages it counts from 0.
  package static func pickle(
    of root: PyTorchContents, path: String
  ) throws(PyTorchFileError) -> (bytes: [UInt8], tensors: [PyTorchContents.Tensor]) {
    var tensors: [PyTorchContents.Tensor] = []
    var writer = PickleWriter { (tensor) throws(PyTorchFileError) in
      guard tensor.elementType.storageClass != nil else {
        throw .unexpectedValue(
          path: path, key: "a tensor", expected: "a type with a storage class",
          found: tensor.elementType.rawValue)
      }
      tensors.append(tensor)
      return "\(tensors.count - 1)"
    }
    try writer.finish(with: root)
    return (writer.bytes, tensors)
  }

  /// Forty digits that tell contents apart, as torch.save writes them.
  private static func identity(of file: AtomicFile) -> String {
    func padded(_ value: Int) -> String {
      let digits = String(value)
      return String(repeating: "0", count: 20 - digits.count) + digits
    }
    return padded(file.checksum.byteCount) + padded(Int(file.checksum.value))
  }
}
