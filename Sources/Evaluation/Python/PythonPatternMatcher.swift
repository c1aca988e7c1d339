/// Walks a pattern's steps over a text, going back to the last branch where one fails.
struct PythonPatternMatcher {
  private enum Entry {
    case branch(step: Int, position: Int)
    /// A run that may give back one more, down to `lowest`.
    case giveBack(step: Int, position: Int, lowest: Int)
    /// A run that may take one more, up to `highest`.
    case takeMore(step: Int, set: Int, position: Int, highest: Int)
    case restore(slot: Int, value: Int)
  }

  private let program: PythonPatternProgram
  private let dialect: PythonPatternDialect
  private let text: [Unicode.Scalar]
  private let source: String
  private var stack: [Entry] = []
  private(set) var slots: [Int]
  private var stepsLeft: Int

  /// Enough for any pattern that does not explode, a second or two of work.
  private static let stepLimit = 200_000_000

  init(
    _ program: PythonPatternProgram, dialect: PythonPatternDialect, text: [Unicode.Scalar],
    source: String
  ) {
    self.program = program
    self.dialect = dialect
    self.text = text
    self.source = source
    slots = Array(repeating: -1, count: program.slotCount)
    stepsLeft = Self.stepLimit
  }

  /// The end of the match that begins at a position, which has to take something if `mustAdvance`.
  mutating func match(
    at start: Int, mustAdvance: Bool
  ) throws(PythonPatternError) -> Int? {
    for slot in slots.indices { slots[slot] = -1 }
    stack.removeAll(keepingCapacity: true)
    return try run(from: 0, at: start, forbiddenEnd: mustAdvance ? start : nil)
  }

  private mutating func run(
    from first: Int, at start: Int, forbiddenEnd: Int?
  ) throws(PythonPatternError) -> Int? {
    let base = stack.count
    var step = first
    var position = start
    while true {
      stepsLeft -= 1
      if stepsLeft < 0 { throw .tooSlow(pattern: source, steps: Self.stepLimit) }
      var isFailed = false
      switch program.steps[step] {
      case .scalar(let set):
        if position < text.count, program.sets[set].contains(text[position]) {
          position += 1
          step += 1
        } else {
          isFailed = true
        }
      case .run(let set, let minimum, let maximum, let appetite):
        if let end = takeRun(
          step, set: set, at: position, minimum: minimum, maximum: maximum, appetite: appetite)
        {
          position = end
          step += 1
        } else {
          isFailed = true
        }
      case .branch(let next, let otherwise):
        stack.append(.branch(step: otherwise, position: position))
        step = next
      case .jump(let target): step = target
      case .save(let slot):
        stack.append(.restore(slot: slot, value: slots[slot]))
        slots[slot] = position
        step += 1
      case .assertion(let assertion):
        if holds(assertion, at: position) { step += 1 } else { isFailed = true }
      case .backreference(let number, let ignoresCase):
        if let end = backreference(number, ignoresCase: ignoresCase, at: position) {
          position = end
          step += 1
        } else {
          isFailed = true
        }
      case .look(let width, let isAhead, let isNegated, let end):
        if try look(
          from: step + 1, at: isAhead ? position : position - width, isNegated: isNegated)
        {
          step = end
        } else {
          isFailed = true
        }
      case .atomic(let end):
        let height = stack.count
        if let reached = try run(from: step + 1, at: position, forbiddenEnd: nil) {
          forgetBranches(above: height)
          position = reached
          step = end
        } else {
          isFailed = true
        }
      case .leaveIfEmpty(let slot, let exit):
        step = slots[slot] == position ? exit : step + 1
      case .accept:
        if position != forbiddenEnd { return position }
        isFailed = true
      }
      if isFailed {
        guard let (next, place) = goBack(to: base) else { return nil }
        step = next
        position = place
      }
    }
  }

  private mutating func takeRun(
    _ step: Int, set: Int, at start: Int, minimum: Int, maximum: Int,
    appetite: PythonPatternNode.Appetite
  ) -> Int? {
    let highest = maximum > text.count - start ? text.count : start + maximum
    let wanted = appetite == .lazy ? (minimum > text.count ? .max : start + minimum) : highest
    var end = start
    while end < highest, end < wanted, program.sets[set].contains(text[end]) { end += 1 }
    stepsLeft -= end - start
    guard end - start >= minimum else { return nil }
    if appetite == .greedy, end - start > minimum {
      stack.append(.giveBack(step: step + 1, position: end - 1, lowest: start + minimum))
    } else if appetite == .lazy, end < highest {
      stack.append(.takeMore(step: step + 1, set: set, position: end, highest: highest))
    }
    return end
  }

  /// Undoes what was saved since the last branch and returns where it goes on.
  private mutating func goBack(to base: Int) -> (step: Int, position: Int)? {
    while stack.count > base, let entry = stack.popLast() {
      switch entry {
      case .branch(let step, let position): return (step, position)
      case .restore(let slot, let value): slots[slot] = value
      case .giveBack(let step, let position, let lowest):
        if position > lowest {
          stack.append(.giveBack(step: step, position: position - 1, lowest: lowest))
        }
        return (step, position)
      case .takeMore(let step, let set, let position, let highest):
        if program.sets[set].contains(text[position]) {
          if position + 1 < highest {
            stack.append(
              .takeMore(step: step, set: set, position: position + 1, highest: highest))
          }
          return (step, position + 1)
        }
      }
    }
    return nil
  }

  private mutating func look(
    from step: Int, at start: Int, isNegated: Bool
  ) throws(PythonPatternError) -> Bool {
    guard start >= 0 else { return isNegated }
    let height = stack.count
    let isFound = try run(from: step, at: start, forbiddenEnd: nil) != nil
    if isFound {
      if isNegated {
        while stack.count > height {
          if case .restore(let slot, let value) = stack.removeLast() { slots[slot] = value }
        }
      } else {
        forgetBranches(above: height)
      }
    }
    return isFound != isNegated
  }

  /// Keeps what has to be undone should an earlier branch be taken, and no way back in.
  private mutating func forgetBranches(above height: Int) {
    let kept = stack[height...].filter { if case .restore = $0 { true } else { false } }
    stack.replaceSubrange(height..., with: kept)
  }

  private func backreference(_ number: Int, ignoresCase: Bool, at position: Int) -> Int? {
    let start = slots[2 * number]
    let end = slots[2 * number + 1]
    guard start >= 0, end >= start, position + end - start <= text.count else { return nil }
    for offset in 0..<(end - start) {
      let one = text[start + offset]
      let other = text[position + offset]
      guard one == other || ignoresCase && PythonCase.areEqual(one, other) else { return nil }
    }
    return position + end - start
  }

  private func holds(_ assertion: PythonPatternNode.Assertion, at position: Int) -> Bool {
    switch assertion {
    case .textStart: position == 0
    case .textEnd: position == text.count
    case .lastLineEnd:
      position == text.count || position == text.count - 1 && text[position] == "\n"
    case .lineStart: position == 0 || text[position - 1] == "\n"
    case .lineEnd: position == text.count || text[position] == "\n"
    case .wordBoundary: isWord(position - 1) != isWord(position)
    case .noWordBoundary:
      // An empty text has neither: Python's `\B` does not match in it.
      !text.isEmpty && isWord(position - 1) == isWord(position)
    }
  }

  private func isWord(_ index: Int) -> Bool {
    text.indices.contains(index) && PythonScalarClass.isWord(text[index], dialect)
  }
}
