/// What was evaluated: a run's weights at a step.
public struct EvaluatedModel: Sendable, Equatable {
  /// The name that a report shows: the run's.
  public var name: String
  /// Where the weights lie, as the user gave it.
  public var checkpoint: String?
  /// The updates made; nil where the weights were not trained here.
  public var step: Int?
  /// The tokens trained on; nil where nobody counted.
  public var tokens: Int?
  public var parameterCount: Int?
  /// The type that it was evaluated in, such as `float32`.
  public var precision: String?

  public init(
    name: String, checkpoint: String? = nil, step: Int? = nil, tokens: Int? = nil,
    parameterCount: Int? = nil, precision: String? = nil
  ) {
    self.name = name
    self.checkpoint = checkpoint
    self.step = step
    self.tokens = tokens
    self.parameterCount = parameterCount
    self.precision = precision
  }

  /// A name for weights that only their folder tells of: the run's for `…/RUN/step-00000012`, `RUN average` for
  /// its average, else the last part of the path.
  public static func name(ofCheckpoint path: String) -> String {
    let parts = path.split(separator: "/").map(String.init)
    guard let last = parts.last else { return path }
    guard parts.count > 1 else { return last }
    if last.hasPrefix("step-") { return parts[parts.count - 2] }
    return last == "average" ? "\(parts[parts.count - 2]) average" : last
  }

  /// The harness's arguments of a model: `pretrained` is what its tools name a model by.
  var arguments: DocumentValue {
    var arguments: [String: DocumentValue] = [
      "pretrained": .string(checkpoint ?? name), "run": .string(name),
    ]
    if let step { arguments["step"] = .integer(step) }
    if let tokens { arguments["tokens"] = .integer(tokens) }
    return .object(arguments)
  }
}
