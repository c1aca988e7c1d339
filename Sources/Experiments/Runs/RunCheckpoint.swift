import Checkpoints
import Files
import Foundation
import Interchange
import Layers
import Models
import Tensors
import Tokenization
import Training

/// What a checkpoint's folder holds, and its way to and from a trainer.
public struct RunCheckpoint: Sendable {
  static let weightsName = SamaraCheckpoint.weightsName
  static let optimizerName = SamaraCheckpoint.optimizerName
  static let stateName = SamaraCheckpoint.stateName
  static let recipeName = SamaraCheckpoint.recipeName

  /// The folder.
  public let path: String
  /// Its `state.json`.
  public let state: RunState

  /// Opens a checkpoint's folder, without reading its tensors.
  ///
  /// - Throws: `ExperimentError.unreadableRecord`.
  public init(path: String) throws(ExperimentError) {
    self.path = path
    let statePath = "\(path)/\(Self.stateName)"
    state = try JSONRecord.read(RunState.self, from: statePath)
    try state.validate(path: statePath)
  }

  /// The tokenizer that the model was trained with.
  public func tokenizer() throws -> any Tokenizer { try TokenizerFile.load(tokenizerPath()) }

  /// The tokenizer's file, under the name that fits its kind.
  func tokenizerPath() throws -> String { try TokenizerFile.file(at: path) }

  /// The record of the recipe.
  ///
  /// - Throws: `ExperimentError.unreadableRecord`.
  public func recipeRecord() throws(ExperimentError) -> Data {
    let path = "\(path)/\(Self.recipeName)"
    guard let data = FileManager.default.contents(atPath: path) else {
      throw .unreadableRecord(path: path, reason: "cannot be read")
    }
    return data
  }

  /// The checkpoint's weights, mapped into memory.
  func weights() throws -> any WeightSource {
    try SafetensorsShards(files: ["\(path)/\(Self.weightsName)"], path: path, naming: { $0 })
  }

  /// The model with the checkpoint's weights; those of `.compact` storage are widened exactly where
  /// `storage` is `.full`.
  public func model<C: ModelConfiguration>(
    _ configuration: C, storage: TrainingStorage = .full
  ) throws -> C.Model {
    var initializer = ParameterInitializer.zeros(projectionType: storage.projectionType)
    var model = configuration.makeModel(&initializer)
    try TensorFile.load(&model, from: SafetensorsFile(path: "\(path)/\(Self.weightsName)"))
    return model
  }

  /// The whole state of training.
  public func trainer<C: ModelConfiguration>(
    _ configuration: C, settings: TrainingSettings
  ) throws -> Trainer<C.Model> {
    var trainer = Trainer(
      try model(configuration, storage: settings.storage), settings: settings)
    let file = try SafetensorsFile(path: "\(path)/\(Self.optimizerName)")
    func load(_ moments: inout [Moment], _ prefix: String) throws {
      for index in moments.indices {
        try moments[index].replaceTensors { (zeros) throws(CheckpointError) in
          try TensorFile.tensor(
            named: prefix + zeros.name, shape: zeros.tensor.shape, as: zeros.tensor.elementType,
            in: file)
        }
      }
    }
    try load(&trainer.optimizerState.firstMoments, Self.firstMomentPrefix)
    try load(&trainer.optimizerState.secondMoments, Self.secondMomentPrefix)
    trainer.optimizerState.updateCount = state.updateCount
    trainer.step = state.step
    trainer.tokens = state.tokens
    trainer.consecutiveSkips = state.consecutiveSkips
    trainer.skippedSteps = state.skippedSteps
    return trainer
  }

  private static let firstMomentPrefix = "first_moment."
  private static let secondMomentPrefix = "second_moment."

  /// Writes a checkpoint of the trainer's step; `state` is completed from the trainer.
  static func write<Model: LanguageModel>(
    _ trainer: Trainer<Model>, state: RunState, recipe: Data, tokenizer: [UInt8],
    to directory: CheckpointDirectory
  ) throws -> Checkpoint {
    var state = state
    state.step = trainer.step
    state.tokens = trainer.tokens
    state.updateCount = trainer.optimizerState.updateCount
    state.consecutiveSkips = trainer.consecutiveSkips
    state.skippedSteps = trainer.skippedSteps
    let record = try JSONRecord.encode(state)
    let moments =
      stored(trainer.optimizerState.firstMoments, firstMomentPrefix)
      + stored(trainer.optimizerState.secondMoments, secondMomentPrefix)
    return try directory.write(step: trainer.step) { folder in
      try TensorFile.write(trainer.model.parameters, to: "\(folder)/\(weightsName)")
      try TensorFile.write(moments, to: "\(folder)/\(optimizerName)")
      try AtomicFile.write(record, to: "\(folder)/\(stateName)")
      try AtomicFile.write(recipe, to: "\(folder)/\(recipeName)")
      let tokenizerName = TokenizerFile(bytes: tokenizer).fileName
      try AtomicFile.write(tokenizer, to: "\(folder)/\(tokenizerName)")
    }
  }

  /// The tensors of moments under their names in the file.
  private static func stored(_ moments: [Moment], _ prefix: String) -> [NamedTensor] {
    moments.flatMap(\.tensors).map { NamedTensor(name: prefix + $0.name, tensor: $0.tensor) }
  }
}
