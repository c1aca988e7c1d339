/// How many tokens are guessed ahead: two more after all were right, one less after one was wrong.
///
/// The rule of transformers' assisted generation (its "heuristic" schedule), which starts at 5.
struct DraftLength {
  let maximum: Int
  private(set) var current: Int

  init(maximum: Int) {
    self.maximum = maximum
    current = min(5, maximum)
  }

  mutating func update(drafted: Int, accepted: Int) {
    guard drafted > 0 else { return }
    // A draft that was shorter than it might have been says nothing for a longer one.
    if accepted == drafted {
      if drafted >= current { current = min(maximum, current + 2) }
    } else {
      current = max(1, current - 1)
    }
  }
}
