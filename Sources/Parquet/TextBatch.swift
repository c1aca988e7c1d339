/// Some entries of a column, in order.
///
/// The bytes live until the reader that gave it is asked for more.
public struct TextBatch {
  /// One entry.
  public enum Entry {
    case text(UnsafeRawBufferPointer)
    /// A value that is null.
    case null
    /// A row whose list is empty or null, so that it has no value.
    case noElement
  }

  /// How many entries there are, at least one.
  public let count: Int
  /// The row of the row group that the first entry belongs to.
  public let firstRow: Int

  let base: UnsafeRawPointer?
  let starts: UnsafePointer<UInt32>
  let counts: UnsafePointer<UInt32>
  /// Nil where each entry is a row.
  let repetition: UnsafePointer<UInt8>?

  public subscript(index: Int) -> Entry {
    precondition((0..<count).contains(index), "entry \(index) of \(count)")
    return switch starts[index] {
    case ByteSpans.null: .null
    case ByteSpans.noElement: .noElement
    case let start:
      .text(
        UnsafeRawBufferPointer(
          start: base.map { $0 + Int(start) }, count: Int(counts[index])))
    }
  }

  /// Whether an entry is the first of its row.
  public func startsRow(_ index: Int) -> Bool {
    precondition((0..<count).contains(index), "entry \(index) of \(count)")
    return repetition.map { $0[index] == 0 } ?? true
  }
}

/// What a column holds in one row.
public enum TextRow: Sendable, Equatable {
  /// The column is no list, and its value is missing.
  case null
  /// The column is no list: the text has so many bytes.
  case text(byteCount: Int)
  /// The column is or lies in a list: so many bytes each text has, nil for those that are null.
  case list(byteCounts: [Int?])
}
