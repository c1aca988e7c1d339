import ArgumentParser
import Files
import Tokenization

struct TokenizerConvertCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Write a SentencePiece BPE model as a Hugging Face tokenizer.json.",
    discussion: """
      The file gives the ids of the model, hostile texts included. In text that spells a special \
      piece such as <s>, the `tokenizers` library finds it unless `encode_special_tokens` is set; \
      SentencePiece never does.

      EXAMPLE
        samara tokenizer convert tokenizer.model tokenizer.json
      """)

  @Argument(help: "A SentencePiece model file.")
  var from: String

  @Argument(help: "Where to write the tokenizer.json.")
  var to: String

  func run() async throws {
    guard from != to else {
      throw ValidationError("\(from) would be written over; name another file to write to")
    }
    let model = try SentencePieceModel(contentsOf: from)
    try AtomicFile.write(model.tokenizerJSON(), to: to)
    print(to)
  }
}
