import Models

/// Guesses with a smaller model, in a session of its own.
final class DraftModel {
  private let session: any DecodingSession
  private let capacities: [Int]
  /// What the session holds of each sequence.
  private var taken: [[Int32]]
  private var rows: [DecodingRow] = []

  init(_ model: any DecodingModel, capacities: [Int]) {
    self.capacities = capacities.map { min($0, model.contextLength) }
    session = model.makeSession(
      capacities: self.capacities, rowsAtOnce: 2 * max(1, capacities.count))
    taken = capacities.map { _ in [] }
    for index in taken.indices { taken[index].reserveCapacity(self.capacities[index]) }
    rows.reserveCapacity(2 * capacities.count)
  }

  /// Guesses for every sequence that wants tokens, all of them in one step a token.
  ///
  /// - Parameter sampler: The one that chooses the texts' own tokens: guesses are made with the same
  ///   draws.
  func propose(
    for sequences: [WritingSequence], _ sampler: Sampler
  ) throws(GenerationError) {
    var round = 0
    while true {
      rows.removeAll(keepingCapacity: true)
      var guessing = false
      for sequence in sequences where sequence.draft.count == round && wants(sequence) {
        add(sequence)
        guessing = true
      }
      guard guessing else { return }
      session.step(rows)
      for sequence in sequences where sequence.draft.count == round && wants(sequence) {
        // The last row of a sequence holds what follows it.
        guard let row = rows.lastIndex(where: { $0.sequence == sequence.slot }) else { continue }
        let position = sequence.tokens.count + round
        sequence.draft.append(
          try session.withScores(row: row) { scores throws(GenerationError) in
            try sampler.choose(from: scores, position: position, after: sequence.history.tokens)
          })
      }
      round += 1
    }
  }

  /// Whether another token is wanted and the session has room for those before it.
  private func wants(_ sequence: WritingSequence) -> Bool {
    sequence.draft.count < sequence.draftCount
      && sequence.tokens.count + sequence.draft.count <= capacities[sequence.slot]
  }

  /// Reads what the session lacks of a sequence but for its last token, if that is more than one, and
  /// forgets what is no longer in it.
  func read(_ sequence: WritingSequence) {
    let (slot, text) = (sequence.slot, sequence.tokens)
    guard text.count <= capacities[slot] else { return }
    var common = 0
    let most = min(taken[slot].count, text.count - 1)
    while common < most, taken[slot][common] == text[common] { common += 1 }
    if common < taken[slot].count {
      session.cut(sequence: slot, to: common)
      taken[slot].removeLast(taken[slot].count - common)
    }
    guard text.count - common > 2 else { return }
    let missing = Array(text[common..<text.count - 1])
    session.read(missing, sequence: slot)
    taken[slot].append(contentsOf: missing)
  }

  /// Adds the row of a draft's last token, or those of what the session lacks of the text: two after
  /// a draft that was right throughout, else one.
  private func add(_ sequence: WritingSequence) {
    let slot = sequence.slot
    if let last = sequence.draft.last {
      rows.append(DecodingRow(sequence: slot, token: last))
      taken[slot].append(last)
      return
    }
    read(sequence)
    for token in sequence.tokens[taken[slot].count...] {
      rows.append(DecodingRow(sequence: slot, token: token))
      taken[slot].append(token)
    }
  }
}
