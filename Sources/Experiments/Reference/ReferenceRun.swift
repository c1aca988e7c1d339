import Checkpoints
import Foundation
import Models
import Tensors
import Training

/// A run of the reference implementation, stored in a folder: what this build is held against.
public struct ReferenceRun: Sendable {
  /// One step of the reference's log.
  public struct Step: Sendable, Decodable {
    public let lr: Double
    public let ceLoss: Double
    public let zLossValidOnly: Double
    public let gradNorm: Double

    /// The loss with the z-loss over valid targets only.
    ///
    /// The reference also sums it over padding, where it is a constant; see the fixtures' notes.
    public var loss: Double { ceLoss + zLossValidOnly }
  }

  /// The reference's greedy continuation of a prompt.
  public struct Greedy: Sendable, Decodable {
    public let prompt: [Int32]
    public let continuation: [Int32]
  }

  public let path: String
  public let model: OpenELMConfiguration
  public let settings: TrainingSettings
  public let log: [Step]
  public let greedy: Greedy
  /// The token that stands for padding in targets.
  public let paddingToken: Int32?

  /// Reads `reference.json` of a folder.
  ///
  /// - Throws: `ExperimentError.unreadableReference`.
  public init(path: String) throws(ExperimentError) {
    self.path = path
    let file = "\(path)/reference.json"
    guard let data = FileManager.default.contents(atPath: file) else {
      throw .unreadableReference(path: file, reason: "cannot be read")
    }
    let record: Record
    do {
      record = try JSONRecord.decode(Record.self, from: data)
    } catch {
      throw .unreadableReference(path: file, reason: "\(error)")
    }
    guard record.config.ffnWithGlu ?? true else {
      throw .unreadableReference(path: file, reason: "feed-forward layers without a gate")
    }
    let model = record.config.configuration
    self.model = model
    let (prompt, betas) = (record.greedy.prompt, record.optimizer.betas)
    let fault =
      model.fault
      ?? (betas.count == 2 ? nil : "\(betas.count) betas, expected 2")
      ?? (prompt.isEmpty ? "an empty prompt" : nil)
      ?? (prompt.allSatisfy { $0 >= 0 && $0 < model.vocabularySize }
        ? nil : "a prompt outside the vocabulary of \(model.vocabularySize)")
      ?? (prompt.count + record.greedy.continuation.count <= 2 * model.contextLength
        ? nil : "a continuation longer than twice the context of \(model.contextLength)")
    if let fault { throw .unreadableReference(path: file, reason: fault) }
    settings = TrainingSettings(
      optimizer: AdamW(
        beta1: record.optimizer.betas[0], beta2: record.optimizer.betas[1],
        epsilon: record.optimizer.eps, weightDecay: record.optimizer.weightDecay,
        maximumGradientNorm: record.optimizer.maxGradNorm),
      schedule: LearningRateSchedule(
        warmupSteps: record.schedule.warmupIterations,
        initial: record.schedule.warmupInitLr,
        maximum: record.schedule.maxLr, minimum: record.schedule.minLr),
      zLossWeight: record.optimizer.zLossEps, totalSteps: record.schedule.maxIterations)
    log = record.trainingLog
    greedy = record.greedy
    paddingToken = record.config.paddingIndex
  }

  /// One of the folder's safetensors files.
  func file(_ name: String) throws(CheckpointError) -> SafetensorsFile {
    try SafetensorsFile(path: "\(path)/\(name).safetensors")
  }

  /// Targets with padding marked as this project marks it.
  func marked(_ targets: [Int32]) -> [Int32] {
    guard let paddingToken else { return targets }
    return targets.map { $0 == paddingToken ? OutputLoss.ignoredTarget : $0 }
  }
}

/// `reference.json` as it is written.
private struct Record: Decodable {
  let config: Configuration
  let optimizer: Optimizer
  let schedule: Schedule
  let greedy: ReferenceRun.Greedy
  let trainingLog: [ReferenceRun.Step]

  struct Configuration: Decodable {
    let numTransformerLayers, modelDim, headDim, numGqaGroups: Int
    let normalizeQkProjections, shareInputOutputLayers: Bool?
    let ffnMultipliers, qkvMultipliers: Multipliers
    let ffnDimDivisor: Int?
    let vocabSize, maxContextLength: Int
    let paddingIndex: Int32?
    let rmsNormEps: Float?
    let ropeFreqConstant: Double?
    let ffnWithGlu: Bool?

    /// What the reference's configuration leaves out has its default there.
    var configuration: OpenELMConfiguration {
      OpenELMConfiguration(
        layerCount: numTransformerLayers, modelWidth: modelDim, headWidth: headDim,
        queriesPerKeyValueHead: numGqaGroups, attentionScale: qkvMultipliers.scale,
        feedForwardScale: ffnMultipliers.scale, feedForwardDivisor: ffnDimDivisor ?? 256,
        vocabularySize: vocabSize, contextLength: maxContextLength,
        sharesInputAndOutput: shareInputOutputLayers ?? false,
        normalizesQueriesAndKeys: normalizeQkProjections ?? false,
        rotaryBase: ropeFreqConstant ?? 10_000, epsilon: rmsNormEps ?? 1e-6)
    }
  }

  /// A number, or the first and the last.
  struct Multipliers: Decodable {
    let scale: OpenELMConfiguration.LayerScale

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let constant = try? container.decode(Double.self) {
        scale = .init(constant)
        return
      }
      let pair = try container.decode([Double].self)
      guard pair.count == 2 else {
        throw DecodingError.dataCorruptedError(
          in: container,
          debugDescription: "expected one multiplier or two, found \(pair.count)")
      }
      scale = .init(first: pair[0], last: pair[1])
    }
  }

  struct Optimizer: Decodable {
    let betas: [Double]
    let eps, weightDecay, maxGradNorm, zLossEps: Double
  }

  struct Schedule: Decodable {
    let maxIterations, warmupIterations: Int
    let warmupInitLr, maxLr, minLr: Double

    private enum CodingKeys: String, CodingKey {
      case maxIterations, warmupIterations, warmupInitLr
      case maxLr = "cosine.maxLr"
      case minLr = "cosine.minLr"
    }
  }
}
