/// How far each source of a mixture has been read.
public struct MixturePosition: Codable, Sendable, Equatable {
  /// One for each source, in the mixture's order.
  public var components: [ComponentPosition]
}

/// Gives passages from several sources so that their text keeps to the mixture's weights.
///
/// The next passage comes from the source that has given the least text for its weight, the first
/// of equals: shares of bytes, which no tokenizer changes, are met to within one document, and no
/// chance is involved.
struct MixtureReader {
  /// A passage, and where the mixture stood before it.
  struct Taken: Sendable {
    let component: Int
    let epoch: Int
    let passage: Passage
    let before: MixturePosition

    /// About what it takes in memory: a short text is the least of it.
    var byteCount: Int { passage.text.count + 512 + 128 * before.components.count }
  }

  private var components: [ComponentReader]

  init(_ components: [CorpusComponent], filter: DocumentFilter) {
    self.components = components.map { ComponentReader($0, filter: filter) }
  }

  /// Goes to a place that was told with a passage before.
  mutating func resume(at position: MixturePosition) throws(CorpusError) {
    guard position.components.count == components.count else {
      throw .cursorOutsideCorpus(
        detail: "\(position.components.count) sources, the mixture has \(components.count)")
    }
    for index in components.indices {
      try components[index].resume(at: position.components[index])
    }
  }

  /// The next passage, or nil at the end of the mixture.
  mutating func next() throws(CorpusError) -> Taken? {
    while let index = nextComponent() {
      switch try components[index].prepare() {
      case .dry: continue
      case .stopped: return nil
      case .ready:
        let before = MixturePosition(components: components.map(\.position))
        return Taken(
          component: index, epoch: before.components[index].epoch,
          passage: components[index].take(), before: before)
      }
    }
    return nil
  }

  /// Records of each source passed over since its last passage.
  mutating func takeMalformedRecordsSkipped() -> [Int] {
    components.indices.map { components[$0].takeMalformedRecordsSkipped() }
  }

  private func nextComponent() -> Int? {
    var chosen: (index: Int, given: Double)?
    for (index, component) in components.enumerated()
    where component.weight > 0 && !component.position.isDry {
      let given = Double(component.position.textBytes) / component.weight
      if chosen.map({ given < $0.given }) ?? true { chosen = (index, given) }
    }
    return chosen?.index
  }
}
