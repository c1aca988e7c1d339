import ArgumentParser
import Experiments
import Foundation
import Generation
import Interchange
import Terminal
import Tokenization

struct ChatCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "chat",
    abstract: "Talk with a model in the terminal.",
    discussion: """
      MODEL is a run's name, a checkpoint, a folder of Hugging Face's or MLX's, or a .gguf, .pt or \
      .safetensors file. The prompt is made by the model's own chat template; --template names \
      another: a file of Jinja, or one of these:
      \(ChatTemplate.builtIn.map { "  \($0.name)  \($0.purpose)" }.joined(separator: "\n"))

      What is typed is a message; /help lists the commands. Ctrl-C stops an answer, Ctrl-D leaves. \
      Only new turns are read each time. When the context is full, the oldest turns are no longer \
      shown to the model, which is said. Without a terminal, each line of the input is a message.

      EXAMPLES
        samara chat seedling --template plain --temperature 0.8
        echo "What is an elm?" | samara chat models/elm --max-tokens 100
      """)

  @Argument(help: "The model.")
  var model: String

  @Option(help: "What the model is told before all turns.")
  var system: String?

  @Option(help: "A chat template: a file, or a name from the list above.")
  var template: String?

  @Option(help: "A tokenizer in the place of the model's own.")
  var tokenizer: String?

  @Option(help: "What weights are kept in.")
  var type: WritingType?

  @Option(parsing: .unconditional, help: "The most tokens of an answer.")
  var maxTokens = 512

  @OptionGroup var sampling: SamplingArguments

  @Option(
    parsing: .unconditionalSingleValue,
    help: "A text that ends an answer; may be given several times.")
  var stop: [String] = []

  @Flag(help: "Write without colour.")
  var noColor = false

  func validate() throws {
    guard maxTokens > 0 else {
      throw ValidationError("--max-tokens is \(maxTokens), expected 1 or more")
    }
    if stop.contains("") { throw ValidationError("--stop is empty, expected a text") }
  }

  func run() async throws {
    let model = try WritingModel(
      named: model, type: type?.format, recipes: Program.recipes, in: Workspace(),
      tokenizerPath: tokenizer)
    let conversation = try conversation(with: model)
    var terminal = TerminalCapabilities(of: .output)
    if noColor { terminal.usesColor = false }
    let isInteractive = isatty(STDIN_FILENO) != 0
    let (output, errors) = (FileHandle.standardOutput, FileHandle.standardError)
    // Beside a terminal the answers alone are the output.
    let notices = isInteractive ? output : errors
    let shell = ConversationShell(
      conversation, for: terminal,
      output: { try output.write(contentsOf: Data($0.utf8)) },
      notices: { try notices.write(contentsOf: Data($0.utf8)) },
      isInterrupted: { InterruptWatch.isInterrupted })
    if isInteractive {
      try output.write(
        contentsOf: Data(
          "\(model.path), \(conversation.encoder.template.name); /help lists the commands\n".utf8
        ))
    }
    try talk(shell, terminal: isInteractive ? terminal : nil)
  }

  private func conversation(with model: WritingModel) throws -> Conversation {
    let (tokenizer, settings) = (model.tokenizer, model.settings)
    let name = { (token: Int32?) in token.map { tokenizer.piece($0) } }
    let tokens = ChatTemplate.SpecialTexts(
      start: name(settings.startToken ?? tokenizer.startToken),
      end: name(tokenizer.endToken ?? settings.endTokens.first),
      padding: name(tokenizer.paddingToken))
    let chosen: (template: ChatTemplate, stops: [String])
    if let template {
      chosen = try ChatTemplate.named(template, tokens: tokens)
    } else if let source = model.chatTemplate {
      let template = try ChatTemplate(
        source, name: "the chat template of \(model.path)", tokens: tokens)
      chosen = (template, [])
    } else {
      throw ChatTemplateError.missing(path: model.path, known: ChatTemplate.builtIn.map(\.name))
    }
    let encoder = try ChatPromptEncoder(tokenizer, template: chosen.template)
    let options = WritingOptions(
      sampling: sampling.options(defaults: settings), maximumTokens: maxTokens, stopTexts: stop,
      endTokens: model.endTokens)
    let writer = TextWriter(
      model.decoder, tokenizer: tokenizer, options: options, keepsContext: true)
    let conversation = Conversation(writer, encoder: encoder, stops: chosen.stops)
    conversation.system = system
    return conversation
  }

  /// Reads messages until the input ends; `terminal` is nil where there is none to prompt at.
  private func talk(_ shell: ConversationShell, terminal: TerminalCapabilities?) throws {
    InterruptWatch.start()
    var lines = InputLines()
    var input = ConversationInput()
    func write(_ text: String) throws {
      guard terminal != nil else { return }
      try FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
    }
    while true {
      if let terminal {
        try write(TextStyle.bold.applied(to: input.isContinued ? ". " : "> ", on: terminal))
      }
      var message: String?
      switch lines.next() {
      case .line(let line): message = input.take(line)
      case .interrupted:
        _ = input.finish()
        try write("\n(Ctrl-C again, Ctrl-D or /exit leaves)\n")
        continue
      case .tooLong(let bytes):
        try FileHandle.standardError.write(
          contentsOf: Data(
            "a line of \(bytes) bytes was skipped, at most \(InputLines.longestLine) are read\n"
              .utf8))
      case .end:
        if let rest = input.finish() { _ = try shell.take(rest) }
        return try write("\n")
      }
      InterruptWatch.reset()
      guard let message else { continue }
      guard try shell.take(message) else { return }
      InterruptWatch.reset()
    }
  }
}
