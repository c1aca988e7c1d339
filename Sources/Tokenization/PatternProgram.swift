/// A pattern as instructions for a machine with several threads, of which earlier ones win.
struct PatternProgram {
  enum Instruction {
    /// Takes a character of a set and goes on at `next`.
    case take(set: Int, next: Int)
    /// Goes on at each of these, the first one preferred.
    case split([Int])
    /// Goes on if the next character is in the set, or at the text's end if that is allowed.
    case look(set: Int, allowsEnd: Bool, next: Int)
    case match
  }

  private(set) var instructions: [Instruction] = [.match]
  private(set) var sets: [CodePointSet] = []
  private(set) var start = 0

  private static let maximumCount = 2_000
  /// One bit a set in `PatternAlphabet`.
  private static let maximumSetCount = 64

  init(_ node: PatternNode) throws(PatternError) {
    start = try add(node, next: 0)
  }

  private mutating func append(_ instruction: Instruction) throws(PatternError) -> Int {
    guard instructions.count < Self.maximumCount else {
      throw PatternError(
        offset: 0, expected: "a pattern of at most \(Self.maximumCount) steps", found: "more")
    }
    instructions.append(instruction)
    return instructions.count - 1
  }

  private mutating func index(of set: CodePointSet) throws(PatternError) -> Int {
    if let known = sets.firstIndex(of: set) { return known }
    guard sets.count < Self.maximumSetCount else {
      throw PatternError(
        offset: 0, expected: "a pattern of at most \(Self.maximumSetCount) sets of characters",
        found: "more")
    }
    sets.append(set)
    return sets.count - 1
  }

  /// Adds what matches `node` and goes on at `next`; returns where it begins.
  private mutating func add(_ node: PatternNode, next: Int) throws(PatternError) -> Int {
    switch node {
    case .character(let set):
      return try append(.take(set: index(of: set), next: next))
    case .next(let set, let allowsEnd):
      return try append(.look(set: index(of: set), allowsEnd: allowsEnd, next: next))
    case .sequence(let nodes):
      var next = next
      for node in nodes.reversed() { next = try add(node, next: next) }
      return next
    case .choice(let nodes):
      var starts: [Int] = []
      for node in nodes { starts.append(try add(node, next: next)) }
      return try append(.split(starts))
    case .repeated(let node, let minimum, let maximum, let isLazy):
      var next = next
      if let maximum {
        let end = next
        for _ in 0..<max(maximum - minimum, 0) {
          let taken = try add(node, next: next)
          next = try append(.split(isLazy ? [end, taken] : [taken, end]))
        }
      } else {
        let loop = try append(.split([]))
        let taken = try add(node, next: loop)
        instructions[loop] = .split(isLazy ? [next, taken] : [taken, next])
        next = loop
      }
      for _ in 0..<minimum { next = try add(node, next: next) }
      return next
    }
  }
}

/// The characters that a program can tell apart.
struct PatternAlphabet {
  /// The sets that each class belongs to, a bit a set.
  private(set) var members: [UInt64] = []
  /// Classes of code points, in pages of 256.
  private(set) var pages: [UInt16] = []
  private(set) var classes: [UInt8] = []

  /// The number of classes; the text's end is one more.
  var count: Int { members.count }

  init(_ sets: [CodePointSet]) throws(PatternError) {
    // Between two neighbouring bounds all code points are in the same sets.
    var changes: [UInt32: UInt64] = [0: 0]
    for (index, set) in sets.enumerated() {
      for range in set.ranges {
        changes[range.lowerBound, default: 0] ^= 1 << UInt64(index)
        changes[range.upperBound + 1, default: 0] ^= 1 << UInt64(index)
      }
    }
    let bounds = changes.sorted { $0.key < $1.key }
    var known: [UInt64: UInt8] = [:]
    var flat = [UInt8](repeating: 0, count: 0x11_0000)
    var current: UInt64 = 0
    for (place, change) in bounds.enumerated() {
      current ^= change.value
      let end = place + 1 < bounds.count ? Int(bounds[place + 1].key) : flat.count
      guard change.key < flat.count else { break }
      if known[current] == nil {
        guard members.count < 255 else {
          throw PatternError(
            offset: 0, expected: "a pattern that tells at most 255 kinds of characters apart",
            found: "more")
        }
        known[current] = UInt8(members.count)
        members.append(current)
      }
      let value = known[current] ?? 0
      for code in Int(change.key)..<min(end, flat.count) { flat[code] = value }
    }
    var knownPages: [ArraySlice<UInt8>: UInt16] = [:]
    for start in stride(from: 0, to: flat.count, by: 256) {
      let page = flat[start..<(start + 256)]
      if let known = knownPages[page] {
        pages.append(known)
      } else {
        let index = UInt16(classes.count / 256)
        knownPages[page] = index
        pages.append(index)
        classes += page
      }
    }
  }
}
