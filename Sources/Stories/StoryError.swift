/// What can go wrong when the corpus is written.
public enum StoryError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A number of stories is below zero.
  case negativeCount(name: String, found: Int)

  /// A file or folder cannot be written.
  case cannotWrite(path: String, reason: String)

  public var description: String {
    switch self {
    case .negativeCount(let name, let found):
      "\(name): expected a number of stories, 0 or more, found \(found)."
    case .cannotWrite(let path, let reason):
      "\(path): cannot be written: \(reason). Choose a folder that you may write to, on a disk "
        + "with 10 MB to spare, and write the corpus again."
    }
  }
}
