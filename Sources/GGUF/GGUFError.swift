import Files

/// What can be wrong with a GGUF file, or keep one from being written.
public enum GGUFError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The file cannot be read or written.
  case file(FileError)
  /// The file does not begin with the four letters "GGUF".
  case wrongMagic(path: String, found: [UInt8])
  /// The file is of a version, or an order of bytes, that is not read.
  case unsupportedVersion(path: String, found: String)
  /// The file is not what its format asks for; `place` is the header, a key or a tensor.
  case malformed(path: String, place: String, expected: String, found: String)
  /// A tensor's numbers are of a type that is not read.
  case unsupportedType(path: String, tensor: String, found: String)
  /// The metadata lack a key, or its value is another than a model needs.
  case wrongValue(path: String, key: String, expected: String, found: String)
  /// The file holds a model of another architecture.
  case unsupportedArchitecture(path: String, expected: String, found: String)
  /// What is to be written has no place in the format.
  case inexpressible(path: String, what: String, expected: String, found: String)

  public var description: String {
    switch self {
    case .file(let error): return error.description
    case .wrongMagic(let path, let found):
      let bytes = found.map { "\($0)" }.joined(separator: ", ")
      return "\(path): expected a GGUF file, which begins with the letters GGUF (71, 71, 85, 70), "
        + "found \(found.isEmpty ? "an empty file" : "the bytes \(bytes)"). Give the model's .gguf "
        + "file."
    case .unsupportedVersion(let path, let found):
      return "\(path): expected GGUF version 2 or 3 in little-endian order, found \(found). "
        + "Convert the model again with a current converter."
    case .malformed(let path, let place, let expected, let found):
      return "\(path): \(place): expected \(expected), found \(found). The file was cut off or is "
        + "damaged: copy it again from where it was published."
    case .unsupportedType(let path, let tensor, let found):
      let known = GGUFTensorType.readableNames.joined(separator: ", ")
      return "\(path): tensor \"\(tensor)\": expected numbers of a type that is read (\(known)), "
        + "found \(found). Use a conversion of the model to one of these types."
    case .wrongValue(let path, let key, let expected, let found):
      return "\(path): key \"\(key)\": expected \(expected), found \(found). Convert the model "
        + "again, or use another conversion of it."
    case .unsupportedArchitecture(let path, let expected, let found):
      return "\(path): key \"general.architecture\": expected \"\(expected)\", found \"\(found)\". "
        + "Only models of that architecture can be read; use a program for \"\(found)\" models."
    case .inexpressible(let path, let what, let expected, let found):
      return "\(path): \(what): GGUF, as llama.cpp reads it, takes \(expected), found "
        + "\(found). Choose another format for this model."
    }
  }
}
