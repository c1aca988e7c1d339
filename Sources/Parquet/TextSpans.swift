/// Where some texts lie in memory: a start and a length each.
///
/// Three starts that no page can have mark the entries that have no text.
struct TextSpans: ~Copyable {
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

/// Texts with their length before each (`PLAIN`).
///
/// Lengths become zeros once they are read. With ASCII between them, one check of all bytes tells
/// whether each text by itself is UTF-8: no character can reach from one into the next.
struct PlainTexts {
  private let bytes: UnsafeMutableRawBufferPointer
  private var position = 0

  init(_ bytes: UnsafeMutableRawBufferPointer) {
    self.bytes = bytes
  }

  /// Finds the next texts; returns the stretch that they lie in.
  mutating func decode(
    _ count: Int, into starts: UnsafeMutablePointer<UInt32>,
    _ counts: UnsafeMutablePointer<UInt32>
  ) throws(Fault) -> UnsafeRawBufferPointer {
    let first = position
    guard let base = bytes.baseAddress else {
      guard count == 0 else { throw .endsEarly }
      return UnsafeRawBufferPointer(bytes)
    }
    for index in 0..<count {
      guard bytes.count - position >= 4 else { throw .endsEarly }
      let place = base + position
      let length = UInt32(littleEndian: place.loadUnaligned(as: UInt32.self))
      place.storeBytes(of: 0, as: UInt32.self)
      position += 4
      guard Int(length) <= bytes.count - position else {
        throw .corrupt("a text of \(length) bytes where the page has \(bytes.count - position)")
      }
      starts[index] = UInt32(truncatingIfNeeded: position)
      counts[index] = length
      position += Int(length)
    }
    return UnsafeRawBufferPointer(rebasing: bytes[first..<position])
  }
}

/// The distinct texts of a chunk, to which its entries refer by number.
final class TextDictionary {
  private var buffer = ReusableBuffer()
  private var spans = TextSpans(capacity: 0)
  private(set) var count: Int?
  /// Whether all of its texts are UTF-8.
  private(set) var isValid = true

  var base: UnsafeRawPointer? { UnsafeRawPointer(buffer.base) }

  func removeAll() {
    count = nil
  }

  /// Reads a dictionary's page.
  ///
  /// - Parameter owner: The memory that may hold the page, and nothing else that is needed: it is
  ///   taken over, rather than copied, if it does.
  func read(
    _ page: UnsafeMutableRawBufferPointer, count: Int, owner: inout ReusableBuffer
  ) throws(Fault) {
    guard count <= page.count / 4 else {
      throw .corrupt("a dictionary of \(count) texts in \(page.count) bytes")
    }
    if let base = owner.base, page.baseAddress == base {
      swap(&buffer, &owner)
    } else {
      // Room for one byte, so that an empty dictionary has an address too.
      try buffer.reserve(page.count + 1)
      buffer.bytes(0..<page.count).copyMemory(from: UnsafeRawBufferPointer(page))
    }
    let own = buffer.bytes(0..<page.count)
    if count > spans.capacity { spans = TextSpans(capacity: count) }
    var texts = PlainTexts(own)
    let stretch = try texts.decode(count, into: spans.starts, spans.counts)
    isValid = isUTF8(stretch)
    self.count = count
  }

  /// Replaces the numbers in `counts` by the lengths of the texts that they stand for.
  func look(
    up count: Int, _ starts: UnsafeMutablePointer<UInt32>, _ counts: UnsafeMutablePointer<UInt32>
  ) {
    for index in 0..<count {
      let number = Int(counts[index])
      starts[index] = spans.starts[number]
      counts[index] = spans.counts[number]
    }
  }
}
