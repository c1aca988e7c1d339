import GGUF
import Kernels
import Layers
import Models
import Tokenization

/// Models as one GGUF file, as llama.cpp reads and writes them: architecture `openelm`.
///
/// Keys, names of tensors and their order of dimensions are those of `convert_hf_to_gguf.py` and of
/// `llama_model_openelm` (github.com/ggml-org/llama.cpp). What they have no key for, so that a model comes
/// back as it was, is under `samara.`.
public enum GGUFModel {
  static let architecture = "openelm"

  /// Reads a file's metadata; its tensors stay where they are until they are asked for.
  ///
  /// - Throws: `GGUFError`; `WeightError` where tensors lack, are left over or contradict the metadata;
  ///   `TokenizationError` where its tokenizer is not sound.
  public static func read(path: String) throws -> ModelContents {
    let file = try GGUFFile(path: path)
    let found: String = try file.required("general.architecture", "a string") { $0.string }
    guard found == architecture else {
      throw GGUFError.unsupportedArchitecture(path: path, expected: architecture, found: found)
    }
    let configuration = try GGUFConfiguration.read(file)
    var contents = ModelContents(
      path: path, format: .gguf, configuration: configuration,
      weights: try GGUFWeightSource(file, configuration))
    contents.tokenizer = try GGUFTokenizer.read(file, tokenCount: configuration.vocabularySize)
    contents.chatTemplate = try file.string(GGUFTokenizer.chatTemplateKey)
    contents.generation = try GGUFRecords.generation(file, tokenCount: configuration.vocabularySize)
    contents.training = try GGUFRecords.training(file)
    return contents
  }

  /// A tensor that was written in another format than the one asked for, and why.
  public struct Exception: Sendable, Equatable {
    public var tensor: String
    public var format: WeightFormat
    public var reason: String

    /// What a reader of the command's output is told.
    public var sentence: String { "\(tensor) is in \(format.rawValue): \(reason)" }
  }

  /// Writes a model for llama.cpp.
  ///
  /// Vectors are float32, as llama.cpp needs them. In q8_0 and q4_0, matrices whose rows are no whole
  /// blocks are float16. In q4_0 the token table, which is the output projection too, is q8_0:
  /// ``tableFormat(for:)``.
  ///
  /// - Returns: The matrices that are in another format than `type`.
  /// - Throws: `GGUFError.inexpressible` for what llama.cpp's OpenELM has not; `WeightError` where weights
  ///   lack or contradict the configuration; what the weights' source and the disk throw.
  @discardableResult
  public static func write(
    _ contents: ModelContents, to path: String, type: WeightFormat
  ) throws -> [Exception] {
    try write(contents, to: path, type: type, table: tableFormat(for: type))
  }

  /// The format of the token table in a file of some type.
  ///
  /// A row of the table is both what a token is and what it is predicted by, so q4_0 costs it most. With
  /// llama.cpp over 16,384 tokens of novels, a model of 12 million parameters has a perplexity of 127.93 in
  /// float32, and in q4_0 of 129.02 (+0.85 %) with the table in q4_0, of 128.35 (+0.33 %) in q8_0, and of
  /// 128.36 in float16: q8_0 loses nothing against float16, in half of its bytes. llama.cpp's quantizer
  /// takes q6_K for the same reason, which gives 128.42.
  public static func tableFormat(for type: WeightFormat) -> WeightFormat {
    type == .fourBitBlocks ? .eightBitBlocks : type
  }

  /// As the public function, with the format of the token table chosen.
  @discardableResult
  package static func write(
    _ contents: ModelContents, to path: String, type: WeightFormat, table: WeightFormat
  ) throws -> [Exception] {
    guard type.isWritable, table.isWritable else {
      throw GGUFError.inexpressible(
        path: path, what: "the type of its weights",
        expected: WeightFormat.writable.map(\.rawValue).joined(separator: ", "),
        found: type.rawValue)
    }
    try check(contents, path: path)
    var exceptions: [Exception] = []
    var tensors: [(weight: GGUFTensorNames.Part, layout: GGUFWriter.Layout)] = []
    for part in GGUFTensorNames.parts(of: contents.configuration) {
      let isTable = part.weight == GGUFTensorNames.table
      let (format, reason) = format(of: part.shape, isTable ? table : type)
      let layout = GGUFWriter.Layout(name: part.tensor, format: format, shape: part.shape)
      if format != type, part.shape.count > 1 {
        exceptions.append(
          Exception(
            tensor: part.tensor, format: format,
            reason: reason ?? "the token table loses too much in \(type.rawValue)"))
      }
      tensors.append((part, layout))
    }
    let tokenizer = try GGUFTokenizer.entries(contents, path: path)
    let metadata =
      GGUFRecords.general(contents, type: type) + GGUFConfiguration.entries(contents.configuration)
      + tokenizer + GGUFRecords.training(contents.training)
    try GGUFWriter.write(tensors.map(\.layout), metadata: metadata, to: path) { index, sink in
      let (part, layout) = tensors[index]
      try contents.weights.withWeight(part.weight) { parts in
        try WeightPieces(parts, rowLength: layout.shape.last ?? 1, rows: part.rows).forEach {
          try WeightCodec.encoded($0, as: layout.format).withUnsafeBytes { try sink($0) }
        }
      }
    }
    return exceptions
  }

  /// The format for a tensor of a shape, and why it is another than asked for, if it is.
  private static func format(
    of shape: [Int], _ type: WeightFormat
  ) -> (WeightFormat, reason: String?) {
    guard shape.count > 1, let row = shape.last else { return (.float32, nil) }
    guard row % type.blockLength == 0 else {
      return (
        .float16, "rows of \(row) numbers are no whole blocks of \(type.blockLength)"
      )
    }
    return (type, nil)
  }

  /// Holds that the model is one that the format can say, and its weights all there.
  private static func check(_ contents: ModelContents, path: String) throws {
    let configuration = contents.configuration
    if let fault = configuration.fault {
      throw GGUFError.inexpressible(
        path: path, what: "the configuration of \(contents.path)", expected: "a model",
        found: fault)
    }
    guard configuration.sharesInputAndOutput else {
      throw GGUFError.inexpressible(
        path: path, what: "the output projection",
        expected: "an OpenELM that shares it with the "
          + "token table", found: "one of its own")
    }
    guard configuration.normalizesQueriesAndKeys else {
      throw GGUFError.inexpressible(
        path: path, what: "attention", expected: "an OpenELM that normalizes queries and keys",
        found: "one that does not")
    }
    var names: Set<String> = []
    try configuration.forEachParameter { name, shape in
      try contents.weights.check(name, shape: shape)
      names.insert(name)
    }
    if let stray = contents.weights.weightNames.first(where: { !names.contains($0) }) {
      throw WeightError.unexpected(
        path: contents.weights.path, weight: stray, shape: contents.weights.shape(of: stray) ?? [])
    }
  }
}
