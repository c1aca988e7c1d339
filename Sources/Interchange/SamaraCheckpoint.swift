import Checkpoints
import Files
import Foundation
import Layers
import Models
import Tokenization

/// A checkpoint of this project's own, as the files of its folder tell it, without the program that the
/// recipe is code of.
///
/// `recipe.json` is the record of the recipe, and holds the model's sizes; `state.json` the step and the
/// tokens.
public enum SamaraCheckpoint {
  package static let weightsName = "weights.safetensors"
  package static let optimizerName = "optimizer.safetensors"
  package static let stateName = "state.json"
  package static let recipeName = "recipe.json"

  /// Whether a folder looks like one.
  public static func isOne(at path: String) -> Bool {
    [stateName, weightsName].allSatisfy {
      FileManager.default.fileExists(atPath: "\(path)/\($0)")
    }
  }

  /// Reads a checkpoint's folder; the weights stay in their file, mapped into memory.
  ///
  /// - Throws: ``InterchangeError``, `WeightError`, `CheckpointError`, `TokenizationError`.
  public static func read(path: String) throws -> ModelContents {
    let state = try JSONSettings(path: "\(path)/\(stateName)")
    let recipePath = "\(path)/\(recipeName)"
    let record = try TokenizerFile.bytes(recipePath)
    let weights = try SafetensorsShards(
      files: ["\(path)/\(weightsName)"], path: path, naming: { $0 })
    let configuration = try configuration(record, path: recipePath)
    try configuration.check(weights)
    var training = TrainingRecord()
    training.recipe = try state.string("recipe")
    training.step = try state.integer("step", in: 0...1 << 60)
    training.tokens = try state.integer("tokens", in: 0...1 << 60)
    training.recipeRecord = String(decoding: record, as: UTF8.self)
    let tokenizerPath = try? TokenizerFile.file(at: path)
    return ModelContents(
      path: path, format: .samara, configuration: configuration, weights: weights,
      tokenizer: try tokenizerPath.map { try StoredTokenizer(path: $0) }, training: training)
  }

  /// The sizes under `model`.
  static func configuration(
    _ record: [UInt8], path: String
  ) throws(InterchangeError) -> OpenELMConfiguration {
    struct Record: Decodable { var model: OpenELMConfiguration }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let configuration: OpenELMConfiguration
    do {
      configuration = try decoder.decode(Record.self, from: Data(record)).model
    } catch {
      throw .invalidJSON(
        path: path, reason: "expected the record of an OpenELM's recipe (\(error))")
    }
    if let fault = configuration.fault { throw .invalidModel(path: path, fault: fault) }
    return configuration
  }
}
