/// Which of a run's rows a process trains on.
///
/// Rows are numbered in one sequence, the same for any number of processes. Of each stretch of
/// count × batch size rows, each process takes a batch, the lowest index first; after it all stand
/// at the same cursor.
public struct CorpusShare: Sendable, Equatable {
  /// This process's number, from 0.
  public var index: Int
  /// How many processes there are.
  public var count: Int

  /// Describes a share.
  public init(index: Int, of count: Int) {
    self.index = index
    self.count = count
  }

  /// All rows.
  public static let whole = CorpusShare(index: 0, of: 1)
}
