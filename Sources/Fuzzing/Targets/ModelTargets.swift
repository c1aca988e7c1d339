import Checkpoints
import Files
import Foundation
import Interchange
import Models

extension FuzzTarget {
  /// Folders of models: configurations, indices and settings that somebody else wrote.
  static func models(in folder: String) -> [FuzzTarget] {
    [
      model(
        "model-configuration", file: "config.json", in: folder,
        words: [
          "\"num_transformer_layers\":", "\"qkv_multipliers\":", "\"quantization\":", "null",
          "1e308",
          "16777216", "[0.5,1]", "-1",
        ], seeds: [TinyFolder.configuration]),
      model(
        "safetensors-index", file: "model.safetensors.index.json", in: folder,
        words: ["\"weight_map\":", "../", "model-1.safetensors", "\"metadata\":", "/"],
        seeds: [TinyFolder.index]),
      model(
        "generation-configuration", file: "generation_config.json", in: folder,
        words: ["\"eos_token_id\":", "[1,2]", "2147483648", "\"do_sample\":", "1e999"],
        seeds: [
          #"{"bos_token_id": 1, "eos_token_id": [2, 3], "temperature": 0.5, "top_k": 5}"#
        ]),
    ]
  }

  /// Reads a folder that is sound but for one file; what it reads as fits its weights.
  private static func model(
    _ name: String, file: String, in folder: String, words: [String], seeds: [String]
  ) -> FuzzTarget {
    FuzzTarget(
      name, words: words, longestInput: 4 << 10, seeds: { seeds.map { Array($0.utf8) } },
      body: { bytes in
        let path = "\(folder)/\(name)"
        try TinyFolder.make(path)
        try place(bytes, at: "\(path)/\(file)")
        let contents = try ModelReader.contents(at: path)
        var count = 0
        for name in contents.weights.weightNames {
          count += (contents.weights.shape(of: name) ?? []).reduce(1, *)
        }
        promise(
          count == contents.configuration.parameterCount, "every parameter has its weight")
      })
  }
}

/// The folder of a model of two shards, a few kilobytes in all.
private enum TinyFolder {
  static let sizes = OpenELMConfiguration(
    layerCount: 1, modelWidth: 8, headWidth: 4, queriesPerKeyValueHead: 1,
    attentionScale: .init(1), feedForwardScale: .init(1), feedForwardDivisor: 8,
    vocabularySize: 4, contextLength: 8)

  static let configuration =
    #"{"model_type":"openelm","num_transformer_layers":1,"model_dim":8,"head_dim":4,"num_gqa_groups":1,"qkv_multipliers":1.0,"ffn_multipliers":[1.0],"ffn_dim_divisor":8,"vocab_size":4,"max_context_length":8,"num_query_heads":[2],"num_kv_heads":[2],"share_input_output_layers":true,"normalize_qk_projections":true}"#

  static var index: String {
    let places = parameters.enumerated().map { "\"transformer.\($1.0)\":\"\(shard($0))\"" }
    return "{\"metadata\":{},\"weight_map\":{\(places.joined(separator: ","))}}"
  }

  private static var parameters: [(String, [Int])] {
    var result: [(String, [Int])] = []
    sizes.forEachParameter { result.append(($0, $1)) }
    return result
  }

  private static func shard(_ index: Int) -> String { "model-\(index % 2 + 1).safetensors" }

  /// Writes what is not there yet, so that each input finds all files but its own sound.
  static func make(_ path: String) throws {
    for number in 0..<2 {
      let file = "\(path)/\(shard(number))"
      if FileManager.default.fileExists(atPath: file) { continue }
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      let layouts = parameters.enumerated().filter { $0.offset % 2 == number }.map {
        SafetensorsWriter.Layout(
          name: "transformer.\($0.element.0)", type: .bfloat16, shape: $0.element.1)
      }
      try SafetensorsWriter.write(layouts, to: file) { index, sink in
        let count = layouts[index].shape.reduce(2, *)
        try [UInt8](repeating: 1, count: count).withUnsafeBytes { try sink($0) }
      }
    }
    for (name, text) in [
      ("config.json", configuration), ("model.safetensors.index.json", index),
    ] where !FileManager.default.fileExists(atPath: "\(path)/\(name)") {
      try place(Array(text.utf8), at: "\(path)/\(name)")
    }
  }
}
