import Foundation
import Interchange
import Kernels
import Layers
import Models
import Terminal
import Training

/// Makes a training checkpoint of CoreNet's from one of this project's own.
public enum CoreNetExport {
  /// Writes `training_checkpoint_last.pt`, or whatever `output` is called, from a checkpoint's folder.
  ///
  /// It holds the run's own state and tokenizer as well, so that ``CoreNetImport`` goes on to the bit.
  ///
  /// - Throws: `ExperimentError`, `InterchangeError`, `WeightError`, `FileError`.
  public static func write(_ checkpoint: RunCheckpoint, to output: String) throws {
    let record = try checkpoint.recipeRecord()
    let path = "\(checkpoint.path)/\(RunCheckpoint.recipeName)"
    let settings: Settings
    do {
      settings = try JSONRecord.decode(Settings.self, from: record)
    } catch {
      throw ExperimentError.unreadableRecord(path: path, reason: "no recipe's record (\(error))")
    }
    guard settings.storage ?? .full == .full else {
      throw ExperimentError.cannotConvert(
        path: checkpoint.path,
        reason: "its moments are codes of eight bits (compact storage), which CoreNet has not; "
          + "convert the weights alone, without --training")
    }
    let contents = try SamaraCheckpoint.read(path: checkpoint.path)
    let moments = "\(checkpoint.path)/\(RunCheckpoint.optimizerName)"
    guard FileManager.default.fileExists(atPath: moments) else {
      throw ExperimentError.cannotConvert(
        path: checkpoint.path,
        reason: "these weights have no optimizer's state, as an average has none; convert them "
          + "without --training, or name a checkpoint of a step")
    }
    func source(_ prefix: String) throws -> any WeightSource {
      try SafetensorsShards(files: [moments], path: moments) { name in
        name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : nil
      }
    }
    let optimizer = settings.optimizer
    let state = try JSONRecord.encode(checkpoint.state)
    let training = CoreNetTrainingState(
      configuration: contents.configuration, weights: contents.weights,
      firstMoments: try source(RunCheckpoint.firstMomentPrefix),
      secondMoments: try source(RunCheckpoint.secondMomentPrefix),
      iteration: checkpoint.state.step, epoch: 0, updateCount: checkpoint.state.updateCount,
      optimizer: .init(
        learningRate: settings.rate(ofStep: max(0, checkpoint.state.step - 1)),
        beta1: optimizer.beta1, beta2: optimizer.beta2, epsilon: optimizer.epsilon,
        weightDecay: optimizer.weightDecay),
      run: .init(
        state: String(decoding: state, as: UTF8.self),
        recipe: String(decoding: record, as: UTF8.self),
        tokenizer: contents.tokenizer?.bytes ?? []))
    try training.write(to: output)
  }

  /// What a recipe's record tells of the optimizer.
  private struct Settings: Decodable {
    struct Optimizer: Decodable {
      var beta1: Double
      var beta2: Double
      var epsilon: Double
      var weightDecay: Double
    }

    struct Schedule: Decodable {
      var warmupSteps: Int
      var initial: Double
      var maximum: Double
      var minimum: Double
    }

    var optimizer: Optimizer
    var schedule: Schedule
    var steps: Int
    /// Older records have none.
    var storage: TrainingStorage?

    func rate(ofStep step: Int) -> Double {
      LearningRateSchedule(
        warmupSteps: schedule.warmupSteps, initial: schedule.initial, maximum: schedule.maximum,
        minimum: schedule.minimum
      ).learningRate(at: step, of: steps)
    }
  }
}
