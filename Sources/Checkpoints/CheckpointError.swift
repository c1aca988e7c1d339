import Files

/// What can be wrong with a checkpoint; what goes wrong in writing one is a `FileError`.
public enum CheckpointError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A file or folder cannot be read, listed or removed.
  case file(FileError)

  /// The file ends too soon, or goes on after its end.
  case wrongFileSize(path: String, expected: Int, found: Int)

  /// The header says that it is longer than the format or the file allows.
  case headerTooLong(path: String, limit: Int, found: UInt64)

  /// The header is not what the format asks for.
  case invalidHeader(path: String, tensor: String?, expected: String, found: String)

  /// Two tensors of a file have one name.
  case duplicateName(path: String, tensor: String)

  /// A tensor's bytes do not begin where those of the tensor before it end.
  case wrongOffset(path: String, tensor: String, expected: Int, found: Int)

  /// A tensor has more or fewer bytes than its shape and type take.
  case wrongByteCount(path: String, tensor: String, expected: Int, found: Int)

  /// The file has no tensor of this name.
  case missingTensor(path: String, tensor: String, nearby: [String])

  /// A tensor differs from the same tensor of the file it is compared with.
  case tensorMismatch(path: String, tensor: String, expected: String, found: String)

  /// A checkpoint's folder does not hold what its manifest says.
  case damagedCheckpoint(path: String, expected: String, found: String)

  /// A number or name that was asked for cannot be used.
  case invalidRequest(path: String, expected: String, found: String)

  public var description: String {
    switch self {
    case .file(let error):
      return error.description
    case .wrongFileSize(let path, let expected, let found):
      return "\(path): expected \(expected) bytes, found \(found). The file was cut off or is "
        + "damaged: copy it again, or use an older checkpoint."
    case .headerTooLong(let path, let limit, let found):
      return "\(path): expected a header of at most \(limit) bytes, found the length \(found). "
        + "Check that this is a safetensors file, and whole."
    case .invalidHeader(let path, let tensor, let expected, let found):
      let place = tensor.map { " of tensor \"\($0)\"" } ?? ""
      return "\(path): header\(place): expected \(expected), found \(found). "
        + "Check that this is a safetensors file, and write it again."
    case .duplicateName(let path, let tensor):
      return "\(path): expected every name once, found \"\(tensor)\" twice. "
        + "Give the tensors different names and write the file again."
    case .wrongOffset(let path, let tensor, let expected, let found):
      let fault = found < expected ? "overlaps the tensor before it" : "leaves a gap before it"
      return "\(path): tensor \"\(tensor)\" \(fault): expected it at byte \(expected) of the "
        + "data, found it at \(found). Write the file again."
    case .wrongByteCount(let path, let tensor, let expected, let found):
      return "\(path): tensor \"\(tensor)\": expected \(expected) bytes for its shape and type, "
        + "found \(found). Write the file again."
    case .missingTensor(let path, let tensor, let nearby):
      let names = nearby.map { "\"\($0)\"" }.joined(separator: ", ")
      return "\(path): expected a tensor \"\(tensor)\", found none of that name; there are "
        + "\(nearby.isEmpty ? "no tensors" : names). Check that the file is of the same model."
    case .tensorMismatch(let path, let tensor, let expected, let found):
      return "\(path): tensor \"\(tensor)\": expected \(expected), found \(found). "
        + "Use files of one and the same model."
    case .damagedCheckpoint(let path, let expected, let found):
      return "\(path): expected \(expected), found \(found). "
        + "Delete this checkpoint and go on from an older one."
    case .invalidRequest(let path, let expected, let found):
      return "\(path): expected \(expected), found \(found). Correct the request."
    }
  }

  /// The failure of the latest call to the system.
  static func latest(_ operation: String, _ path: String) -> Self {
    .file(.latest(operation, path))
  }

  /// What `body` returns; its failure is one of the checkpoint.
  static func wrapping<Result>(
    _ body: () throws(FileError) -> Result
  ) throws(CheckpointError) -> Result {
    do {
      return try body()
    } catch {
      throw .file(error)
    }
  }
}
