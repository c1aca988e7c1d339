import Checkpoints
import Foundation
import Interchange
import Kernels
import Layers
import Models
import TestSupport
import Testing
import Tokenization

/// Our folders in the hands of the libraries that read them.
@Suite(.serialized) struct InteropTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  private static func run(_ arguments: [String]) throws -> (status: Int32, log: String) {
    let folder = try TemporaryFolder()
    let path = try folder.write("", to: "log")
    let handle = FileHandle(forWritingAtPath: path)
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = handle
    process.standardError = handle
    try process.run()
    process.waitUntilExit()
    return (process.terminationStatus, try String(contentsOfFile: path, encoding: .utf8))
  }

  /// A Python that has some modules: what a variable names, or `python3`.
  private static func python(_ variable: String, modules: String) -> String? {
    let name = ProcessInfo.processInfo.environment[variable] ?? "python3"
    return (try? run([name, "-c", "import \(modules)"]))?.status == 0 ? name : nil
  }

  private static let torch = python("SAMARA_TORCH_PYTHON", modules: "torch, safetensors")
  private static let mlx = python("SAMARA_MLX_PYTHON", modules: "mlx.core, mlx_lm")
  private static let noTorch: Comment =
    "no python3 with torch and safetensors; SAMARA_TORCH_PYTHON may name one"
  private static let noMLX: Comment = "no python3 with mlx-lm; SAMARA_MLX_PYTHON may name one"

  private func check(
    _ python: String?, _ script: String, _ arguments: [String]
  ) throws -> (status: Int32, log: String) {
    try Self.run(
      [
        python ?? "python3",
        Self.root.appendingPathComponent("Tests/Interop/\(script).py").path,
      ] + arguments)
  }

  /// The fixture where there is one, else a model of the project's own making.
  private static func models() throws -> [ModelContents] {
    let small = SharedData.path("fixtures/openelm-small")
    var untied = TinyModel.configuration
    untied.sharesInputAndOutput = false
    return [TinyModel.contents(), TinyModel.contents(untied, scale: 1)]
      + (SharedData.has("fixtures/openelm-small/config.json")
        ? [try ModelReader.contents(at: small)] : [])
  }

  private static func model(of contents: ModelContents) throws -> OpenELM {
    var initializer = ParameterInitializer.zeros(projectionType: .float32)
    var model = contents.configuration.makeModel(&initializer)
    try model.loadWeights(from: contents.weights)
    return model
  }

  /// Writes tokens and the logits that a folder's weights give here.
  private static func writeLogits(of folder: String, to path: String) throws {
    let contents = try ModelReader.contents(at: folder)
    let vocabulary = contents.configuration.vocabularySize
    let tokens = (0..<24).map { Int32($0 * $0 * 7 % (vocabulary - 1)) }
    let logits = try model(of: contents).logits(of: tokens, batch: 2).scalars
    try SafetensorsWriter.write(
      [
        .init(name: "tokens", type: .int32, shape: [2, 12]),
        .init(name: "logits", type: .float32, shape: [2, 12, vocabulary]),
      ], to: path
    ) { index, sink in
      if index == 0 {
        try tokens.withUnsafeBytes { try sink($0) }
      } else {
        try logits.withUnsafeBytes { try sink($0) }
      }
    }
  }

  @Test(
    .enabled(if: torch != nil, noTorch), .timeLimit(.minutes(5)),
    arguments: [WeightFormat.float32, .bfloat16])
  func pyTorchGivesTheSameLogits(type: WeightFormat) throws {
    for contents in try Self.models() {
      let folder = try TemporaryFolder()
      var options = WritingOptions(type: type)
      // Several shards, as of a large model.
      options.shardByteLimit = 8_000_000
      _ = try ModelWriter.write(contents, to: folder("m"), as: .huggingFace, options: options)
      try Self.writeLogits(of: folder("m"), to: folder("logits.safetensors"))
      let (status, log) = try check(
        Self.torch, "check_huggingface",
        [folder("m"), "--expected", folder("logits.safetensors")])
      #expect(status == 0, "\(log)")
    }
  }

  /// The check itself can fail.
  @Test(.enabled(if: torch != nil, noTorch), .timeLimit(.minutes(5)))
  func pyTorchFindsOtherWeights() throws {
    let folder = try TinyModel.folder()
    try Self.writeLogits(of: folder("m"), to: folder("logits.safetensors"))
    var options = WritingOptions(type: .float32)
    options.replaces = true
    _ = try ModelWriter.write(
      TinyModel.contents(scale: 0.2), to: folder("m"), as: .huggingFace, options: options)
    let (status, log) = try check(
      Self.torch, "check_huggingface", [folder("m"), "--expected", folder("logits.safetensors")])
    #expect(status == 1 && log.contains("largest difference"), "\(log)")
  }

  /// What the engine writes after a prompt, in float32.
  private static func greedy(
    _ contents: ModelContents, after prompt: [Int32], count: Int
  ) throws -> [Int32] {
    let decoder = try OpenELMDecoder(
      contents.configuration, weights: contents.weights, format: .float32)
    let session = decoder.makeSession(capacities: [prompt.count + count], rowsAtOnce: 1)
    session.read(prompt, sequence: 0)
    return (0..<count).map { _ in
      let token = session.withScores(row: 0) { scores in
        Int32(scores.indices.max { scores[$0] < scores[$1] } ?? 0)
      }
      session.step([DecodingRow(sequence: 0, token: token)])
      return token
    }
  }

  private static let small = "fixtures/openelm-small/config.json"
  private static let llama = "data/tokenizers/llama2/tokenizer.model"

  @Test(
    .enabled(if: mlx != nil, noMLX),
    .enabled(if: SharedData.has(small) && SharedData.has(llama), "needs the shared fixtures"),
    .timeLimit(.minutes(5)))
  func mlxGeneratesTheSameTokens() throws {
    let folder = try TemporaryFolder()
    let contents = try ModelReader.contents(at: SharedData.path("fixtures/openelm-small"))
    _ = try ModelWriter.write(
      contents, to: folder("m"), as: .mlx, options: WritingOptions(type: .float32))
    let prompt = "Once upon a time"
    let tokenizer = try #require(contents.tokenizer).tokenizer(path: "tokenizer")
    let tokens = [try #require(tokenizer.startToken)] + tokenizer.encode(prompt)
    let generated = try Self.greedy(contents, after: tokens, count: 64)
    func list(_ tokens: [Int32]) -> String { tokens.map(String.init).joined(separator: ",") }
    let arguments = [folder("m"), "--prompt", prompt, "--prompt-tokens", list(tokens)]
    let (status, log) = try check(
      Self.mlx, "check_mlx", arguments + ["--expected", list(generated)])
    #expect(status == 0 && log.contains("64 of 64 greedy tokens are the same"), "\(log)")
    let other = try check(
      Self.mlx, "check_mlx", arguments + ["--expected", list(generated.reversed())])
    #expect(other.status == 1, "\(other.log)")
  }

  @Test(
    .enabled(if: mlx != nil, noMLX),
    .enabled(if: SharedData.has(small) && SharedData.has(llama), "needs the shared fixtures"),
    .timeLimit(.minutes(10)),
    arguments: [
      (2, 32, "float16"), (3, 64, "bfloat16"), (4, 64, "float32"), (6, 128, "bfloat16"),
      (8, 32, "float16"),
    ])
  func quantizedWeightsAreThoseOfMLX(bits: Int, group: Int, type: String) throws {
    let folder = try TemporaryFolder()
    let contents = try ModelReader.contents(at: SharedData.path("fixtures/openelm-small"))
    _ = try ModelWriter.write(
      contents, to: folder("plain"), as: .mlx, options: WritingOptions(type: .float32))
    let made = try check(
      Self.mlx, "check_mlx",
      [
        folder("plain"), "--quantize", folder("q"), "--bits", "\(bits)", "--group", "\(group)",
        "--type", type,
      ])
    #expect(made.status == 0, "\(made.log)")
    let read = try ModelReader.contents(at: folder("q"))
    let table = try #require(read.weights.format(of: "token_embeddings.weight"))
    _ = try ModelWriter.write(
      read, to: folder("dequantized"), as: .mlx, options: WritingOptions(type: table))
    let (status, log) = try check(
      Self.mlx, "check_mlx", [folder("q"), "--dequantized", folder("dequantized")])
    #expect(status == 0 && log.contains("50 of 50 weights"), "\(log)")
  }
}
