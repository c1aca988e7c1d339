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
    let tokenizer = try TokenizerLoading.tokenizer(at: file)
    let view = TokenizerView(tokenizer, terminal: TerminalCapabilities(of: .output))
    let format = TokenizerLoading.format(of: tokenizer)
    print(view.summary(format: format) + "\n" + view.pieces, terminator: "")
  }
}
