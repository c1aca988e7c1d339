import ArgumentParser

struct TokenizerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokenizer",
    abstract: "Train a tokenizer, look at one, or write it in another format.",
    discussion: """
      EXAMPLES
        samara tokenizer train --corpus a.txt --vocabulary-size 8000 --output a.model
        samara tokenizer inspect a.model
        samara tokenizer convert a.model tokenizer.json
      """,
    subcommands: [
      TokenizerTrainCommand.self, TokenizerInspectCommand.self, TokenizerConvertCommand.self,
    ])
}
