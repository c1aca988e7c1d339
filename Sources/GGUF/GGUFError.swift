import Files

/// What can be wrong with a GGUF file.
public enum GGUFError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The file cannot be read.
  case file(FileError)

  public var description: String {
    switch self {
    case .file(let error): error.description
    }
  }
}
