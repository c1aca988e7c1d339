import Checkpoints
import Foundation
import Interchange
import Kernels
import Layers
import Models
import TestSupport
import Testing
import Tokenization

/// Folders that are written and read again.
@Suite struct HuggingFaceFolderTests {
  @Test(arguments: [ModelFormat.huggingFace, .mlx], [WeightFormat.float32, .float16, .bfloat16])
  func whatIsWrittenReadsTheSame(format: ModelFormat, type: WeightFormat) throws {
    let folder = try TemporaryFolder()
    let contents = TinyModel.contents()
    let written = try ModelWriter.write(
      contents, to: folder("m"), as: format, options: WritingOptions(type: type))
    #expect(written.notes.contains { $0.contains("no tokenizer") })
    #expect(
      written.files.map(\.name) == [
        "README.md", "config.json", "generation_config.json", "model.safetensors",
      ])
    let read = try ModelReader.contents(at: folder("m"))
    #expect(read.format == format)
    #expect(read.configuration == contents.configuration)
    for name in contents.weights.weightNames {
      #expect(read.weights.format(of: name) == type)
      let expected = try contents.weights.withWeight(name) { parts in
        WeightCodec.encoded(parts[0], as: type)
      }
      #expect(try read.weights.withWeight(name) { Array($0[0].bytes) } == expected)
    }
    // Nothing is left beside it.
    #expect(try folder.names() == ["m"])
  }

  @Test func shardsHoldWhatTheIndexSays() throws {
    let contents = TinyModel.contents()
    let folder = try TinyModel.folder(contents, shardByteLimit: 20_000)
    let names = try folder.names(folder("m")).filter { $0.hasSuffix("safetensors") }
    #expect(names.count > 2 && names[0] == "model-00001-of-0000\(names.count).safetensors")
    let read = try ModelReader.contents(at: folder("m"))
    for name in contents.weights.weightNames {
      #expect(
        try TinyModel.numbers(name, of: read.weights)
          == TinyModel.numbers(name, of: contents.weights))
    }
    for name in names {
      #expect(try SafetensorsFile(path: folder("m/\(name)")).metadata == ["format": "pt"])
    }
  }

  @Test func aProjectionOfItsOwnIsTheHead() throws {
    var configuration = TinyModel.configuration
    configuration.sharesInputAndOutput = false
    configuration.normalizesQueriesAndKeys = false
    let folder = try TinyModel.folder(TinyModel.contents(configuration))
    let file = try SafetensorsFile(path: folder("m/model.safetensors"))
    #expect(file.entries.contains { $0.name == "lm_head.weight" })
    #expect(
      file.entries.allSatisfy { $0.name == "lm_head.weight" || $0.name.hasPrefix("transformer.") })
    #expect(try ModelReader.contents(at: folder("m")).configuration == configuration)
    // What the file leaves open, the weights tell.
    try TinyModel.change(folder) {
      $0["share_input_output_layers"] = nil
      $0["normalize_qk_projections"] = nil
    }
    #expect(try ModelReader.contents(at: folder("m")).configuration == configuration)
  }

  /// A tied model's folder may hold its table twice, and tables that every model computes anew.
  @Test func whatIsNoWeightIsPassedOver() throws {
    let folder = try TinyModel.folder()
    let contents = TinyModel.contents()
    func write(_ head: [Float]) throws {
      var tensors: [(String, [Int], [Float])] = []
      TinyModel.configuration.forEachParameter { name, shape in
        let numbers = (try? TinyModel.numbers(name, of: contents.weights)) ?? []
        tensors.append(("transformer.\(name)", shape, numbers))
      }
      tensors.append(("lm_head.weight", [48, 32], head))
      tensors.append(("transformer.layers.0.attn.pos_embedding.inv_freq", [4], [1, 2, 3, 4]))
      tensors.append(("transformer.causal_mask", [2, 2], [1, 2, 3, 4]))
      try SafetensorsWriter.write(
        tensors.map { .init(name: $0.0, type: .float32, shape: $0.1) },
        to: folder("m/model.safetensors")
      ) { index, sink in try tensors[index].2.withUnsafeBytes { try sink($0) } }
    }
    let table = try TinyModel.numbers("token_embeddings.weight", of: contents.weights)
    try write(table)
    let same = try ModelReader.contents(at: folder("m"))
    #expect(same.weights.weightNames.count == contents.weights.weightNames.count)
    #expect(same.notes.count == 1 && same.notes[0].contains("2 tables"))
    try write(table.reversed())
    let other = try ModelReader.contents(at: folder("m"))
    #expect(other.notes.contains { $0.contains("lm_head.weight, which differs") })
  }

  @Test func settingsAndTemplatesComeBack() throws {
    let folder = try TinyModel.folder()
    try folder.write(
      #"{"bos_token_id": 1, "eos_token_id": [2, 7], "pad_token_id": 0, "temperature": 0.7, "top_k": 40, "top_p": 0.9, "repetition_penalty": 1.2}"#,
      to: "m/generation_config.json")
    try folder.write(
      #"{"chat_template": [{"name": "tools", "template": "A"}, {"name": "default", "template": "B"}]}"#,
      to: "m/tokenizer_config.json")
    var read = try ModelReader.contents(at: folder("m"))
    #expect(read.generation.startToken == 1 && read.generation.endTokens == [2, 7])
    #expect(read.generation.paddingToken == 0 && read.generation.topK == 40)
    #expect(read.generation.temperature == 0.7 && read.generation.topP == 0.9)
    #expect(read.chatTemplate == "B")
    try folder.write("{{ messages }}", to: "m/chat_template.jinja")
    read = try ModelReader.contents(at: folder("m"))
    #expect(read.chatTemplate == "{{ messages }}")
    // And go out again.
    _ = try ModelWriter.write(
      read, to: folder("again"), as: .mlx, options: WritingOptions(type: .float32))
    let again = try ModelReader.contents(at: folder("again"))
    #expect(again.generation == read.generation)
    try folder.write(#"{"eos_token_id": 99}"#, to: "m/generation_config.json")
    #expect(
      TinyModel.fault(folder("m"))?.contains(
        "eos_token_id: expected a token below the vocabulary of 48, found 99") == true)
  }

  @Test func theCardTellsWhereItComesFrom() throws {
    let folder = try TemporaryFolder()
    var contents = TinyModel.contents()
    var record = TrainingRecord()
    record.recipe = "tiny"
    record.step = 1_200
    record.tokens = 4_915_200
    record.recipeRecord = "{\n  \"name\": \"tiny\"\n}\n"
    record.scores = [.init(task: "arc_easy", metric: "acc", value: 0.45)]
    contents.training = record
    var options = WritingOptions(type: .bfloat16)
    options.command = "samara convert tiny m --to huggingface"
    _ = try ModelWriter.write(contents, to: folder("m"), as: .huggingFace, options: options)
    let card = String(decoding: try bytes(at: folder("m/README.md")), as: UTF8.self)
    for text in [
      "---\nlibrary_name: transformers\n", "- recipe: `tiny`", "- step: 1,200",
      "- tokens seen: 4,915,200", "\"name\": \"tiny\"", "| arc_easy | acc | 0.4500 |",
      "samara convert tiny m --to huggingface", "| query heads a layer | 2 to 4 |",
      "| weights | bfloat16 |",
    ] {
      #expect(card.contains(text), "\(text)")
    }
  }

  @Test func nothingIsReplacedUnasked() throws {
    let folder = try TinyModel.folder()
    var options = WritingOptions(type: .bfloat16)
    #expect(throws: InterchangeError.exists(path: folder("m"))) {
      try ModelWriter.write(TinyModel.contents(), to: folder("m"), as: .mlx, options: options)
    }
    #expect(try ModelReader.format(at: folder("m")) == .huggingFace)
    options.replaces = true
    _ = try ModelWriter.write(TinyModel.contents(), to: folder("m"), as: .mlx, options: options)
    #expect(try ModelReader.contents(at: folder("m")).format == .mlx)
    // What is no model is never replaced.
    try folder.write("a letter", to: "letters/one.txt")
    #expect(throws: InterchangeError.self) {
      try ModelWriter.write(TinyModel.contents(), to: folder("letters"), as: .mlx, options: options)
    }
    #expect(try folder.names(folder("letters")) == ["one.txt"])
    #expect(try folder.names() == ["letters", "m"])
  }

  @Test func numbersThatTheTypeLacksAreTold() throws {
    let folder = try TemporaryFolder()
    let large = TinyModel.contents(scale: 1e6)
    #expect {
      try ModelWriter.write(
        large, to: folder("m"), as: .huggingFace, options: WritingOptions(type: .float16))
    } throws: { "\($0)".contains("f16 ends at 65,504") && "\($0)".contains("token_embeddings") }
    #expect {
      try ModelWriter.write(
        large, to: folder("m"), as: .mlx, options: WritingOptions(type: .eightBitBlocks))
    } throws: { "\($0)".contains("q8_0 is a type of GGUF's") }
    #expect(try folder.names().isEmpty)
  }

  private static let llama = "data/tokenizers/llama2/tokenizer.model"

  @Test(.enabled(if: SharedData.has(llama), "needs the shared tokenizers"))
  func aTokenizerOfAnotherSizeIsRefused() throws {
    let folder = try TinyModel.folder()
    try folder.write(try bytes(at: SharedData.path(Self.llama)), to: "m/tokenizer.model")
    #expect(
      TinyModel.fault(folder("m"))?.contains(
        "a tokenizer of 32000 tokens for a model with a vocabulary of 48") == true)
  }

  @Test(
    .enabled(
      if: SharedData.has("fixtures/openelm-small/config.json") && SharedData.has(llama),
      "needs the shared fixtures"))
  func thePublishedFormAndTheShortOneAreOneModel() throws {
    let folder = try TemporaryFolder()
    let small = try ModelReader.contents(at: SharedData.path("fixtures/openelm-small"))
    #expect(small.tokenizer?.kind == .sentencePiece)
    _ = try ModelWriter.write(
      small, to: folder("m"), as: .huggingFace, options: WritingOptions(type: .float32))
    let read = try ModelReader.contents(at: folder("m"))
    #expect(read.configuration == small.configuration)
    #expect(read.tokenizer == small.tokenizer)
    #expect(read.generation.startToken == 1 && read.generation.endTokens == [2])
    // The tokenizer.json beside the model gives SentencePiece's own ids.
    let text = "Hello  wörld\n\n\tα 💡 1234"
    let json = try TokenizerFile.load(folder("m/tokenizer.json"))
    let model = try TokenizerFile.load(folder("m/tokenizer.model"))
    #expect(json.encode(text) == model.encode(text))
  }
}
