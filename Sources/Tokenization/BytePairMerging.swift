/// The merges themselves. Ranks are compared before places: the merge of highest score first, the
/// leftmost of equals.
extension EncoderWorkspace {
  /// Merges one stretch of text and appends its tokens.
  @inline(never)
  mutating func merge(_ start: Int, _ length: Int, _ table: PieceTable) {
    let count = split(start, length, table)
    if count <= Self.scanLimit {
      let remaining = mergeByScanning(count, table)
      for index in 0..<remaining {
        let (from, to) = (Int(offsets.base[index]), Int(offsets.base[index + 1]))
        emit(symbols.base[index], start + from, to - from, table)
      }
    } else {
      mergeByQueue(count, table) { _, _, _ in }
      var index = 0
      while index < count {
        let following = Int(next.base[index])
        let (from, to) = (Int(offsets.base[index]), Int(offsets.base[following]))
        emit(symbols.base[index], start + from, to - from, table)
        index = following
      }
    }
  }

  /// Fills `symbols` with the characters' and `offsets` with where they start; one more offset
  /// marks the end.
  private mutating func split(_ start: Int, _ length: Int, _ table: PieceTable) -> Int {
    symbols.reserve(length)
    offsets.reserve(length + 1)
    var count = 0
    var position = 0
    while position < length {
      let character = text.base + start + position
      symbols.base[count] = table.symbol(ofCharacter: scalarValue(character))
      offsets.base[count] = Int32(truncatingIfNeeded: position)
      count += 1
      position += encodedLength(lead: character.pointee)
    }
    offsets.base[count] = Int32(truncatingIfNeeded: length)
    return count
  }

  /// Returns how many symbols are left, at the front of `symbols`.
  private mutating func mergeByScanning(_ symbolCount: Int, _ table: PieceTable) -> Int {
    pairs.reserve(symbolCount)
    let (symbols, offsets, pairs) = (symbols.base, offsets.base, pairs.base)
    var count = symbolCount
    for index in 0..<max(count - 1, 0) {
      pairs[index] = table.merge(symbols[index], symbols[index + 1])
    }
    while count > 1 {
      var rank = IntegerTable.none >> 32
      var place = -1
      for index in 0..<(count - 1) where pairs[index] >> 32 < rank {
        rank = pairs[index] >> 32
        place = index
      }
      scanSteps &+= count
      guard place >= 0 else { break }
      symbols[place] = Int32(truncatingIfNeeded: pairs[place])
      count -= 1
      var index = place + 1
      while index < count {
        symbols[index] = symbols[index + 1]
        offsets[index] = offsets[index + 1]
        pairs[index - 1] = pairs[index]
        index += 1
      }
      offsets[count] = offsets[count + 1]
      if place > 0 { pairs[place - 1] = table.merge(symbols[place - 1], symbols[place]) }
      if place < count - 1 { pairs[place] = table.merge(symbols[place], symbols[place + 1]) }
    }
    return count
  }

  /// Links what is left through `next`, which ends with `count`; n log n for n symbols.
  ///
  /// Symbols that have been merged away, and those that must not merge, are negative.
  /// `considered` is told of every candidate in the order of its discovery.
  private mutating func mergeByQueue(
    _ count: Int, _ table: PieceTable,
    considered: (_ left: Int32, _ right: Int32, _ merged: Int32) -> Void
  ) {
    previous.reserve(count + 1)
    next.reserve(count + 1)
    let (symbols, offsets) = (symbols.base, offsets.base)
    let (previous, next) = (previous.base, next.base)
    for index in 0..<count {
      previous[index] = Int32(truncatingIfNeeded: index - 1)
      next[index] = Int32(truncatingIfNeeded: index + 1)
    }
    var queue = queue
    func consider(_ left: Int, _ right: Int) {
      guard left >= 0 && right < count else { return }
      let pair = table.merge(symbols[left], symbols[right])
      guard pair != IntegerTable.none else { return }
      let merged = Int32(truncatingIfNeeded: pair)
      considered(symbols[left], symbols[right], merged)
      queue.push(
        MergeCandidate(
          key: (pair & 0xFFFF_FFFF_0000_0000) | UInt64(left),
          right: Int32(truncatingIfNeeded: right),
          merged: merged))
    }
    for index in 1..<max(count, 1) { consider(index - 1, index) }
    while let candidate = queue.pop() {
      let (left, right) = (candidate.left, Int(candidate.right))
      // Stale if either side has been merged since: then one is gone, or the two are longer.
      guard symbols[left] >= 0, symbols[right] >= 0, Int(next[left]) == right,
        offsets[Int(next[right])] - offsets[left] == table.lengths[Int(candidate.merged)]
      else { continue }
      symbols[left] = candidate.merged
      symbols[right] = -1
      next[left] = next[right]
      if next[left] < count { previous[Int(next[left])] = Int32(truncatingIfNeeded: left) }
      consider(Int(previous[left]), left)
      consider(left, Int(next[left]))
    }
    self.queue = queue
  }

  /// Encodes a text for a model with unused pieces, which merging may pass through.
  ///
  /// SentencePiece takes such a piece apart again at the merge that it last considered for it
  /// anywhere in the text, so the text cannot be cut into words first.
  mutating func encodeWhole(_ length: Int, _ table: PieceTable) {
    let count = splitAroundMatches(length, table)
    var parts: [Int32: (left: Int32, right: Int32)] = [:]
    mergeByQueue(count, table) { left, right, merged in
      if table.isUnused[Int(merged)] { parts[merged] = (left, right) }
    }
    var index = 0
    while index < count {
      let following = Int(next.base[index])
      let (from, to) = (Int(offsets.base[index]), Int(offsets.base[following]))
      let symbol = symbols.base[index]
      if symbol < 0 {
        emit(symbol == -1 ? -1 : -2 - symbol, from, to - from, table)
      } else {
        emitParts(of: symbol, from, parts, table)
      }
      index = following
    }
  }

  private mutating func emitParts(
    of symbol: Int32, _ start: Int, _ parts: [Int32: (left: Int32, right: Int32)],
    _ table: PieceTable
  ) {
    var waiting = [symbol]
    var position = start
    while let symbol = waiting.popLast() {
      let length = Int(table.lengths[Int(symbol)])
      if table.isUnused[Int(symbol)], let (left, right) = parts[symbol] {
        waiting.append(right)
        waiting.append(left)
      } else {
        // An unused character has no parts, and counts as unknown.
        emit(table.isUnused[Int(symbol)] ? -1 : symbol, position, length, table)
        position += length
      }
    }
  }

  /// Like `split` for the whole text, with user-defined pieces as `-2 - symbol`.
  private mutating func splitAroundMatches(_ length: Int, _ table: PieceTable) -> Int {
    symbols.reserve(length)
    offsets.reserve(length + 1)
    let bytes = UnsafeBufferPointer(start: text.base, count: length)
    var count = 0
    var position = 0
    while position < length {
      offsets.base[count] = Int32(truncatingIfNeeded: position)
      if let (matched, symbol) = table.matcher?.longestMatch(in: bytes, at: position) {
        symbols.base[count] = -2 - symbol
        position += matched
      } else {
        symbols.base[count] = table.symbol(ofCharacter: scalarValue(text.base + position))
        position += encodedLength(lead: bytes[position])
      }
      count += 1
    }
    offsets.base[count] = Int32(truncatingIfNeeded: length)
    return count
  }
}
