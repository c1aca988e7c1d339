/// The distinct values of a chunk, to which its entries refer by number.
final class ValueDictionary {
  private var buffer = ReusableBuffer()
  private var spans = ByteSpans(capacity: 0)
  private(set) var count: Int?
  /// The bytes of each value; nil where each has its length before it, and is text.
  private var width: Int?
  /// Whether all of its texts are UTF-8.
  private(set) var isValid = true

  var base: UnsafeRawPointer? { UnsafeRawPointer(buffer.base) }

  /// Starts at a chunk, which may have a dictionary of values so wide.
  func startChunk(width: Int?) {
    self.width = width
    count = nil
  }

  /// Reads a dictionary's page.
  ///
  /// - Parameter owner: The memory that may hold the page, and nothing else that is needed: it is
  ///   taken over, rather than copied, if it does.
  func read(
    _ page: UnsafeMutableRawBufferPointer, count: Int, owner: inout ReusableBuffer
  ) throws(Fault) {
    guard count <= page.count / max(1, width ?? 4) else {
      let what = width.map { "values of \($0) bytes" } ?? "texts"
      throw .corrupt("a dictionary of \(count) \(what) in \(page.count) bytes")
    }
    if let base = owner.base, page.baseAddress == base {
      swap(&buffer, &owner)
    } else {
      // Room for one byte, so that an empty dictionary has an address too.
      try buffer.reserve(page.count + 1)
      buffer.bytes(0..<page.count).copyMemory(from: UnsafeRawBufferPointer(page))
    }
    if width == nil {
      let own = buffer.bytes(0..<page.count)
      if count > spans.capacity { spans = ByteSpans(capacity: count) }
      var texts = PlainTexts(own)
      let stretch = try texts.decode(count, into: spans.starts, spans.counts)
      isValid = isUTF8(stretch)
    }
    self.count = count
  }

  /// The numbers that a page refers to the dictionary by.
  func indices(in page: UnsafeRawBufferPointer) throws(Fault) -> HybridDecoder {
    guard let count else {
      throw .corrupt("a page refers to a dictionary, the chunk has none")
    }
    // A page of nulls alone may lack the width as well.
    guard let width = page.first else { return HybridDecoder(page, width: 0, limit: count) }
    guard width <= 32 else { throw .corrupt("indices of \(width) bits, expected at most 32") }
    return HybridDecoder(
      UnsafeRawBufferPointer(rebasing: page[1...]), width: Int(width), limit: count)
  }

  /// Replaces the numbers in `counts` by the lengths of the values that they stand for.
  func look(
    up count: Int, _ starts: UnsafeMutablePointer<UInt32>, _ counts: UnsafeMutablePointer<UInt32>
  ) {
    if let width {
      for index in 0..<count {
        starts[index] = UInt32(truncatingIfNeeded: Int(counts[index]) * width)
        counts[index] = UInt32(truncatingIfNeeded: width)
      }
      return
    }
    for index in 0..<count {
      let number = Int(counts[index])
      starts[index] = spans.starts[number]
      counts[index] = spans.counts[number]
    }
  }
}
