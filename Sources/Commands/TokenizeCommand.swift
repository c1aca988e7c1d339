import ArgumentParser
import Foundation
import Tokenization

struct TokenizeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokenize",
    abstract: "Turn JSON strings on standard input into arrays of ids, line by line.",
    discussion: """
      No start or end tokens are added.

      EXAMPLE
        echo '"Hello, world"' | samara tokenize --tokenizer tokenizer.model
      """)

  @Option(help: "A tokenizer file, or a folder with one.")
  var tokenizer: String

  @Flag(help: "Normalize texts to NFC first, as the published recipes do.")
  var nfc = false

  func run() async throws {
    let tokenizer = try TokenizerFile.load(tokenizer)
    let normalization: Normalization = nfc ? .nfc : .none
    let output = FileHandle.standardOutput
    var number = 0
    while let line = readLine(strippingNewline: true) {
      number += 1
      guard
        let value = try? JSONSerialization.jsonObject(
          with: Data(line.utf8), options: .fragmentsAllowed),
        let text = value as? String
      else {
        throw ValidationError(
          "standard input, line \(number): expected a JSON string such as \"Hello\", found "
            + "\(line.prefix(60))")
      }
      let ids = tokenizer.encode(normalization.applied(to: Array(text.utf8)))
      let line = "[\(ids.map(String.init).joined(separator: ","))]\n"
      try output.write(contentsOf: Data(line.utf8))
    }
  }
}
