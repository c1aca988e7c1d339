import ArgumentParser
import Experiments
import Foundation
import Generation
import Interchange
import Kernels
import Models
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

  @Option(help: "The type that weights are kept in: f32, bf16, q8_0 or q4_0.")
  var type: String = "bf16"

  @Option(parsing: .unconditional, help: "The most tokens of an answer.")
  var maxTokens = 512

  @Option(
    parsing: .unconditional,
    help:
      "0 for the most likely token; 1 for the model's own distribution. (default: the model's, or 0)"
  )
  var temperature: Double?

  @Option(parsing: .unconditional, help: "Draw from so many of the most likely tokens; 0 for all.")
  var topK: Int?

  @Option(
    parsing: .unconditional, help: "Draw from the most likely tokens of this probability together.")
  var topP: Double?

  @Option(
    parsing: .unconditional,
    help: "Draw from tokens of at least this fraction of the most likely one's probability.")
  var minP: Double?

  @Option(
    parsing: .unconditional, help: "What makes tokens that came before less likely; 1 for nothing.")
  var repetitionPenalty: Double?

  @Option(
    parsing: .unconditionalSingleValue,
    help: "A text that ends an answer; may be given several times.")
  var stop: [String] = []

  @Option(help: "What the draws are a function of.")
  var seed: UInt64 = 0

  @Flag(help: "Write without colour.")
  var noColor = false

  func validate() throws {
    guard maxTokens > 0 else {
      throw ValidationError("--max-tokens is \(maxTokens), expected 1 or more")
    }
    guard format != nil else {
      throw ValidationError("--type is \(type), expected f32, bf16, q8_0 or q4_0")
    }
    if stop.contains("") { throw ValidationError("--stop is empty, expected a text") }
    var options = SamplingOptions()
    options.temperature = temperature ?? 0
    options.topK = topK ?? 0
    options.topP = topP ?? 1
    options.minP = minP ?? 0
    options.repetitionPenalty = repetitionPenalty ?? 1
    if let fault = options.fault { throw ValidationError(fault) }
  }

  private var format: WeightFormat? {
    WeightFormat(rawValue: type).flatMap { $0 == .float16 ? nil : $0 }
  }

  private func options(_ settings: GenerationSettings) -> WritingOptions {
    WritingOptions(
      sampling: SamplingOptions(
        temperature: temperature ?? settings.temperature ?? 0, topK: topK ?? settings.topK ?? 0,
        topP: topP ?? settings.topP ?? 1, minP: minP ?? 0,
        repetitionPenalty: repetitionPenalty ?? settings.repetitionPenalty ?? 1, seed: seed),
      maximumTokens: maxTokens, stopTexts: stop, endTokens: Set(settings.endTokens))
  }

  func run() async throws {
    let contents = try ModelLocator.contents(
      named: model, recipes: Program.recipes, in: Workspace(), tokenizerPath: tokenizer)
    let conversation = try conversation(contents)
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
          "\(contents.path), \(conversation.encoder.template.name); /help lists the commands\n".utf8
        ))
    }
    try talk(shell, terminal: isInteractive ? terminal : nil)
  }

  private func conversation(_ contents: ModelContents) throws -> Conversation {
    guard let stored = contents.tokenizer else {
      throw ExperimentError.noTokenizerInFolder(path: contents.path)
    }
    let tokenizer = try TokenizerFile.load(stored.bytes, path: contents.path)
    let name = { (token: Int32?) in token.map { tokenizer.piece($0) } }
    let tokens = ChatTemplate.SpecialTexts(
      start: name(contents.generation.startToken ?? tokenizer.startToken),
      end: name(tokenizer.endToken ?? contents.generation.endTokens.first),
      padding: name(tokenizer.paddingToken))
    let chosen: (template: ChatTemplate, stops: [String])
    if let template {
      chosen = try ChatTemplate.named(template, tokens: tokens)
    } else if let source = contents.chatTemplate {
      let template = try ChatTemplate(
        source, name: "the chat template of \(contents.path)", tokens: tokens)
      chosen = (template, [])
    } else {
      throw ChatTemplateError.missing(path: contents.path, known: ChatTemplate.builtIn.map(\.name))
    }
    let encoder = try ChatPromptEncoder(tokenizer, template: chosen.template)
    let decoder = try OpenELMDecoder(
      contents.configuration, weights: contents.weights, format: format ?? .bfloat16)
    let writer = TextWriter(
      decoder, tokenizer: tokenizer, options: options(contents.generation), keepsContext: true)
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
