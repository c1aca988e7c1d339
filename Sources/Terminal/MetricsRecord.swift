/// What training logs of one step: a line of `logs/RUN/metrics.jsonl`.
///
/// JSON has no NaN, so a number that is not finite is written as null; a step whose loss is null
/// was skipped. Keys that are not listed here are ignored.
public struct MetricsRecord: Codable, Sendable, Equatable {
  /// The number of the step.
  public var step: Int
  /// The tokens seen since the start of the run, this step's included.
  public var tokens: Int
  /// The loss that was minimised; nil if the step was skipped.
  public var loss: Double?
  /// The cross entropy part of the loss, in nats a token.
  public var crossEntropy: Double?
  /// The part of the loss that keeps the softmax's normaliser near 1.
  public var zLoss: Double?
  /// The learning rate of the step.
  public var learningRate: Double
  /// The Euclidean norm of all gradients before clipping.
  public var gradientNorm: Double?
  /// The tokens of the step divided by its time.
  public var tokensPerSecond: Double
  /// The wall-clock time of this step alone, in seconds.
  public var seconds: Double
  /// The physical memory that the process held after the step, in bytes.
  public var residentBytes: Int
  /// Whether the update was left out, because the loss or the gradients were not finite.
  public var skipped: Bool?
  /// The names of documents in the batch, where they are worth keeping.
  public var documents: [String]?
  /// The seconds of the step that were spent waiting for data.
  public var waitSeconds: Double?

  /// Creates a record.
  public init(
    step: Int, tokens: Int, loss: Double?, crossEntropy: Double?, zLoss: Double?,
    learningRate: Double, gradientNorm: Double?, tokensPerSecond: Double, seconds: Double,
    residentBytes: Int, skipped: Bool? = nil, documents: [String]? = nil, waitSeconds: Double? = nil
  ) {
    self.step = step
    self.tokens = tokens
    self.loss = loss
    self.crossEntropy = crossEntropy
    self.zLoss = zLoss
    self.learningRate = learningRate
    self.gradientNorm = gradientNorm
    self.tokensPerSecond = tokensPerSecond
    self.seconds = seconds
    self.residentBytes = residentBytes
    self.skipped = skipped
    self.documents = documents
    self.waitSeconds = waitSeconds
  }

  /// The keys of a line.
  public enum CodingKeys: String, CodingKey {
    case step
    case tokens
    case loss
    case crossEntropy = "cross_entropy"
    case zLoss = "z_loss"
    case learningRate = "learning_rate"
    case gradientNorm = "gradient_norm"
    case tokensPerSecond = "tokens_per_second"
    case seconds
    case residentBytes = "resident_bytes"
    case skipped
    case documents
    case waitSeconds = "wait_seconds"
  }

  /// Writes the record; null where a measured number is missing or not finite.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(step, forKey: .step)
    try container.encode(tokens, forKey: .tokens)
    try container.encode(finite(loss), forKey: .loss)
    try container.encode(finite(crossEntropy), forKey: .crossEntropy)
    try container.encode(finite(zLoss), forKey: .zLoss)
    try container.encode(learningRate, forKey: .learningRate)
    try container.encode(finite(gradientNorm), forKey: .gradientNorm)
    try container.encode(tokensPerSecond, forKey: .tokensPerSecond)
    try container.encode(seconds, forKey: .seconds)
    try container.encode(residentBytes, forKey: .residentBytes)
    try container.encodeIfPresent(skipped, forKey: .skipped)
    try container.encodeIfPresent(documents, forKey: .documents)
    try container.encodeIfPresent(waitSeconds, forKey: .waitSeconds)
  }

  /// Whether the step changed nothing: it says so, or it has no finite loss.
  public var isSkipped: Bool {
    skipped == true || finite(loss) == nil
  }

  private func finite(_ value: Double?) -> Double? {
    value.flatMap { $0.isFinite ? $0 : nil }
  }
}
