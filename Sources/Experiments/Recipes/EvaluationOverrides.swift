/// What the command line changes of a recipe's evaluation.
public struct EvaluationOverrides: Sendable, Equatable, Codable {
  /// Steps between two evaluations; 0 turns them off.
  public var everySteps: Int?
  public var tasks: [String]?
  public var heldOutText: HeldOutTextSource?
  public var directory: String?
  public var documentLimit: Int?

  public init(
    everySteps: Int? = nil, tasks: [String]? = nil, heldOutText: HeldOutTextSource? = nil,
    directory: String? = nil, documentLimit: Int? = nil
  ) {
    self.everySteps = everySteps
    self.tasks = tasks
    self.heldOutText = heldOutText
    self.directory = directory
    self.documentLimit = documentLimit
  }

  /// Whether it changes nothing.
  public var isEmpty: Bool { self == EvaluationOverrides() }

  /// The evaluation with these changes.
  ///
  /// - Parameter defaultInterval: The steps between two evaluations where neither the recipe nor the
  ///   command line says it.
  func applied(to evaluation: RecipeEvaluation?, defaultInterval: Int) -> RecipeEvaluation? {
    if everySteps == 0 { return nil }
    var result = evaluation ?? RecipeEvaluation(everySteps: defaultInterval)
    if let everySteps { result.everySteps = everySteps }
    if let tasks { result.tasks = tasks }
    if let heldOutText { result.heldOutText = heldOutText }
    if let directory { result.directory = directory }
    if let documentLimit { result.documentLimit = documentLimit }
    return result
  }
}
