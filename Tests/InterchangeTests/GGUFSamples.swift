import Foundation
import GGUF
import Interchange
import Kernels
import Layers
import Models
import Tokenization

/// Weights in memory, under the names of a configuration's parameters.
struct SampleWeights: WeightSource {
  var path = "weights"
  var weightNames: [String]
  var shapes: [String: [Int]]
  var numbers: [String: [Float]]

  /// Small numbers that differ from place to place.
  init(_ configuration: OpenELMConfiguration) {
    weightNames = []
    shapes = [:]
    numbers = [:]
    configuration.forEachParameter { name, shape in
      weightNames.append(name)
      shapes[name] = shape
      let seed = name.utf8.reduce(1) { ($0 &* 31 &+ Int($1)) & 0xFFFF }
      numbers[name] = (0..<shape.reduce(1, *)).map { index in
        Float((index &* 2_654_435 &+ seed &* 97) & 0xFFFF) / 65_536 - 0.5
      }
    }
  }

  func shape(of name: String) -> [Int]? { shapes[name] }
  func format(of name: String) -> WeightFormat? { shapes[name].map { _ in .float32 } }

  func withWeight<Result>(
    _ name: String, _ body: ([WeightPart]) throws -> Result
  ) throws -> Result {
    guard let numbers = numbers[name] else {
      throw WeightError.missing(path: path, weight: name, nearby: [])
    }
    return try numbers.withUnsafeBytes {
      try body([WeightPart(format: .float32, elementCount: numbers.count, bytes: $0)])
    }
  }
}

enum GGUFSamples {
  /// Three layers of different widths, 300 tokens.
  static let configuration = OpenELMConfiguration(
    layerCount: 3, modelWidth: 64, headWidth: 16, queriesPerKeyValueHead: 2,
    attentionScale: .init(0.5...1), feedForwardScale: .init(0.5...4), feedForwardDivisor: 32,
    vocabularySize: 300, contextLength: 128, rotaryBase: 20_000, epsilon: 1e-5)

  static func contents(_ configuration: OpenELMConfiguration = configuration) -> ModelContents {
    ModelContents(
      path: "models/tiny", format: .samara, configuration: configuration,
      weights: SampleWeights(configuration))
  }

  /// Byte pieces and a few words: 256 + 3 + 7 pieces.
  static var sentencePieces: SentencePieceModel {
    var pieces = [SentencePieceModel.Piece("<unk>", score: 0, kind: .unknown)]
    pieces += ["<s>", "</s>"].map { .init($0, score: 0, kind: .control) }
    pieces += (0..<256).map { byte in
      let digits = String(byte, radix: 16, uppercase: true)
      return .init("<0x\(byte < 16 ? "0" : "")\(digits)>", score: 0, kind: .byte)
    }
    pieces += ["\u{2581}a", "ab", "\u{2581}", "a", "b", "c"].enumerated().map {
      .init($0.element, score: -Float($0.offset), kind: .normal)
    }
    pieces.append(.init("a\u{2581}sep", score: 0, kind: .userDefined))
    var model = SentencePieceModel(pieces: pieces)
    model.trainer.modelType = 2
    model.trainer.usesByteFallback = true
    model.normalizer.removesExtraWhitespace = false
    return model
  }

  static let texts = [
    "", "a", "ab abc", " a  ab", "caf\u{E9} \u{1F333}\n", "a sep ab", "x<s>ab</s>", "a\u{2581}b",
  ]

  /// All weights of a source as float32.
  static func numbers(_ source: some WeightSource) throws -> [String: [Float]] {
    var all: [String: [Float]] = [:]
    for name in source.weightNames {
      let buffer = try source.buffer(of: name, shape: source.shape(of: name) ?? [])
      all[name] = (0..<buffer.count).map { buffer.pointer[$0] }
    }
    return all
  }
}
