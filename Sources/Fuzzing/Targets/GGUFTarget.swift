import Foundation
import GGUF
import Interchange
import Kernels
import Layers
import Models
import Tokenization

extension FuzzTarget {
  /// GGUF files: their tensors, and the models and tokenizers that they hold.
  static func gguf(in folder: String) -> FuzzTarget {
    FuzzTarget(
      "gguf",
      words: [
        "GGUF", "general.alignment", "general.architecture", "openelm", "openelm.block_count",
        "openelm.attention.head_count", "token_embd.weight", "blk.0.ffn_up.weight",
        "tokenizer.ggml.model", "tokenizer.ggml.tokens", "tokenizer.ggml.pre", "llama", "gpt2",
        "[PAD9]",
      ],
      longestInput: 32 << 10,
      seeds: { try ggufSeeds(in: folder) },
      body: { bytes in
        let path = "\(folder)/input.gguf"
        try place(bytes, at: path)
        let file = try GGUFFile(path: path)
        var end = 0
        for tensor in file.tensors {
          promise(tensor.byteRange.lowerBound >= end, "tensors do not overlap")
          end = tensor.byteRange.upperBound
          promise(end <= bytes.count, "tensors lie in their file")
          let numbers = file.withPart(of: tensor) { WeightCodec.decoded($0) }
          promise(numbers.count == tensor.elementCount, "numbers are counted")
        }
        let contents = try GGUFModel.read(path: path)
        promise(contents.configuration.fault == nil, "a configuration is a model's")
        for name in contents.weights.weightNames {
          let shape = contents.weights.shape(of: name) ?? []
          _ = try contents.weights.buffer(of: name, shape: shape)
        }
        if let stored = contents.tokenizer {
          let tokenizer = try TokenizerFile.load(stored.bytes, path: path)
          promise(
            tokenizer.vocabularySize <= contents.configuration.vocabularySize, "tokens have rows")
          for id in tokenizer.encode(SeedFiles.brokenText) {
            promise(id >= 0 && id < tokenizer.vocabularySize, "ids are tokens")
          }
        }
      })
  }

  /// One-layer models with each kind of tokenizer, in several types.
  private static func ggufSeeds(in folder: String) throws -> [[UInt8]] {
    let configuration = OpenELMConfiguration(
      layerCount: 1, modelWidth: 8, headWidth: 8, queriesPerKeyValueHead: 1,
      attentionScale: .init(1), feedForwardScale: .init(1), feedForwardDivisor: 8,
      vocabularySize: 384, contextLength: 8)
    var kinds: [StoredTokenizer?] = [nil]
    var pieces = [SentencePieceModel.Piece("<unk>", score: 0, kind: .unknown)]
    pieces += ["<s>", "</s>"].map { .init($0, score: 0, kind: .control) }
    pieces += ["\u{2581}", "e", "l", "m", "el", "elm"].enumerated().map {
      .init($0.element, score: -Float($0.offset), kind: .normal)
    }
    pieces += (0..<256).map { byte in
      let digits = String(byte, radix: 16, uppercase: true)
      return .init("<0x\(byte < 16 ? "0" : "")\(digits)>", score: 0, kind: .byte)
    }
    var model = SentencePieceModel(pieces: pieces)
    model.trainer.modelType = 2
    model.trainer.usesByteFallback = true
    kinds.append(StoredTokenizer(kind: .sentencePiece, bytes: model.serialized()))
    var ranks = ""
    let tokens = (UInt8.min...UInt8.max).map { [$0] } + ["el", "elm"].map { Array($0.utf8) }
    for (rank, token) in tokens.enumerated() {
      ranks += "\(Data(token).base64EncodedString()) \(rank)\n"
    }
    kinds.append(StoredTokenizer(kind: .tiktoken, bytes: Array(ranks.utf8)))
    let types = [WeightFormat.float32, .bfloat16, .eightBitBlocks]
    return try zip(kinds, types).map { kind, type in
      var contents = ModelContents(
        path: "seed", format: .gguf, configuration: configuration,
        weights: ZeroWeights(configuration))
      contents.tokenizer = kind
      contents.chatTemplate = "{{ messages }}"
      let path = "\(folder)/seed.gguf"
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try GGUFModel.write(contents, to: path, type: type)
      return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    }
  }
}

/// Weights that are all zero.
private struct ZeroWeights: WeightSource {
  let path = "seed"
  private(set) var weightNames: [String] = []
  private var shapes: [String: [Int]] = [:]

  init(_ configuration: OpenELMConfiguration) {
    configuration.forEachParameter { name, shape in
      weightNames.append(name)
      shapes[name] = shape
    }
  }

  func shape(of name: String) -> [Int]? { shapes[name] }
  func format(of name: String) -> WeightFormat? { shapes[name].map { _ in .float32 } }

  func withWeight<Result>(
    _ name: String, _ body: ([WeightPart]) throws -> Result
  ) throws -> Result {
    let count = (shapes[name] ?? []).reduce(1, *)
    return try [Float](repeating: 0, count: count).withUnsafeBytes {
      try body([WeightPart(format: .float32, elementCount: count, bytes: $0)])
    }
  }
}
