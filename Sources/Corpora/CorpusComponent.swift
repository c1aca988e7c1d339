/// What a mixture does when it has gone through one of its sources.
public enum DrySource: String, Codable, Sendable, CaseIterable {
  /// Starts its next epoch.
  case restart
  /// Ends the whole mixture.
  case stop
  /// Goes on without it; the others keep their shares among themselves.
  case leaveOut
}

/// One source of a mixture, and how much of the mixture it makes.
public struct CorpusComponent {
  /// What messages and counts call it.
  public var name: String
  /// Where its documents come from.
  public var source: any DocumentSource
  /// Its share of the text, in any unit: shares are relative to the sum of all.
  public var weight: Double
  /// What happens at its end.
  public var whenDry: DrySource
  /// The order of its documents.
  public var shuffling: Shuffling

  /// Describes a source.
  public init(
    name: String = "corpus", source: any DocumentSource, weight: Double = 1,
    whenDry: DrySource = .restart, shuffling: Shuffling = .none
  ) {
    self.name = name
    self.source = source
    self.weight = weight
    self.whenDry = whenDry
    self.shuffling = shuffling
  }

  /// What messages call it: by its files, where it has no name of its own.
  var messageName: String {
    guard name == "corpus", let first = source.files.first else { return name }
    return source.files.count == 1 ? first.path : "\(first.path) and \(source.files.count - 1) more"
  }

  /// What decides which documents come when, in words.
  var reading: String {
    let order = shuffling == .none ? "" : ", \(shuffling)"
    let share = name == "corpus" ? "" : "\(name) with weight \(weight), \(whenDry): "
    return share + source.reading + order
  }

  /// Checks a mixture's settings.
  static func validate(_ components: [CorpusComponent]) throws(CorpusError) {
    guard !components.isEmpty else { throw .emptyFileList }
    for component in components {
      guard component.weight.isFinite, component.weight >= 0 else {
        throw .invalidWeight(
          source: component.name, weight: component.weight, expected: "a number of at least 0")
      }
      try component.shuffling.validate()
    }
    guard components.contains(where: { $0.weight > 0 }) else {
      throw .invalidWeight(
        source: components[0].name, weight: 0, expected: "a weight above 0 for at least one source")
    }
  }
}
