import ArgumentParser
import Experiments
import Foundation
import Interchange
import Kernels
import Terminal

struct ConvertCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Write a model in the format of other programs, or read theirs.",
    discussion: """
      FROM is a run's name, a checkpoint's folder, a folder of Hugging Face's or MLX's, or a .gguf, .pt \
      or .safetensors file; what it is, its contents tell. TO says its format by its ending, .gguf or \
      .pt, or --to says it. A folder holds all that others need: configuration, weights, tokenizer, \
      generation settings and a card. What was written is read back and compared.

      EXAMPLES
        samara convert seedling exports/seedling --to huggingface
        samara convert books exports/books-mlx --to mlx --type bf16
        samara convert books books.gguf --type q8_0
        samara convert OpenELM-270M openelm.gguf --tokenizer llama2/tokenizer.model
      """)

  @Argument(help: "A run's name, or a model's file or folder.")
  var from: String

  @Argument(help: "The file or folder to write; for --to samara, the run's name.")
  var to: String

  @Option(name: .customLong("to"), help: "The format: huggingface, mlx, gguf, corenet or samara.")
  var format: ModelFormat?

  @Option(
    help: "What numbers become: f32, f16, bf16, q8_0 or q4_0; as they are if left out.")
  var type: WeightFormat?

  @Option(help: "A tokenizer in the place of the model's own: a file, or a folder with one.")
  var tokenizer: String?

  @Option(
    parsing: .unconditional, help: "Tokens to keep of a table that is padded.")
  var vocabulary: Int?

  @Option(
    parsing: .unconditional,
    help: "The width of a head, for a CoreNet file without norms of queries, which tell it.")
  var headWidth: Int?

  @Option(help: "The recipe that a checkpoint goes on with, for --to samara.")
  var recipe: String?

  @Flag(help: "Take the optimizer's state along, between corenet and samara.")
  var training = false

  @Flag(help: "Replace a model that is there.")
  var force = false

  func validate() throws {
    if let vocabulary, vocabulary < 1 {
      throw ValidationError("--vocabulary is \(vocabulary), expected 1 or more")
    }
    if let headWidth, headWidth < 1 {
      throw ValidationError("--head-width is \(headWidth), expected 1 or more")
    }
    _ = try target()
    if recipe != nil, try target() != .samara {
      throw ValidationError("--recipe is for --to samara alone; leave it out")
    }
  }

  private func target() throws -> ModelFormat {
    if let format { return format }
    if let format = ModelWriter.format(forPath: to) { return format }
    throw ValidationError(
      "\(to): say what to write with --to huggingface, mlx, gguf, corenet or samara; names that end in "
        + ".gguf or .pt say it themselves")
  }

  func run() async throws {
    var conversion = ModelConversion(from: from, to: to, format: try target())
    conversion.type = type
    conversion.tokenizerPath = tokenizer
    conversion.vocabularySize = vocabulary
    conversion.headWidth = headWidth
    conversion.recipe = recipe
    conversion.includesTraining = training
    conversion.replaces = force
    conversion.command = commandLine
    let written = try conversion.run(recipes: Program.recipes, in: Workspace())
    print(Self.view(written, for: TerminalCapabilities(of: .output)), terminator: "")
  }

  /// The command as one would type it again.
  private var commandLine: String {
    let safe = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./=:,@+")
    let words =
      ["samara"]
      + CommandLine.arguments.dropFirst().map { word in
        word.allSatisfy(safe.contains) && !word.isEmpty
          ? word : "'\(word.replacingOccurrences(of: "'", with: "'\\''"))'"
      }
    return words.joined(separator: " ")
  }

  static func view(_ written: WrittenModel, for terminal: TerminalCapabilities) -> String {
    var table = TextTable(columns: [
      .init("file", alignment: .leading, minimumWidth: 16, truncation: .middle), .init("size"),
    ])
    for file in written.files { table.append([file.name, Format.bytes(file.byteCount)]) }
    var text = table.rendered(for: terminal)
    text +=
      "\n\(written.path): \(written.format.rawValue), weights in \(written.type.rawValue), read "
    text += "back and compared\n"
    for note in written.notes { text += "note: \(note)\n" }
    return text
  }
}
