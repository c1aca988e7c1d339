/// The tasks that can be asked for by name.
///
/// An open list: append a task of your own, or begin with one of your own choosing.
public struct EvaluationCatalog: Sendable {
  public var tasks: [any EvaluationTask]

  public init(_ tasks: [any EvaluationTask]) {
    self.tasks = tasks
  }

  /// The benchmarks of OpenELM's zero-shot table that are multiple choice, and BoolQ
  /// (arXiv:2404.14619, tables 4 and 5).
  public static let standard = EvaluationCatalog([
    ARC.easy, ARC.challenge, HellaSwag(), PIQA(), BoolQ(), SciQ(), WinoGrande(),
  ])

  /// The names in the catalogue's order.
  public var names: [String] { tasks.map(\.name) }

  /// Returns the task of a name; hyphens are as good as underscores, capitals as small letters.
  ///
  /// - Throws: `EvaluationError.unknownTask` with the nearest names.
  public func task(named name: String) throws -> any EvaluationTask {
    let wanted = Self.canonical(name)
    if let task = tasks.first(where: { Self.canonical($0.name) == wanted }) { return task }
    throw EvaluationError.unknownTask(
      name: name, suggestions: suggestions(for: wanted), known: names)
  }

  private static func canonical(_ name: String) -> [UInt8] {
    Array(name.lowercased().utf8).map { $0 == UInt8(ascii: "-") ? UInt8(ascii: "_") : $0 }
  }

  /// Names that begin as the wanted one does or lie within a third of its length in edits (at
  /// least two: a slip and a swapped pair); three at most, the nearest first.
  private func suggestions(for wanted: [UInt8]) -> [String] {
    let tolerance = max(2, wanted.count / 3)
    var ranked: [(distance: Int, name: String)] = []
    for name in names {
      let candidate = Self.canonical(name)
      if abs(candidate.count - wanted.count) <= tolerance {
        let distance = Self.editDistance(wanted, candidate)
        if distance <= tolerance {
          ranked.append((distance, name))
          continue
        }
      }
      if wanted.count >= 3, candidate.starts(with: wanted) {
        ranked.append((tolerance + 1, name))
      }
    }
    let order = ranked.indices.sorted {
      (ranked[$0].distance, $0) < (ranked[$1].distance, $1)
    }
    return order.prefix(3).map { ranked[$0].name }
  }

  /// Insertions, deletions and substitutions that turn one name into the other (Levenshtein).
  package static func editDistance(_ first: [UInt8], _ second: [UInt8]) -> Int {
    var row = Array(0...second.count)
    for (line, left) in first.enumerated() {
      var diagonal = row[0]
      row[0] = line + 1
      for (column, right) in second.enumerated() {
        let substitution = diagonal + (left == right ? 0 : 1)
        diagonal = row[column + 1]
        row[column + 1] = min(substitution, diagonal + 1, row[column] + 1)
      }
    }
    return row[second.count]
  }
}
