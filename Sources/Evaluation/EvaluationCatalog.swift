import Terminal

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

  private static func canonical(_ name: String) -> String {
    String(name.lowercased().map { $0 == "-" ? "_" : $0 })
  }

  private func suggestions(for wanted: String) -> [String] {
    let candidates = names.map(Self.canonical)
    return NearestNames.of(wanted, among: candidates).compactMap { nearest in
      candidates.firstIndex(of: nearest).map { names[$0] }
    }
  }
}
