import Files

/// What can be wrong with a PyTorch file: where, what was expected and found, and what to do.
public enum PyTorchFileError: Error, Sendable, Equatable {
  /// The file cannot be read or written.
  case file(FileError)
  /// No file of PyTorch's at all.
  case notPyTorch(path: String, found: String)
  /// A file of PyTorch before 1.6, which is no zip archive.
  case olderFormat(path: String)
  /// The archive contradicts itself.
  case damagedArchive(path: String, record: String?, expected: String, found: String)
  /// A record that would unpack to more than its size accounts for.
  case recordTooLarge(path: String, record: String, claimed: UInt64, limit: Int)
  /// A record whose bytes are not those that were written.
  case wrongChecksum(path: String, record: String, expected: UInt32, found: UInt32)
  /// Numbers in the other order of bytes.
  case bigEndian(path: String)
  /// The pickle names a function or class that does not belong in weights.
  case refusedGlobal(path: String, name: String, offset: Int)
  /// The pickle holds an instruction that does not belong in weights.
  case refusedInstruction(path: String, code: UInt8, offset: Int)
  /// The pickle contradicts itself.
  case invalidPickle(path: String, offset: Int, expected: String, found: String)
  /// The pickle builds more than its bytes account for.
  case tooMuch(path: String, offset: Int, what: String, limit: Int)
  /// A tensor does not fit what it lies in.
  case invalidTensor(path: String, record: String, expected: String, found: String)
  /// A value that is not what a reader looks for.
  case unexpectedValue(path: String, key: String, expected: String, found: String)
  /// What was given to be written is more or less than was announced.
  case wrongByteCount(path: String, tensor: String, expected: Int, found: Int)
}

extension PyTorchFileError: CustomStringConvertible {
  /// The fault with its place, then the remedy.
  public var description: String {
    switch self {
    case .file(let error): error.description
    case .notPyTorch(let path, let found):
      "\(path): expected a zip archive that torch.save wrote, found \(found). Check the path, and that "
        + "the file was copied whole."
    case .olderFormat(let path):
      "\(path): expected the zip archive that torch.save writes since PyTorch 1.6, found an older "
        + "file. Convert it in Python, if you trust where it comes from: "
        + "torch.save(torch.load(\"\(path)\", weights_only=True), \"NEW.pt\")"
    case .damagedArchive(let path, let record, let expected, let found):
      "\(path): \(record.map { "record \"\($0)\"" } ?? "archive"): expected \(expected), found "
        + "\(found). The file was cut off or changed: copy it again."
    case .recordTooLarge(let path, let record, let claimed, let limit):
      "\(path): record \"\(record)\" claims to unpack to \(claimed) bytes, at most \(limit) are "
        + "allowed. This may be a zip bomb: if you trust the file, write it again with torch.save, "
        + "which does not compress."
    case .wrongChecksum(let path, let record, let expected, let found):
      "\(path): record \"\(record)\": expected the CRC-32 \(expected), found \(found). Bytes were "
        + "changed after they were written: copy the file again."
    case .bigEndian(let path):
      "\(path): expected little-endian numbers, found big-endian ones. Load and save it with PyTorch "
        + "on a little-endian machine."
    case .refusedGlobal(let path, let name, let offset):
      "\(path): byte \(offset) of data.pkl asks for \"\(name)\", which is no part of tensors and plain "
        + "containers. Nothing was run. If you trust the file's maker, save what you need of it as "
        + "plain tensors: torch.save(model.state_dict(), \"NEW.pt\"); if not, delete it."
    case .refusedInstruction(let path, let code, let offset):
      "\(path): byte \(offset) of data.pkl is the instruction \(Self.name(code)), which torch.save does "
        + "not write. Nothing was run. If you trust the file's maker, load it with PyTorch and save it "
        + "again; if not, delete it."
    case .invalidPickle(let path, let offset, let expected, let found):
      "\(path): byte \(offset) of data.pkl: expected \(expected), found \(found). The file was damaged "
        + "or made by hand: write it again with torch.save."
    case .tooMuch(let path, let offset, let what, let limit):
      "\(path): byte \(offset) of data.pkl: \(what), at most \(limit) allowed. No weights are like "
        + "that: do not trust this file, or save plain tensors."
    case .invalidTensor(let path, let record, let expected, let found):
      "\(path): a tensor in record \"\(record)\": expected \(expected), found \(found). Write the file "
        + "again with torch.save."
    case .unexpectedValue(let path, let key, let expected, let found):
      "\(path): \(key): expected \(expected), found \(found)."
    case .wrongByteCount(let path, let tensor, let expected, let found):
      "\(path): tensor \"\(tensor)\": expected \(expected) bytes for its shape and type, found "
        + "\(found)."
    }
  }

  private static func name(_ code: UInt8) -> String {
    let character = (0x21...0x7E).contains(code) ? " ('\(Character(Unicode.Scalar(code)))')" : ""
    return "0x\(String(code, radix: 16))\(character)"
  }

  /// What `body` returns; its failure is one of the file.
  static func wrapping<Result>(
    _ body: () throws(FileError) -> Result
  ) throws(PyTorchFileError) -> Result {
    do {
      return try body()
    } catch {
      throw .file(error)
    }
  }
}
