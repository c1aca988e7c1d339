/// Finds a pattern in text, as a backtracking matcher would and without its worst cases.
///
/// The alternatives that a backtracking matcher would try one after another are followed side by
/// side, in their order; a state is the ordered list of those still alive. All states are worked
/// out in advance, so that matching is two look-ups a character and no input makes a single match
/// cost more than the characters it reads. A match may read further than it is long: for a pattern
/// that reads on after what it could already accept, or that reads far before it fails, all matches
/// of a text together may cost the square of its length. None of the patterns in
/// `PreTokenizationPattern` do: after a match each reads at most white space, and takes all of that
/// with the next match.
package final class PatternMatcher: @unchecked Sendable {
  /// `state + class` → `next state << 1 | whether a match ends before this character`; states are
  /// multiples of `classCount + 1`, and 0 is the one that nothing leaves.
  private let transitions: UnsafeMutablePointer<Int32>
  private let pages: UnsafeMutablePointer<UInt16>
  private let classes: UnsafeMutablePointer<UInt8>
  private let start: Int
  private let endClass: Int
  package let stateCount: Int

  /// Beyond it a pattern is refused; published ones have a thousand.
  private static let maximumTransitionCount = 1 << 16

  package convenience init(
    _ pattern: String, _ language: PatternLanguage
  ) throws(PatternError) {
    try self.init(PatternParser.parse(pattern, language))
  }

  init(_ node: PatternNode) throws(PatternError) {
    let program = try PatternProgram(node)
    let alphabet = try PatternAlphabet(program.sets)
    var states = PatternStates(program, alphabet)
    let rows = try states.allTransitions(
      limit: Self.maximumTransitionCount / (alphabet.count + 1))
    let width = alphabet.count + 1
    transitions = .allocate(capacity: rows.count * width)
    for (index, row) in rows.enumerated() {
      for (place, (next, matches)) in row.enumerated() {
        transitions[index * width + place] = Int32(next * width) << 1 | (matches ? 1 : 0)
      }
    }
    pages = .allocate(capacity: alphabet.pages.count)
    pages.initialize(from: alphabet.pages, count: alphabet.pages.count)
    classes = .allocate(capacity: alphabet.classes.count)
    classes.initialize(from: alphabet.classes, count: alphabet.classes.count)
    start = width
    endClass = alphabet.count
    stateCount = rows.count
  }

  deinit {
    transitions.deallocate()
    pages.deallocate()
    classes.deallocate()
  }

  /// Returns where the match that begins at `position` ends, or -1 if none does.
  ///
  /// `text` has to be valid UTF-8.
  @inline(__always)
  package func matchEnd(
    in text: UnsafePointer<UInt8>, from position: Int, to count: Int
  ) -> Int {
    var state = start
    var end = -1
    var index = position
    while true {
      var kind = endClass
      var length = 1
      if index < count {
        let byte = text[index]
        if byte < 0x80 {
          kind = Int(classes[Int(pages[0]) << 8 | Int(byte)])
        } else {
          let value = scalarValue(text + index)
          kind = Int(classes[Int(pages[Int(value >> 8)]) << 8 | Int(value & 0xFF)])
          length = encodedLength(lead: byte)
        }
      }
      let transition = transitions[state + kind]
      if transition & 1 != 0 { end = index }
      state = Int(transition >> 1)
      if state == 0 { return end }
      index += length
    }
  }

  /// Returns the first match at or after `position`.
  package func firstMatch(
    in text: UnsafePointer<UInt8>, from position: Int, to count: Int
  ) -> Range<Int>? {
    var start = position
    while start < count {
      let end = matchEnd(in: text, from: start, to: count)
      if end >= 0 { return start..<end }
      start += encodedLength(lead: text[start])
    }
    return nil
  }
}

/// Works out the states of a matcher.
private struct PatternStates {
  private let program: PatternProgram
  private let alphabet: PatternAlphabet
  private var numbers: [[Int]: Int] = [[]: 0]
  private var states: [[Int]] = [[]]

  init(_ program: PatternProgram, _ alphabet: PatternAlphabet) {
    self.program = program
    self.alphabet = alphabet
  }

  /// For each state and class (the text's end last): the next state, and whether a match ends here.
  mutating func allTransitions(limit: Int) throws(PatternError) -> [[(next: Int, matches: Bool)]] {
    _ = number([program.start])
    var rows: [[(next: Int, matches: Bool)]] = []
    while rows.count < states.count {
      let state = states[rows.count]
      var row: [(next: Int, matches: Bool)] = []
      for kind in 0..<alphabet.count {
        let (next, matches) = step(state, sets: alphabet.members[kind], isEnd: false)
        row.append((number(next), matches))
      }
      row.append((0, step(state, sets: 0, isEnd: true).matches))
      rows.append(row)
      guard states.count <= limit else {
        throw PatternError(
          offset: 0, expected: "a pattern of at most \(limit) states", found: "more")
      }
    }
    return rows
  }

  private mutating func number(_ state: [Int]) -> Int {
    if let known = numbers[state] { return known }
    numbers[state] = states.count
    states.append(state)
    return states.count - 1
  }

  /// Follows all threads of a state past one character, which is in `sets`.
  private func step(_ state: [Int], sets: UInt64, isEnd: Bool) -> (next: [Int], matches: Bool) {
    var visited: Set<Int> = []
    var next: [Int] = []
    // The thread to follow next is the last one.
    var waiting = Array(state.reversed())
    while let place = waiting.popLast() {
      guard visited.insert(place).inserted else { continue }
      switch program.instructions[place] {
      case .match:
        // Threads after this one would only be tried if it failed.
        return (next, true)
      case .split(let places):
        waiting += places.reversed()
      case .look(let set, let allowsEnd, let target):
        if isEnd ? allowsEnd : sets >> UInt64(set) & 1 != 0 { waiting.append(target) }
      case .take(let set, let target):
        if !isEnd, sets >> UInt64(set) & 1 != 0, !next.contains(target) { next.append(target) }
      }
    }
    return (next, false)
  }
}
