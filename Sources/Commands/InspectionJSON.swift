import Experiments
import Foundation
import Interchange
import Models

/// What a model's files hold, for programs.
enum InspectionJSON {
  static func bytes(_ inspection: ModelInspection, tensors: Bool) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    return try encoder.encode(Record(inspection, tensors: tensors))
  }

  private struct Record: Encodable {
    struct Layer: Encodable {
      let queryHeads: Int
      let keyValueHeads: Int
      let feedForwardWidth: Int
    }

    struct Tensor: Encodable {
      let name: String
      let shape: [Int]
      let type: String
      let bytes: Int
      let norm: Double
      /// Absent where there is no finite number.
      let minimum: Float?
      let maximum: Float?
      let nanCount: Int
      let infinityCount: Int
    }

    struct File: Encodable {
      let name: String
      let bytes: Int
    }

    struct Tokenizer: Encodable {
      let kind: String
      let vocabularySize: Int
      let startToken: Int32?
      let endToken: Int32?
      let paddingToken: Int32?
    }

    struct Training: Encodable {
      let recipe: String?
      let step: Int?
      let tokens: Int?
      let optimizerTensors: Int?
    }

    let path: String
    let format: String?
    let configuration: OpenELMConfiguration?
    let layers: [Layer]?
    let parameters: Int
    let norm: Double
    let nanCount: Int
    let infinityCount: Int
    let tensors: [Tensor]?
    let files: [File]
    let tokenizer: Tokenizer?
    let chatTemplate: String?
    let training: Training?
    let checksumsMatch: Bool?
    let warnings: [String]

    init(_ found: ModelInspection, tensors wantsTensors: Bool) {
      path = found.path
      format = found.format?.rawValue
      configuration = found.configuration
      layers = found.configuration?.layers.map {
        Layer(
          queryHeads: $0.attention.queryHeads, keyValueHeads: $0.attention.keyValueHeads,
          feedForwardWidth: $0.feedForwardWidth)
      }
      parameters = found.parameterCount
      let all = found.statistics
      norm = all.norm
      nanCount = all.nanCount
      infinityCount = all.infinityCount
      tensors =
        wantsTensors
        ? found.tensors.map {
          Tensor(
            name: $0.name, shape: $0.shape, type: $0.type, bytes: $0.byteCount,
            norm: $0.statistics.norm, minimum: Self.finite($0.statistics.minimum),
            maximum: Self.finite($0.statistics.maximum), nanCount: $0.statistics.nanCount,
            infinityCount: $0.statistics.infinityCount)
        } : nil
      files = found.files.map { File(name: $0.name, bytes: $0.byteCount) }
      tokenizer = found.tokenizer.map {
        Tokenizer(
          kind: $0.kind.rawValue, vocabularySize: $0.vocabularySize, startToken: $0.start,
          endToken: $0.end, paddingToken: $0.padding)
      }
      chatTemplate = found.chatTemplate
      training = found.training.map {
        Training(
          recipe: $0.recipe, step: $0.step, tokens: $0.tokens,
          optimizerTensors: found.optimizerTensorCount)
      }
      checksumsMatch = found.isVerified
      warnings = found.warnings
    }

    private static func finite(_ value: Float) -> Float? { value.isFinite ? value : nil }
  }
}
