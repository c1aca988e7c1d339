/// Where some values lie in memory: a start and a length each.
///
/// Three starts that no page can have mark the entries that have no text.
struct ByteSpans: ~Copyable {
  /// An entry that is null.
  static let null = UInt32.max
  /// An entry that only says that a list is empty or missing.
  static let noElement = UInt32.max - 1
  /// A text that is not UTF-8.
  static let invalid = UInt32.max - 2

  let capacity: Int
  let starts: UnsafeMutablePointer<UInt32>
  let counts: UnsafeMutablePointer<UInt32>

  init(capacity: Int) {
    self.capacity = capacity
    starts = .allocate(capacity: capacity)
    counts = .allocate(capacity: capacity)
    starts.initialize(repeating: Self.null, count: capacity)
    counts.initialize(repeating: 0, count: capacity)
  }

  deinit {
    starts.deallocate()
    counts.deallocate()
  }
}
