import Checkpoints
import Foundation
import GGUF
import Interchange
import Kernels
import Layers
import Models
import TestSupport
import Testing
import Tokenization

/// Our GGUF files in llama.cpp's hands (`Tests/Interop/check_gguf.py`).
@Suite struct LlamaTests {
  /// A Python that has llama-cpp-python: `SAMARA_LLAMA_PYTHON`, or `python3`.
  private static let python = PythonProgram.python(
    "SAMARA_LLAMA_PYTHON", importing: "llama_cpp, numpy")

  private static let reason: Comment =
    "no python3 with llama_cpp; SAMARA_LLAMA_PYTHON may name one"
  private static let modelReason: Comment = "no openelm-small beside the checkout"
  private static let hasModel =
    SharedData.has("fixtures/openelm-small") && SharedData.has("data/tokenizers/llama2")

  private func check(_ arguments: [String]) throws -> (status: Int32, log: String) {
    try PythonProgram.run("check_gguf.py", with: Self.python ?? "python3", arguments)
  }

  private struct Expectation: Encodable {
    struct Text: Encodable {
      var text: String
      var ids: [Int32]
    }
    var texts: [Text]
    var prompt: [Int32]
    var continuation: [Int32]
  }

  /// The weights of a safetensors file under our own names.
  private struct Weights: WeightSource {
    let file: SafetensorsFile
    var path: String { file.path }
    var weightNames: [String] { file.entries.map(\.name) }
    func shape(of name: String) -> [Int]? { file.entries.first { $0.name == name }?.shape }
    func format(of name: String) -> WeightFormat? { .float32 }
    func withWeight<Result>(
      _ name: String, _ body: ([WeightPart]) throws -> Result
    ) throws -> Result {
      let count = (shape(of: name) ?? []).reduce(1, *)
      return try file.withBytes(of: name) {
        try body([WeightPart(format: .float32, elementCount: count, bytes: $0)])
      }
    }
  }

  private static func small() throws -> ModelContents {
    let configuration = OpenELMConfiguration(
      layerCount: 6, modelWidth: 256, headWidth: 64, queriesPerKeyValueHead: 2,
      attentionScale: .init(0.5...1), feedForwardScale: .init(0.5...4), vocabularySize: 32_000,
      contextLength: 512)
    let path = SharedData.path("fixtures/openelm-small")
    var contents = ModelContents(
      path: path, format: .huggingFace, configuration: configuration,
      weights: Weights(file: try SafetensorsFile(path: "\(path)/model.safetensors")))
    contents.tokenizer = StoredTokenizer(
      kind: .sentencePiece,
      bytes: try bytes(at: SharedData.path("data/tokenizers/llama2/tokenizer.model")))
    return contents
  }

  /// "<s> Once upon a time there was a", and 64 tokens that PyTorch in float32 writes after it; of none of
  /// them are the two best logits closer than 0.002.
  private static let prompt: [Int32] = [1, 9038, 2501, 263, 931, 727, 471, 263]
  private static let continuation: [Int32] = [
    13, 29881, 283, 3116, 310, 278, 3186, 29889, 13, 13, 29908, 29902, 626, 1854, 366, 29915, 345,
    29871, 2355, 263, 1781, 5376, 310, 278, 1021, 2655, 1699, 1497, 13, 29933, 5658, 29889, 13, 13,
    29908, 29902, 29915, 29885, 451, 263, 1781, 5376, 310, 372, 1213, 13, 13, 29908, 29902, 29915,
    29885, 451, 263, 1781, 5376, 310, 372, 1213, 13, 13, 29908, 29902, 29915, 29885,
  ]

  private func write(
    _ expectation: Expectation, in folder: TemporaryFolder
  ) throws -> String {
    try folder.write(Array(JSONEncoder().encode(expectation)), to: "expected.json")
  }

  @Test(
    .enabled(if: python != nil, reason), .enabled(if: hasModel, modelReason),
    .timeLimit(.minutes(20)))
  func llamaReadsWritesAndScoresAsWeDo() throws {
    let folder = try TemporaryFolder()
    let contents = try Self.small()
    let tokenizer = try TokenizerFile.load(try #require(contents.tokenizer).bytes, path: "model")
    let texts =
      GGUFSamples.texts + ["The elm's seed, 1,024 of them: \u{1F333}\n\n\ttabs  and   spaces"]
    let expected = try write(
      Expectation(
        texts: texts.map { .init(text: $0, ids: tokenizer.encode($0)) }, prompt: Self.prompt,
        continuation: Self.continuation), in: folder)
    for type in [WeightFormat.float32, .bfloat16, .eightBitBlocks, .fourBitBlocks] {
      try GGUFModel.write(contents, to: folder("\(type.rawValue).gguf"), type: type)
    }
    // What the model itself might write will do to compare types by.
    let text = tokenizer.decode(Self.continuation)
    try folder.write(String(repeating: text, count: 12), to: "text.txt")
    let (status, log) = try check([
      "--model", folder("f32.gguf"), "--expect", expected, "--text", folder("text.txt"),
      "--others", folder("bf16.gguf"), folder("q8_0.gguf"), folder("q4_0.gguf"),
      // Measured on 16,384 tokens of novels: bf16 +0.00 %, q8_0 +0.03 %, q4_0 +0.33 %; this text is short.
      "--limit", "0.05",
    ])
    #expect(status == 0, "\(log)")
  }

  /// The check itself can fail.
  @Test(.enabled(if: python != nil, reason), .enabled(if: hasModel, modelReason))
  func llamaFindsOtherTokens() throws {
    let folder = try TemporaryFolder()
    try GGUFModel.write(Self.small(), to: folder("a.gguf"), type: .float16)
    let expected = try write(
      Expectation(
        texts: [.init(text: "elm", ids: [1])], prompt: Self.prompt, continuation: [13, 14]),
      in: folder)
    let (status, log) = try check(["--model", folder("a.gguf"), "--expect", expected])
    #expect(status == 1)
    #expect(log.contains("expected ids [1]") && log.contains("expected to continue with [13, 14]"))
  }
}
