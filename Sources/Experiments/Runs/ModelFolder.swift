import Checkpoints
import Foundation
import Layers
import Models

/// A folder of weights without a run: `config.json` with CoreNet's names for the sizes,
/// `model.safetensors`, and maybe a tokenizer.
public struct ModelFolder: Sendable {
  static let configurationName = "config.json"
  static let weightsName = "model.safetensors"

  public let path: String
  public let configuration: OpenELMConfiguration
  /// The tokenizer in the folder, or the one that the configuration names.
  public let tokenizerPath: String?

  /// Whether a folder has the two files.
  public static func isOne(at path: String) -> Bool {
    [configurationName, weightsName].allSatisfy {
      FileManager.default.fileExists(atPath: "\(path)/\($0)")
    }
  }

  /// Reads the configuration.
  ///
  /// - Throws: `ExperimentError.unreadableRecord`.
  public init(path: String) throws(ExperimentError) {
    self.path = path
    let file = "\(path)/\(Self.configurationName)"
    let record = try JSONRecord.read(Record.self, from: file)
    configuration = try record.configuration(path: file)
    let candidates =
      ["tokenizer.json", "tokenizer.model"].map { "\(path)/\($0)" }
      + (record.tokenizer.map { ["\(path)/\($0)"] } ?? [])
    tokenizerPath = candidates.first { FileManager.default.fileExists(atPath: $0) }
  }

  /// The model with the folder's weights.
  ///
  /// - Throws: `CheckpointError` where tensors are missing or of other shapes.
  func model<C: ModelConfiguration>(_ configuration: C) throws -> C.Model {
    // Two bytes a number are the least: sizes that the file cannot hold are not made first.
    let file = "\(path)/\(Self.weightsName)"
    let byteCount = (try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int) ?? 0
    if configuration.parameterCount > byteCount / 2 {
      throw ExperimentError.unreadableRecord(
        path: "\(path)/\(Self.configurationName)",
        reason: "its sizes need \(configuration.parameterCount) parameters, and \(file) has "
          + "\(byteCount) bytes")
    }
    var initializer = ParameterInitializer.zeros(projectionType: .float32)
    var model = configuration.makeModel(&initializer)
    try TensorFile.load(&model, from: SafetensorsFile(path: "\(path)/\(Self.weightsName)"))
    return model
  }

  /// `config.json` as CoreNet's recipes name things; what it leaves out is as in the reference.
  private struct Record: Decodable {
    var numTransformerLayers: Int
    var modelDim: Int
    var headDim: Int
    var numGqaGroups: Int
    var qkvMultipliers: [Double]
    var ffnMultipliers: [Double]
    var ffnDimDivisor: Int?
    var vocabSize: Int
    var maxContextLength: Int
    var shareInputOutputLayers: Bool?
    var normalizeQkProjections: Bool?
    var ropeFreqConstant: Double?
    var rmsNormEps: Float?
    var tokenizer: String?

    func configuration(path: String) throws(ExperimentError) -> OpenELMConfiguration {
      func scale(_ name: String, _ values: [Double]) throws(ExperimentError)
        -> OpenELMConfiguration.LayerScale
      {
        guard let first = values.first, let last = values.last, values.count <= 2 else {
          throw .unreadableRecord(
            path: path, reason: "\(name): expected one or two multipliers, found \(values.count)")
        }
        return .init(first: first, last: last)
      }
      let configuration = OpenELMConfiguration(
        layerCount: numTransformerLayers, modelWidth: modelDim, headWidth: headDim,
        queriesPerKeyValueHead: numGqaGroups,
        attentionScale: try scale("qkv_multipliers", qkvMultipliers),
        feedForwardScale: try scale("ffn_multipliers", ffnMultipliers),
        feedForwardDivisor: ffnDimDivisor ?? 256, vocabularySize: vocabSize,
        contextLength: maxContextLength, sharesInputAndOutput: shareInputOutputLayers ?? true,
        normalizesQueriesAndKeys: normalizeQkProjections ?? true,
        rotaryBase: ropeFreqConstant ?? 10_000, epsilon: rmsNormEps ?? 1e-6)
      if let fault = configuration.fault {
        throw .unreadableRecord(path: path, reason: "a model with \(fault)")
      }
      return configuration
    }
  }
}
