import Files
import Foundation
import Interchange
import Kernels
import Layers
import Models
import PyTorchFiles
import TestSupport
import Testing

/// Weights that count up, in shapes of a configuration or of none.
struct CountingWeights: WeightSource {
  var path = "counting"
  var shapes: [(name: String, shape: [Int])]

  init(_ configuration: OpenELMConfiguration) {
    shapes = []
    configuration.forEachParameter { name, shape in shapes.append((name, shape)) }
  }

  var weightNames: [String] { shapes.map(\.name) }
  func shape(of name: String) -> [Int]? { shapes.first { $0.name == name }?.shape }
  func format(of name: String) -> WeightFormat? { shape(of: name) == nil ? nil : .float32 }

  func withWeight<Result>(_ name: String, _ body: ([WeightPart]) throws -> Result) throws -> Result
  {
    let count = (shape(of: name) ?? []).reduce(1, *)
    let seed = Float(name.utf8.reduce(0) { $0 &+ Int($1) } % 97)
    return try (0..<count).map { (Float($0) + seed) / 64 }.withUnsafeBytes {
      try body([WeightPart(format: .float32, elementCount: count, bytes: $0)])
    }
  }
}

/// A source under other names: what PyTorch wraps a model in shows in them.
private func stateDictionary(
  _ source: CountingWeights, prefix: String = "", leaving left: Set<String> = []
) -> PyTorchContents {
  .dictionary(
    source.shapes.filter { !left.contains($0.name) }.map { name, shape in
      let tensor = PyTorchContents.Tensor(.float32, shape: shape) { sink in
        try source.withWeight(name) { try sink($0[0].bytes) }
      }
      return (.string(prefix + name), .tensor(tensor))
    }, isOrdered: true)
}

@Suite struct CoreNetFileTests {
  static let small = OpenELMConfiguration(
    layerCount: 3, modelWidth: 64, headWidth: 8, queriesPerKeyValueHead: 2,
    attentionScale: .init(0.5...1.0), feedForwardScale: .init(0.5...4.0), feedForwardDivisor: 16,
    vocabularySize: 96, contextLength: 2_048)

  private static func written(
    _ contents: PyTorchContents, _ folder: TemporaryFolder
  ) throws -> String {
    try PyTorchWriter.write(contents, to: folder("a.pt"))
    return folder("a.pt")
  }

  private static func numbers(_ source: any WeightSource, _ name: String) throws -> [Float] {
    try source.withWeight(name) { parts in
      parts.flatMap { part in
        WeightCodec.encoded(part, as: .float32).withUnsafeBytes {
          Array($0.bindMemory(to: Float.self))
        }
      }
    }
  }

  @Test(arguments: [
    "", "module.", "_orig_mod.module.", "module._fsdp_wrapped_module.",
  ]) func namesAreReadThroughWrappers(_ prefix: String) throws {
    let folder = try TemporaryFolder()
    let source = CountingWeights(Self.small)
    let path = try Self.written(stateDictionary(source, prefix: prefix), folder)
    let contents = try CoreNetFile.read(path: path)
    #expect(contents.format == .coreNet && contents.tokenizer == nil)
    #expect(contents.configuration.layers == Self.small.layers)
    #expect(contents.configuration.attentionScale == Self.small.attentionScale)
    #expect(contents.configuration.feedForwardScale == Self.small.feedForwardScale)
    for name in source.weightNames {
      #expect(try Self.numbers(contents.weights, name) == Self.numbers(source, name))
    }
  }

  @Test func weightsAreReadWithinOtherTrainersKeys() throws {
    let folder = try TemporaryFolder()
    let state = stateDictionary(CountingWeights(Self.small))
    for key in ["model_state_dict", "state_dict", "model"] as [PyTorchContents.Key] {
      let path = try Self.written(
        .dictionary([("epoch", .integer(1)), (key, state)]), folder)
      #expect(try CoreNetFile.read(path: path).configuration.layers == Self.small.layers)
    }
  }

  @Test(arguments: [WeightFormat.float32, .float16, .bfloat16])
  func whatIsWrittenIsReadAgainAndLoads(_ type: WeightFormat) throws {
    let folder = try TemporaryFolder()
    var configuration = Self.small
    configuration.sharesInputAndOutput = false
    let source = CountingWeights(configuration)
    let contents = ModelContents(
      path: "memory", format: .samara, configuration: configuration, weights: source)
    try CoreNetFile.write(contents, to: folder("b.pt"), type: type)
    let again = try CoreNetFile.read(path: folder("b.pt"))
    #expect(again.configuration.layers == configuration.layers)
    #expect(!again.configuration.sharesInputAndOutput)
    for name in source.weightNames {
      #expect(again.weights.format(of: name) == type)
      let expected = try source.withWeight(name) { parts in
        WeightCodec.encoded(parts[0], as: type)
      }
      #expect(try again.weights.withWeight(name) { Array($0[0].bytes) } == expected)
    }
    // CoreNet's order: the feed-forward norm stands before attention's.
    let names = again.weights.weightNames
    #expect(names[7] == "layers.0.ffn_norm.weight" && names[8] == "layers.0.attn_norm.weight")
    var initializer = ParameterInitializer.zeros(projectionType: .float32)
    var model = again.configuration.makeModel(&initializer)
    try model.loadWeights(from: again.weights)
  }

  @Test func blocksAreRefused() throws {
    let folder = try TemporaryFolder()
    let contents = ModelContents(
      path: "memory", format: .samara, configuration: Self.small,
      weights: CountingWeights(Self.small))
    #expect(throws: InterchangeError.self) {
      try CoreNetFile.write(contents, to: folder("b.pt"), type: .eightBitBlocks)
    }
    #expect(try folder.names().isEmpty)
  }

  @Test func withoutNormsTheHeadWidthIsAskedFor() throws {
    let folder = try TemporaryFolder()
    var configuration = Self.small
    configuration.normalizesQueriesAndKeys = false
    let path = try Self.written(stateDictionary(CountingWeights(configuration)), folder)
    let error = #expect(throws: InterchangeError.self) { try CoreNetFile.read(path: path) }
    #expect(error?.description.contains("--head-width") == true)
    let read = try CoreNetFile.read(path: path, headWidth: 8)
    #expect(read.configuration.layers == configuration.layers)
    #expect(throws: InterchangeError.self) { try CoreNetFile.read(path: path, headWidth: 24) }
    let normed = try Self.written(stateDictionary(CountingWeights(Self.small)), folder)
    #expect(throws: InterchangeError.self) { try CoreNetFile.read(path: normed, headWidth: 16) }
  }

  @Test func aPaddedVocabularyIsCut() throws {
    let folder = try TemporaryFolder()
    let source = CountingWeights(Self.small)
    var contents = try CoreNetFile.read(path: Self.written(stateDictionary(source), folder))
    try contents.cutVocabulary(to: 90)
    #expect(contents.configuration.vocabularySize == 90)
    let name = "token_embeddings.weight"
    #expect(contents.weights.shape(of: name) == [90, 64])
    #expect(
      try Self.numbers(contents.weights, name) == Array(Self.numbers(source, name)[..<(90 * 64)]))
  }

  @Test func shapesThatAreNoModelAreRefused() throws {
    let folder = try TemporaryFolder()
    func fault(_ change: (inout CountingWeights) -> Void) throws -> String {
      var source = CountingWeights(Self.small)
      change(&source)
      let path = try Self.written(stateDictionary(source), folder)
      do {
        _ = try CoreNetFile.read(path: path)
        return "read"
      } catch {
        return "\(error)"
      }
    }
    func resized(_ name: String, _ shape: [Int]) throws -> String {
      try fault { source in
        let index = source.shapes.firstIndex { $0.name == name } ?? 0
        source.shapes[index].shape = shape
      }
    }
    #expect(try fault { _ in } == "read")
    #expect(try fault { $0.shapes.removeFirst() }.contains("token_embeddings.weight"))
    #expect(try resized("token_embeddings.weight", [96]).contains("a matrix"))
    #expect(try resized("token_embeddings.weight", [96, 60]).contains("tensor"))
    #expect(try resized("layers.1.attn.qkv_proj.weight", [60, 64]).contains("rows for"))
    #expect(try resized("layers.1.attn.out_proj.weight", [64, 1_000]).contains("rows for"))
    #expect(try resized("layers.1.ffn.proj_1.weight", [9, 64]).contains("of gates and of values"))
    #expect(try resized("layers.1.ffn_norm.weight", [63]).contains("layers.1.ffn_norm.weight"))
    #expect(try resized("layers.0.attn.q_norm.weight", [0]).contains("a vector of"))
    // A gap among layers, and a weight too many.
    #expect(
      try fault { $0.shapes.removeAll { $0.name.hasPrefix("layers.1.") } }.contains("without gaps"))
    #expect(
      try fault { $0.shapes.append(("layers.0.attn.bias", [4])) }.contains("layers.0.attn.bias"))
    #expect(throws: InterchangeError.self) {
      try CoreNetFile.read(path: Self.written(.list([]), folder))
    }
    #expect(throws: InterchangeError.self) {
      try CoreNetFile.read(
        path: Self.written(
          .dictionary([("a", .tensor(.init(.int64, shape: [0], bytes: [])))]), folder))
    }
  }
}
