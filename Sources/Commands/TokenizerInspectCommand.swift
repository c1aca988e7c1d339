import ArgumentParser
import Terminal
import Tokenization

struct TokenizerInspectCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Show a tokenizer's format, vocabulary, special tokens and fingerprint.",
    discussion: """
      Ids written with one fingerprint mean nothing to a tokenizer with another.

      EXAMPLE
        samara tokenizer inspect tokenizer.model
      """)

  @Argument(help: "A tokenizer's file.")
  var file: String

  func run() async throws {
    let path = try TokenizerFile.file(at: file)
    let bytes = try TokenizerFile.bytes(path)
    let view = TokenizerView(
      try TokenizerFile.load(bytes, path: path), terminal: TerminalCapabilities(of: .output))
    print(
      view.summary(format: TokenizerFile(bytes: bytes).formatName) + "\n" + view.pieces,
      terminator: "")
  }
}
