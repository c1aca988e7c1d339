import ArgumentParser

struct TokenizerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokenizer",
    abstract: "Train a tokenizer, look at one, or write it in another format.",
    discussion: """
      EXAMPLES
        samara tokenizer train --corpus 'books/*.txt' --vocabulary-size 32000 --output books.model
        samara tokenizer inspect books.model
        samara tokenizer convert books.model tokenizer.json
      """,
    subcommands: [
      TokenizerTrainCommand.self, TokenizerInspectCommand.self, TokenizerConvertCommand.self,
    ])
}
