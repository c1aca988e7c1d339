import Foundation
import GGUF
import Interchange
import Kernels
import Layers
import Models
import TestSupport
import Testing

@Suite struct GGUFConfigurationTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// The sample's file with other keys, or with tensors in other shapes.
  private func rewritten(
    _ configuration: OpenELMConfiguration = GGUFSamples.configuration,
    _ change: (inout [GGUFEntry]) -> Void = { _ in },
    tensors: (inout [GGUFWriter.Layout]) -> Void = { _ in }
  ) throws -> String {
    let source = folder("source.gguf")
    try GGUFModel.write(GGUFSamples.contents(configuration), to: source, type: .float32)
    let file = try GGUFFile(path: source)
    var entries = file.metadata
    change(&entries)
    var layouts = file.tensors.map {
      GGUFWriter.Layout(name: $0.name, format: $0.format, shape: $0.shape)
    }
    tensors(&layouts)
    let path = folder("changed.gguf")
    try GGUFWriter.write(layouts, metadata: entries, to: path) { index, sink in
      let count = layouts[index].shape.reduce(4, *)
      try [UInt8](repeating: 0, count: count).withUnsafeBytes { try sink($0) }
    }
    return path
  }

  private static func isOurs(_ entry: GGUFEntry) -> Bool { entry.key.hasPrefix("samara.") }

  /// Others' files have no multipliers: what they list has to come out of those that are found.
  @Test func theLayersOfOthersAreFound() throws {
    var configurations = [GGUFSamples.configuration, GGUFSamples.configuration]
    configurations[0].feedForwardDivisor = 256
    configurations[1].attentionScale = .init(1)
    for var configuration in configurations {
      let path = try rewritten(configuration) { $0.removeAll(where: Self.isOurs) }
      let found = try GGUFModel.read(path: path).configuration
      #expect(found.layers == configuration.layers)
      #expect(found.queriesPerKeyValueHead == 2 && found.rotaryBase == 20_000)
      configuration.feedForwardDivisor = found.feedForwardDivisor
      configuration.feedForwardScale = found.feedForwardScale
      configuration.attentionScale = found.attentionScale
      #expect(found == configuration)
    }
    let first = try rewritten(configurations[0]) { $0.removeAll(where: Self.isOurs) }
    #expect(try GGUFModel.read(path: first).configuration == configurations[0])
  }

  @Test func layersByNoRuleAreKept() throws {
    var configuration = GGUFSamples.configuration
    configuration.attentionScale = .init(each: [1, 0.5, 1])
    configuration.feedForwardScale = .init(each: [2, 0.5, 1.5])
    for isOthers in [false, true] {
      let path = try rewritten(configuration) { if isOthers { $0.removeAll(where: Self.isOurs) } }
      let found = try GGUFModel.read(path: path).configuration
      #expect(found.layers == configuration.layers)
      if !isOthers { #expect(found == configuration) }
    }
  }

  @Test func oneSizeForAllLayersWillDo() throws {
    var configuration = GGUFSamples.configuration
    configuration.attentionScale = .init(1)
    let path = try rewritten(configuration) { entries in
      for (key, size) in [("head_count", 4), ("head_count_kv", 2)] {
        entries.removeAll { $0.key == "openelm.attention.\(key)" }
        entries.append(GGUFEntry("openelm.attention.\(key)", .uint32(UInt32(size))))
      }
    }
    #expect(try GGUFModel.read(path: path).configuration == configuration)
  }

  @Test func contradictionsNameTheirKey() throws {
    let faults: [(key: String, value: GGUFValue?, words: String)] = [
      ("general.architecture", .string("llama"), "expected \"openelm\", found \"llama\""),
      ("general.architecture", nil, "no such key"),
      ("openelm.block_count", .uint32(0), "0 of type uint32"),
      ("openelm.block_count", .uint32(4_000_000_000), "4000000000"),
      ("openelm.block_count", .string("3"), "the string \"3\""),
      ("openelm.context_length", nil, "no such key"),
      ("openelm.embedding_length", .int64(-1), "-1"),
      ("openelm.feed_forward_length", .array(.int32([32])), "3 of them"),
      ("openelm.feed_forward_length", .array(.int32([32, 0, 32])), "from 1 to"),
      ("openelm.attention.head_count", .array(.string([])), "array of 0 of type string"),
      ("openelm.attention.head_count_kv", .array(.int32([1, 1, 1])), "in layer 1"),
      ("openelm.attention.value_length", .uint32(8), "the width of keys, 16"),
      ("openelm.rope.dimension_count", .uint32(8), "the width of a head, 16"),
      ("openelm.rope.scaling.type", .string("yarn"), "\"yarn\""),
      ("openelm.attention.layer_norm_rms_epsilon", nil, "no such key"),
      ("openelm.rope.freq_base", .boolean(true), "true"),
      ("samara.attention_multipliers", .array(.float64([0.5, -1])), "2 or 3 multipliers"),
      ("samara.scores.tasks", .array(.string(["a"])), "1 scores"),
      ("tokenizer.ggml.model", .string("bert"), "\"llama\" or \"gpt2\""),
      ("tokenizer.ggml.eos_token_id", .uint32(300), "a token below 300"),
    ]
    for (key, value, words) in faults {
      let path = try rewritten { entries in
        entries.removeAll { $0.key == key }
        if let value { entries.append(GGUFEntry(key, value)) }
      }
      let failure = #expect(throws: GGUFError.self) { _ = try GGUFModel.read(path: path) }
      let text = failure?.description ?? ""
      #expect(text.hasPrefix(path) && text.contains(words), "\(key): \(text)")
    }
  }

  @Test func tensorsThatContradictTheKeysAreNamed() throws {
    let faults: [(String, (inout [GGUFWriter.Layout]) -> Void)] = [
      ("\"blk.0.attn_qkv.weight\"", { $0[1].shape = [64, 32] }),
      ("\"blk.0.attn_qkv.weight\"", { $0[1].name = "blk.0.attn_q.weight" }),
      (
        "\"output.weight\"",
        { $0.append(.init(name: "output.weight", format: .float32, shape: [8])) }
      ),
    ]
    for (words, change) in faults {
      let path = try rewritten(tensors: change)
      let failure = #expect(throws: WeightError.self) { _ = try GGUFModel.read(path: path) }
      #expect(failure?.description.contains(words) == true, "\(failure as Any)")
    }
  }
}
