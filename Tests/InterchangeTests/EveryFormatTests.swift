import Interchange
import Kernels
import Layers
import Models
import TestSupport
import Testing

/// The table of conversions in the README: every format in, every format out.
@Suite struct EveryFormatTests {
  private static let formats: [ModelFormat] = [.huggingFace, .mlx, .gguf, .coreNet]

  private static func name(_ format: ModelFormat) -> String {
    switch format {
    case .gguf: "model.gguf"
    case .coreNet: "model.pt"
    default: format.rawValue
    }
  }

  private static func contents() -> ModelContents {
    var contents = GGUFSamples.contents()
    contents.tokenizer = StoredTokenizer(
      kind: .sentencePiece, bytes: GGUFSamples.sentencePieces.serialized())
    contents.configuration.contextLength = CoreNetFile.publishedContextLength
    // What CoreNet's files do not tell, as the published models have it.
    contents.configuration.rotaryBase = 10_000
    contents.configuration.epsilon = 1e-6
    return contents
  }

  private func write(
    _ contents: ModelContents, to path: String, as format: ModelFormat, _ type: WeightFormat
  ) throws {
    _ = try ModelWriter.write(contents, to: path, as: format, options: WritingOptions(type: type))
  }

  @Test(arguments: formats, formats)
  func aModelIsTheSameOnTheOtherSide(from: ModelFormat, to: ModelFormat) throws {
    let folder = try TemporaryFolder()
    let original = Self.contents()
    for type in [WeightFormat.float32, .bfloat16, .float16] {
      let (first, second) = (
        folder("\(type.rawValue)-first-\(Self.name(from))"),
        folder("\(type.rawValue)-second-\(Self.name(to))")
      )
      try write(original, to: first, as: from, type)
      let between = try ModelReader.contents(at: first)
      // Numbers that have few bits already stay as they are in a wider type.
      try write(between, to: second, as: to, .float32)
      let found = try ModelReader.contents(at: second)
      #expect(found.configuration.layers == original.configuration.layers)
      for name in original.weights.weightNames {
        let numbers = try TinyModel.numbers(name, of: original.weights)
        let expected =
          original.weights.shape(of: name)?.count == 1 && from == .gguf
          ? numbers : Self.rounded(numbers, to: type)
        #expect(try TinyModel.numbers(name, of: found.weights) == expected, "\(name), \(type)")
      }
      let keepsTokenizer = from != .coreNet && to != .coreNet
      #expect((found.tokenizer != nil) == keepsTokenizer)
    }
  }

  /// Blocks go out as GGUF, and in as anything.
  @Test(arguments: formats, [WeightFormat.eightBitBlocks, .fourBitBlocks])
  func blocksComeOutOfGGUFAsTheyAre(to: ModelFormat, type: WeightFormat) throws {
    let folder = try TemporaryFolder()
    let original = Self.contents()
    try write(original, to: folder("a.gguf"), as: .gguf, type)
    let blocks = try ModelReader.contents(at: folder("a.gguf"))
    #expect(blocks.weights.format(of: "layers.0.ffn.proj_2.weight") == type)
    try write(blocks, to: folder(Self.name(to)), as: to, .float32)
    let found = try ModelReader.contents(at: folder(Self.name(to)))
    for name in original.weights.weightNames {
      #expect(
        try TinyModel.numbers(name, of: found.weights)
          == TinyModel.numbers(name, of: blocks.weights), "\(name)")
    }
    guard to != .gguf else { return }
    #expect(throws: (any Error).self) {
      try write(blocks, to: folder("b-\(Self.name(to))"), as: to, type)
    }
  }

  private static func rounded(_ numbers: [Float], to type: WeightFormat) -> [Float] {
    switch type {
    case .bfloat16: numbers.map { Float(BFloat16($0)) }
    case .float16: numbers.map { Float(Float16($0)) }
    default: numbers
    }
  }
}
