/// The order in which an epoch goes through a corpus's files.
public enum FileOrder: Codable, Sendable, Equatable, CustomStringConvertible {
  /// As listed, every epoch.
  case listed
  /// Shuffled anew each epoch, the order depending on nothing but the seed and the epoch's number.
  ///
  /// The row groups of a columnar file are shuffled among themselves in the same way.
  case shuffled(seed: UInt64)

  /// In words, for messages.
  public var description: String {
    switch self {
    case .listed: "files as listed"
    case .shuffled(let seed): "files shuffled with seed \(seed)"
    }
  }

  /// The files' indices in the order of an epoch.
  package func indices(count: Int, epoch: Int) -> [Int] {
    switch self {
    case .listed: Array(0..<count)
    case .shuffled(let seed): shuffledIndices(count: count, seed: seed, streams: [epoch])
    }
  }

  /// The order in which an epoch goes through the row groups of the `file`-th file.
  func rowGroups(count: Int, file: Int, epoch: Int) -> [Int] {
    switch self {
    case .listed: Array(0..<count)
    case .shuffled(let seed): shuffledIndices(count: count, seed: seed, streams: [epoch, file])
    }
  }
}
