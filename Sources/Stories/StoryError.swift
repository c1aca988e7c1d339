/// What can be wrong with a request for a corpus.
public enum StoryError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A number of stories is below zero.
  case negativeCount(name: String, found: Int)

  public var description: String {
    switch self {
    case .negativeCount(let name, let found):
      "\(name): expected a number of stories, 0 or more, found \(found)."
    }
  }
}
