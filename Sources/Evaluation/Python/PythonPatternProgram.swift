/// A pattern as steps that a matcher walks, with branches to go back to.
struct PythonPatternProgram: Sendable {
  enum Step: Sendable {
    case scalar(set: Int)
    /// A run of scalars of one set: the common case, without a branch for each.
    case run(set: Int, minimum: Int, maximum: Int, appetite: PythonPatternNode.Appetite)
    /// Goes on here, and there if that fails.
    case branch(Int, otherwise: Int)
    case jump(Int)
    case save(slot: Int)
    case assertion(PythonPatternNode.Assertion)
    case backreference(number: Int, ignoresCase: Bool)
    /// The steps after it up to `.accept`, on their own; then on at `end`.
    case look(width: Int, isAhead: Bool, isNegated: Bool, end: Int)
    case atomic(end: Int)
    /// Goes to `exit` if nothing was taken since the slot was saved: an empty turn ends a loop.
    case leaveIfEmpty(slot: Int, exit: Int)
    case accept
  }

  /// What a pattern of reasonable length needs, repetitions written out.
  private static let maximumStepCount = 20_000

  private(set) var steps: [Step] = []
  private(set) var sets: [PythonScalarSet] = []
  /// Where groups begin and end, the whole match first, then one place a loop.
  private(set) var slotCount: Int
  let groupCount: Int
  private let source: String

  init(
    _ node: PythonPatternNode, groupCount: Int, source: String
  ) throws(PythonPatternError) {
    self.groupCount = groupCount
    self.source = source
    slotCount = 2 * (groupCount + 1)
    try emit(node)
    steps.append(.accept)
  }

  private mutating func emit(_ node: PythonPatternNode) throws(PythonPatternError) {
    if steps.count > Self.maximumStepCount {
      throw .malformed(pattern: source, offset: 0, reason: "too long with its repetitions")
    }
    switch node {
    case .empty: break
    case .scalar(let set): steps.append(.scalar(set: add(set)))
    case .sequence(let nodes): for node in nodes { try emit(node) }
    case .choice(let nodes): try emit(choice: nodes)
    case .group(let node, let number):
      steps.append(.save(slot: 2 * number))
      try emit(node)
      steps.append(.save(slot: 2 * number + 1))
    case .repeated(let node, let minimum, let maximum, let appetite):
      try emit(node, minimum: minimum, maximum: maximum, appetite: appetite)
    case .assertion(let assertion): steps.append(.assertion(assertion))
    case .backreference(let number, let ignoresCase):
      steps.append(.backreference(number: number, ignoresCase: ignoresCase))
    case .look(let node, let isAhead, let isNegated):
      let place = steps.count
      steps.append(.accept)
      try emit(node)
      steps.append(.accept)
      steps[place] = .look(
        width: node.width ?? 0, isAhead: isAhead, isNegated: isNegated, end: steps.count)
    case .atomic(let node):
      let place = steps.count
      steps.append(.accept)
      try emit(node)
      steps.append(.accept)
      steps[place] = .atomic(end: steps.count)
    }
  }

  private mutating func emit(choice nodes: [PythonPatternNode]) throws(PythonPatternError) {
    var jumps: [Int] = []
    for (index, node) in nodes.enumerated() {
      let branch = steps.count
      if index < nodes.count - 1 { steps.append(.accept) }
      try emit(node)
      if index < nodes.count - 1 {
        jumps.append(steps.count)
        steps.append(.accept)
        steps[branch] = .branch(branch + 1, otherwise: steps.count)
      }
    }
    for jump in jumps { steps[jump] = .jump(steps.count) }
  }

  private mutating func emit(
    _ node: PythonPatternNode, minimum: Int, maximum: Int?,
    appetite: PythonPatternNode.Appetite
  ) throws(PythonPatternError) {
    if case .scalar(let set) = node {
      steps.append(
        .run(set: add(set), minimum: minimum, maximum: maximum ?? .max, appetite: appetite))
      return
    }
    if appetite == .possessive {
      return try emit(
        .atomic(.repeated(node, minimum: minimum, maximum: maximum, appetite: .greedy)))
    }
    for _ in 0..<minimum { try emit(node) }
    if let maximum {
      var branches: [Int] = []
      for _ in minimum..<maximum {
        branches.append(steps.count)
        steps.append(.accept)
        try emit(node)
      }
      for branch in branches { steps[branch] = self.branch(branch, exit: steps.count, appetite) }
    } else {
      let slot = slotCount
      slotCount += 1
      let loop = steps.count
      steps.append(.accept)
      steps.append(.save(slot: slot))
      try emit(node)
      steps.append(.leaveIfEmpty(slot: slot, exit: steps.count + 2))
      steps.append(.jump(loop))
      steps[loop] = branch(loop, exit: steps.count, appetite)
    }
  }

  private func branch(
    _ place: Int, exit: Int, _ appetite: PythonPatternNode.Appetite
  ) -> Step {
    appetite == .lazy
      ? .branch(exit, otherwise: place + 1) : .branch(place + 1, otherwise: exit)
  }

  private mutating func add(_ set: PythonScalarSet) -> Int {
    sets.append(set)
    return sets.count - 1
  }
}
