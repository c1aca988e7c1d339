/// Lays pieces into rows so that none is cut that a row can hold: best-fit decreasing ("Fewer
/// Truncations Improve Language Modeling", arXiv:2404.10830, section 2).
///
/// A row has T inputs and T targets, which are the tokens that follow. A piece of at most T + 1
/// tokens is laid whole. A longer one is cut to stretches of T + 1 tokens and a rest; each begins with
/// the last token of the one before, so that every token of a piece but its first is a target. Then
/// the stretches, longest first and in order of arrival among equals, go where they fit best: into the
/// row with the least room that is enough, among equals the one that has had this room for longest, or
/// else into a new one. That takes time n + n · log₆₄ T, and what it gives depends on the counts alone.
///
/// Rows come in the order in which their first piece arrived, and so do the stretches of a row: what
/// is long does not come first. Pieces of fewer than two tokens have nothing to predict and are laid
/// nowhere. Nothing is cropped.
///
/// It is a function of a window of pieces; what is left of the window's last rows is padding, so a
/// window should be of hundreds of pieces at least.
public struct BestFitPacker: Sendable, Hashable {
  /// T, the inputs of a row.
  public let sequenceLength: Int
  /// Whether the stretches of a row are one sequence or each its own.
  public let attention: AttentionScope

  public init(sequenceLength: Int, attention: AttentionScope) {
    precondition(sequenceLength >= 1, "rows of \(sequenceLength) tokens, expected at least 1")
    self.sequenceLength = sequenceLength
    self.attention = attention
  }

  /// The rows of a window of pieces of so many tokens each.
  public func rows(ofPieces tokenCounts: [Int]) -> [PackedRow] {
    let stretches = stretches(ofPieces: tokenCounts)
    let (rowOfStretch, rowCount) = bestFit(stretches)
    // Rows are numbered anew by the first of their stretches.
    var places = [Int](repeating: -1, count: rowCount)
    var rows: [PackedRow] = []
    rows.reserveCapacity(rowCount)
    for (stretch, row) in zip(stretches, rowOfStretch) {
      if places[row] < 0 {
        places[row] = rows.count
        rows.append(PackedRow(stretches: []))
      }
      rows[places[row]].stretches.append(stretch)
    }
    return rows
  }

  /// The stretches that pieces are laid in, in order of arrival.
  private func stretches(ofPieces tokenCounts: [Int]) -> [PackedRow.Stretch] {
    var stretches: [PackedRow.Stretch] = []
    stretches.reserveCapacity(tokenCounts.count)
    for (piece, count) in tokenCounts.enumerated() where count >= 2 {
      var start = 0
      while count - start - 1 > sequenceLength {
        stretches.append(
          PackedRow.Stretch(piece: piece, tokens: start..<start + sequenceLength + 1))
        start += sequenceLength
      }
      stretches.append(PackedRow.Stretch(piece: piece, tokens: start..<count))
    }
    return stretches
  }

  /// The row of each stretch, rows numbered as they are begun.
  private func bestFit(_ stretches: [PackedRow.Stretch]) -> (rows: [Int], count: Int) {
    let costs = stretches.map { attention.cost(tokens: $0.tokens.count) }
    let room = attention.room(sequenceLength: sequenceLength)
    var open = RowsByRoom(room: room)
    var rows = [Int](repeating: 0, count: stretches.count)
    for stretch in indices(ofCosts: costs, upTo: room) {
      rows[stretch] = open.place(costs[stretch])
    }
    return (rows, open.rowCount)
  }

  /// The indices of costs, greatest first, in their order among equals: sorted by counting.
  private func indices(ofCosts costs: [Int], upTo largest: Int) -> [Int] {
    // Where those of a cost begin: after all of greater cost.
    var begins = [Int](repeating: 0, count: largest + 1)
    for cost in costs where cost > 0 { begins[cost - 1] += 1 }
    for cost in stride(from: largest - 1, through: 0, by: -1) { begins[cost] += begins[cost + 1] }
    var sorted = [Int](repeating: 0, count: costs.count)
    for (index, cost) in costs.enumerated() {
      sorted[begins[cost]] = index
      begins[cost] += 1
    }
    return sorted
  }
}

/// The rows begun, by the room that each has left.
private struct RowsByRoom {
  private let room: Int
  /// The rooms that some row has.
  private var rooms: NumberSet
  /// For each room a queue of rows: its first, its last, and for each row the next one.
  private var first: [Int]
  private var last: [Int]
  private var next: [Int] = []

  init(room: Int) {
    self.room = room
    rooms = NumberSet(below: room + 1)
    first = [Int](repeating: -1, count: room + 1)
    last = first
  }

  var rowCount: Int { next.count }

  /// Lays a stretch into the row where it fits best and returns the row.
  mutating func place(_ cost: Int) -> Int {
    guard let least = rooms.least(from: cost) else {
      next.append(-1)
      append(next.count - 1, toRoom: room - cost)
      return next.count - 1
    }
    let row = first[least]
    first[least] = next[row]
    if first[least] < 0 { rooms.remove(least) }
    append(row, toRoom: least - cost)
    return row
  }

  private mutating func append(_ row: Int, toRoom room: Int) {
    // Nothing fits a row without room.
    if room == 0 { return }
    next[row] = -1
    if first[room] < 0 {
      first[room] = row
      rooms.insert(room)
    } else {
      next[last[room]] = row
    }
    last[room] = row
  }
}

/// A set of numbers below a bound, which finds its least element from a number on in three steps or
/// so: a tree of words, whose bits say which words of the level below hold any.
private struct NumberSet {
  private var levels: [[UInt64]] = []

  init(below bound: Int) {
    var count = bound
    repeat {
      count = (count + 63) / 64
      levels.append([UInt64](repeating: 0, count: count))
    } while count > 1
  }

  mutating func insert(_ number: Int) {
    var place = number
    for level in levels.indices {
      levels[level][place / 64] |= 1 << UInt64(place % 64)
      place /= 64
    }
  }

  mutating func remove(_ number: Int) {
    var place = number
    for level in levels.indices {
      levels[level][place / 64] &= ~(1 << UInt64(place % 64))
      place /= 64
      if levels[level][place] != 0 { return }
    }
  }

  func least(from number: Int) -> Int? {
    var place = number
    for level in levels.indices {
      guard place / 64 < levels[level].count else { return nil }
      let rest = levels[level][place / 64] >> UInt64(place % 64)
      if rest != 0 {
        return descend(from: place + rest.trailingZeroBitCount, level: level)
      }
      place = place / 64 + 1
    }
    return nil
  }

  /// The least number under a bit that is set.
  private func descend(from bit: Int, level: Int) -> Int {
    var place = bit
    for level in stride(from: level - 1, through: 0, by: -1) {
      place = place * 64 + levels[level][place].trailingZeroBitCount
    }
    return place
  }
}
