import Foundation
import GGUF
import Interchange
import Kernels
import Layers
import Models
import TestSupport
import Testing

@Suite struct GGUFModelTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func aModelComesBackAsItWas() throws {
    var contents = GGUFSamples.contents()
    contents.chatTemplate = "{{ messages }}"
    contents.generation.startToken = nil
    contents.generation.topK = 40
    contents.generation.topP = 0.95
    contents.generation.temperature = 0.7
    contents.generation.repetitionPenalty = 1.1
    var record = TrainingRecord()
    record.recipe = "openelm-tiny"
    record.step = 12
    record.tokens = 1 << 40
    record.recipeRecord = #"{"name":"openelm-tiny"}"#
    record.scores = [.init(task: "arc_easy", metric: "acc", value: 0.45)]
    contents.training = record
    let path = folder("a.gguf")
    #expect(try GGUFModel.write(contents, to: path, type: .float32).isEmpty)
    let found = try GGUFModel.read(path: path)
    #expect(found.format == .gguf && found.path == path)
    #expect(found.configuration == contents.configuration)
    #expect(found.chatTemplate == contents.chatTemplate)
    #expect(found.generation == contents.generation)
    #expect(found.training == contents.training)
    #expect(found.tokenizer == nil)
    #expect(found.weights.weightNames == contents.weights.weightNames)
    let numbers = try #require(contents.weights as? SampleWeights).numbers
    #expect(try GGUFSamples.numbers(found.weights) == numbers)
  }

  /// llama.cpp's own tensors: the fused projection of ours is two, and dimensions are reversed.
  @Test func namesAndShapesAreLlamas() throws {
    let path = folder("a.gguf")
    try GGUFModel.write(GGUFSamples.contents(), to: path, type: .float16)
    let file = try GGUFFile(path: path)
    let layer = GGUFSamples.configuration.layers[2]
    let gate = try #require(file.tensor("blk.2.ffn_gate.weight"))
    #expect(gate.shape == [layer.feedForwardWidth, 64] && gate.format == .float16)
    #expect(file.tensor("blk.2.ffn_up.weight")?.shape == gate.shape)
    #expect(file.tensor("blk.2.ffn_down.weight")?.shape == gate.shape.reversed())
    #expect(file.tensor("token_embd.weight")?.shape == [300, 64])
    #expect(file.tensors.count == 3 * 9 + 2)
    for tensor in file.tensors where tensor.shape.count == 1 {
      #expect(tensor.format == .float32, "\(tensor.name)")
    }
    #expect(
      file.value(of: "openelm.attention.head_count")?.array?.integers
        == GGUFSamples.configuration.layers.map(\.attention.queryHeads))
    #expect(file.value(of: "general.file_type")?.integer == 1)
    let parts = try GGUFModel.read(path: path).weights.withWeight("layers.2.ffn.proj_1.weight") {
      $0.map(\.elementCount)
    }
    #expect(parts == [gate.elementCount, gate.elementCount])
  }

  @Test func blocksHoldWhatTheyCan() throws {
    let contents = GGUFSamples.contents()
    let exact = try GGUFSamples.numbers(SampleWeights(contents.configuration))
    // Numbers reach 0.5. Half a step of 0.5 / 127, and a whole one of 0.5 / 8, since one end of q4_0 is cut
    // off; and both 2⁻¹¹ of 0.5 for the rounding of the scale to float16.
    for (type, error) in [
      (WeightFormat.float16, Float(0.000_25)), (.bfloat16, 0.002), (.eightBitBlocks, 0.002_22),
      (.fourBitBlocks, 0.063),
    ] {
      let path = folder("\(type.rawValue).gguf")
      let exceptions = try GGUFModel.write(contents, to: path, type: type)
      #expect(exceptions.map(\.tensor) == (type == .fourBitBlocks ? ["token_embd.weight"] : []))
      let found = try GGUFSamples.numbers(GGUFModel.read(path: path).weights)
      for (name, numbers) in exact {
        let largest = zip(numbers, found[name] ?? []).map { abs($0 - $1) }.max() ?? 1
        #expect(largest <= error, "\(name) in \(type.rawValue)")
      }
    }
  }

  @Test func rowsThatAreNoBlocksFallBackAndAreNamed() throws {
    var configuration = GGUFSamples.configuration
    configuration.modelWidth = 48
    configuration.feedForwardDivisor = 24
    let path = folder("a.gguf")
    let exceptions = try GGUFModel.write(
      GGUFSamples.contents(configuration), to: path, type: .eightBitBlocks)
    let table = try #require(exceptions.first { $0.tensor == "token_embd.weight" })
    #expect(table.format == .float16)
    #expect(table.reason == "rows of 48 numbers are no whole blocks of 32")
    #expect(try GGUFModel.read(path: path).configuration == configuration)
  }

  @Test func theSameModelIsTheSameBytes() throws {
    for name in ["a.gguf", "b.gguf"] {
      try GGUFModel.write(GGUFSamples.contents(), to: folder(name), type: .fourBitBlocks)
    }
    #expect(try bytes(at: folder("a.gguf")) == bytes(at: folder("b.gguf")))
  }

  @Test func whatLlamaCannotReadIsRefused() throws {
    let faults: [(String, (inout OpenELMConfiguration) -> Void)] = [
      ("the output projection", { $0.sharesInputAndOutput = false }),
      ("attention", { $0.normalizesQueriesAndKeys = false }),
      ("the configuration of models/tiny", { $0.headWidth = 15 }),
    ]
    for (words, change) in faults {
      var configuration = GGUFSamples.configuration
      change(&configuration)
      var contents = GGUFSamples.contents()
      contents.configuration = configuration
      let failure = #expect(throws: GGUFError.self) {
        try GGUFModel.write(contents, to: folder("a.gguf"), type: .float32)
      }
      #expect(failure?.description.contains(words) == true, "\(failure as Any)")
    }
    #expect(throws: GGUFError.self) {
      try GGUFModel.write(GGUFSamples.contents(), to: folder("a.gguf"), type: .sixBitSuperblocks)
    }
    #expect(try folder.names().isEmpty)
  }

  @Test func weightsOfAnotherModelAreRefused() throws {
    var contents = GGUFSamples.contents()
    contents.configuration.vocabularySize = 301
    #expect(throws: WeightError.self) {
      try GGUFModel.write(contents, to: folder("a.gguf"), type: .float32)
    }
    contents = GGUFSamples.contents()
    contents.configuration.layerCount = 2
    #expect(throws: WeightError.self) {
      try GGUFModel.write(contents, to: folder("a.gguf"), type: .float32)
    }
  }
}
