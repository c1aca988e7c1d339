import Checkpoints
import Files
import Foundation
import Kernels
import Layers
import Models
import Tokenization

extension HuggingFaceFolder {
  /// Writes a folder that `transformers` and `mlx-lm` load: configuration, weights, tokenizer, generation
  /// settings, and a card that says where it comes from.
  ///
  /// - Parameter format: `.huggingFace` or `.mlx`; they differ in a mark in the weights' files.
  /// - Throws: ``InterchangeError`` for a type that safetensors has not, or numbers that it cannot hold;
  ///   `FileError`, and what the weights' source throws.
  public static func write(
    _ contents: ModelContents, to path: String, as format: ModelFormat = .huggingFace,
    options: WritingOptions
  ) throws -> WrittenModel {
    guard let type = SafetensorsElementType(options.type) else {
      throw InterchangeError.cannotWrite(
        path: path, format: format,
        reason: "\(options.type.rawValue) is a type of GGUF's, which safetensors has no name for; "
          + "write f32, f16 or bf16, or --to gguf")
    }
    try contents.configuration.check(contents.weights)
    return try AtomicFolder.write(to: path, replacing: options.replaces) { folder in
      let shards = plan(contents.configuration, type: type, limit: options.shardByteLimit)
      let mark = ["format": format == .mlx ? "mlx" : "pt"]
      try writeWeights(
        contents, shards, metadata: mark, folder: folder, path: path, format: format, options)
      var notes: [String] = []
      let tokens = SpecialTokens(contents)
      func put(_ name: String, _ bytes: [UInt8]) throws(FileError) {
        try AtomicFile.write(bytes, to: "\(folder)/\(name)")
      }
      try put(
        HuggingFaceConfiguration.fileName,
        contents.configuration.published(
          type: options.type, tokens: tokens, hasRemoteCode: format == .huggingFace))
      try put(
        HuggingFaceSettings.generationName,
        HuggingFaceSettings.written(contents.generation, tokens: tokens))
      if let tokenizer = contents.tokenizer {
        notes += try writeTokenizer(tokenizer, contents, tokens, put)
      } else {
        notes.append("no tokenizer: give --tokenizer FILE, so that others can use the model")
      }
      if contents.configuration.epsilon != 1e-6 {
        notes.append(
          "Apple's own code computes with an epsilon of 1e-6, and this model has "
            + "\(contents.configuration.epsilon); mlx-lm heeds it")
      }
      try put(
        "README.md",
        Array(ModelCard(contents, format: format, options: options, tokens: tokens).text.utf8))
      let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
      return WrittenModel(
        path: path, format: format, type: options.type,
        files: names.map {
          .init(name: $0, byteCount: FileSystem.sizeOfPlainFile("\(folder)/\($0)") ?? 0)
        }, notes: notes)
    }
  }

  /// One file of weights, and the parameters in it by this project's names.
  struct Shard {
    var name: String
    var layouts: [SafetensorsWriter.Layout] = []
    var parameters: [String] = []
    var byteCount = 0
  }

  /// Cuts the parameters into files of at most `limit` bytes; a larger parameter has its own.
  static func plan(
    _ configuration: OpenELMConfiguration, type: SafetensorsElementType, limit: Int
  ) -> [Shard] {
    var shards = [Shard(name: "")]
    configuration.forEachParameter { name, shape in
      let byteCount = type.byteCount(shape: shape) ?? 0
      if let last = shards.last, last.byteCount > 0, last.byteCount + byteCount > limit {
        shards.append(Shard(name: ""))
      }
      shards[shards.count - 1].layouts.append(
        .init(name: ParameterNames.published(name), type: type, shape: shape))
      shards[shards.count - 1].parameters.append(name)
      shards[shards.count - 1].byteCount += byteCount
    }
    func digits(_ number: Int) -> String {
      String(repeating: "0", count: max(0, 5 - "\(number)".count)) + "\(number)"
    }
    for index in shards.indices {
      shards[index].name =
        shards.count == 1
        ? SafetensorsShards.singleName
        : "model-\(digits(index + 1))-of-\(digits(shards.count)).safetensors"
    }
    return shards
  }

  private static func writeWeights(
    _ contents: ModelContents, _ shards: [Shard], metadata: [String: String], folder: String,
    path: String, format: ModelFormat, _ options: WritingOptions
  ) throws {
    let total = shards.reduce(0) { $0 + $1.byteCount }
    var done = 0
    for shard in shards {
      try SafetensorsWriter.write(
        shard.layouts, metadata: metadata, to: "\(folder)/\(shard.name)"
      ) { index, sink in
        let name = shard.parameters[index]
        try contents.weights.withWeight(name) { parts in
          for part in parts {
            try part.forEachPiece(as: options.type) { bytes in
              done += bytes.count
              try sink(bytes)
              options.progress?(done, total)
            } unless: { magnitude in
              throw InterchangeError.cannotWrite(
                path: path, format: format,
                reason:
                  "tensor \"\(name)\" has the number \(magnitude), and f16 ends at 65,504; write "
                  + "bf16 or f32")
            }
          }
        }
      }
    }
    guard shards.count > 1 else { return }
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("metadata") { $0.object { $0.member("total_size") { $0.integer(total) } } }
      writer.member("weight_map") {
        $0.object { writer in
          let places = shards.flatMap { shard in shard.layouts.map { ($0.name, shard.name) } }
          for (name, file) in places.sorted(by: { $0.0 < $1.0 }) {
            writer.member(name) { $0.string(file) }
          }
        }
      }
    }
    writer.endLine()
    try AtomicFile.write(writer.bytes, to: "\(folder)/\(SafetensorsShards.indexName)")
  }

  /// Writes the tokenizer as it came, and as the `tokenizer.json` that `AutoTokenizer` needs.
  private static func writeTokenizer(
    _ tokenizer: StoredTokenizer, _ contents: ModelContents, _ tokens: SpecialTokens,
    _ put: (String, [UInt8]) throws(FileError) -> Void
  ) throws -> [String] {
    var notes: [String] = []
    try put(tokenizer.kind.fileName, tokenizer.bytes)
    switch tokenizer.kind {
    case .huggingFace: break
    case .sentencePiece:
      do {
        let model = try SentencePieceModel(bytes: tokenizer.bytes, path: contents.path)
        try put("tokenizer.json", try model.tokenizerJSON())
      } catch let fault as TokenizationError {
        notes.append("no tokenizer.json, which transformers and mlx-lm need: \(fault)")
      }
    case .tiktoken:
      notes.append(
        "no tokenizer.json, which transformers and mlx-lm need: ranks do not say how words are cut")
    }
    try put(
      HuggingFaceSettings.tokenizerName,
      HuggingFaceSettings.tokenizerConfiguration(contents, tokens: tokens))
    try put("special_tokens_map.json", HuggingFaceSettings.specialTokens(tokens))
    if let template = contents.chatTemplate {
      try put(HuggingFaceSettings.templateName, Array(template.utf8))
    }
    return notes
  }
}

extension WeightPart {
  /// Hands over the numbers in another format, in pieces; bytes that are in it already are handed over as
  /// they lie.
  ///
  /// - Parameter unless: Called where float16 cannot hold a number, with its magnitude; it throws.
  func forEachPiece(
    as format: WeightFormat, _ body: (UnsafeRawBufferPointer) throws -> Void,
    unless overflow: (Float) throws -> Void
  ) throws {
    // Four megabytes of float32: enough that a piece costs more than its call.
    let grain = 1 << 20
    for start in stride(from: 0, to: elementCount, by: grain) {
      let piece = part(start..<min(start + grain, elementCount))
      guard piece.format != format else {
        try body(piece.bytes)
        continue
      }
      if format == .float16 {
        var statistics = WeightStatistics()
        statistics.add(piece)
        let magnitude = max(-statistics.minimum, statistics.maximum)
        // From here on rounding gives infinity.
        if magnitude >= 65_520 { try overflow(magnitude) }
      }
      try WeightCodec.encoded(piece, as: format).withUnsafeBytes { try body($0) }
    }
  }
}
