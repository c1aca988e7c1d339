/// Cuts a document that arrives in stretches to pieces, never looking at a byte twice.
package struct PieceCutter {
  private let maximumWords: Int
  private let maximumBytes: Int
  /// Where the next piece starts, how far it was searched, and how many spaces were found in it.
  private(set) var start = 0
  private var searched = 0
  private var spaces = 0
  /// Whether the document's last piece is cut.
  private(set) var isFinished = false

  /// Cuts as a filter says.
  package init(_ filter: DocumentFilter) {
    maximumWords = filter.maximumWordsPerPiece ?? .max
    maximumBytes = filter.maximumBytesPerPiece
  }

  /// Starts on another document.
  package mutating func reset() {
    (start, searched, spaces, isFinished) = (0, 0, 0, false)
  }

  /// Takes the pieces already cut out of the text's front.
  package mutating func discardPieces(from text: inout [UInt8]) {
    text.removeSubrange(..<start)
    searched -= start
    start = 0
  }

  /// The next piece's range in `text`, or nil if there is none, or none before more of the text
  /// arrives.
  ///
  /// - Parameters:
  ///   - text: the document so far, from where pieces were last discarded.
  ///   - isComplete: whether the document ends with it.
  package mutating func next(in text: [UInt8], isComplete: Bool) -> Range<Int>? {
    guard !isFinished else { return nil }
    return text.withUnsafeBufferPointer { text in
      let limit = min(text.count, start + min(maximumBytes, text.count) + 1)
      if let separator = lastSeparator(in: text, before: limit) {
        defer { advance(to: separator + 1) }
        return start..<separator
      }
      if text.count - start > maximumBytes {
        let cut = byteCut(in: text)
        defer { advance(to: cut) }
        return start..<cut
      }
      guard isComplete else { return nil }
      isFinished = true
      return start..<text.count
    }
  }

  private mutating func advance(to position: Int) {
    (start, searched, spaces) = (position, position, 0)
  }

  /// The space that ends the piece's last word, if it comes before `limit`.
  private mutating func lastSeparator(
    in text: UnsafeBufferPointer<UInt8>, before limit: Int
  ) -> Int? {
    let space = UInt8(ascii: " ")
    if maximumWords == .max {
      searched = limit
      return nil
    }
    // Whole blocks by count alone, to the one that holds the separator.
    while searched + spaceBlock <= limit {
      let inBlock = spaceCount(ofBlockIn: text, at: searched)
      if spaces + inBlock >= maximumWords { break }
      spaces += inBlock
      searched += spaceBlock
    }
    while searched < limit {
      if text[searched] == space {
        spaces += 1
        if spaces == maximumWords { return searched }
      }
      searched += 1
    }
    return nil
  }

  private func byteCut(in text: UnsafeBufferPointer<UInt8>) -> Int {
    let limit = start + maximumBytes
    var cut = limit
    while cut > start, text[cut] != 0x20, text[cut] != 0x0A { cut -= 1 }
    if cut > start { return cut }
    cut = limit
    while text[cut] & 0xC0 == 0x80 { cut -= 1 }
    precondition(cut > start, "byte cut at \(cut) does not pass \(start): text is not UTF-8")
    return cut
  }
}

/// Long enough that the loop over its words of eight bytes is worth entering.
private let spaceBlock = 128

/// Counts spaces eight bytes at a time, which `SIMD64`'s comparisons are no match for.
private func spaceCount(ofBlockIn text: UnsafeBufferPointer<UInt8>, at index: Int) -> Int {
  let bytes = UnsafeRawBufferPointer(text)
  let low: UInt64 = 0x7F7F_7F7F_7F7F_7F7F
  var count = 0
  for offset in stride(from: index, to: index + spaceBlock, by: 8) {
    // Zero where a space stands; then the high bit is set where a byte is zero, and nowhere else.
    let difference =
      bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self) ^ 0x2020_2020_2020_2020
    count += (~(((difference & low) &+ low) | difference | low)).nonzeroBitCount
  }
  return count
}
