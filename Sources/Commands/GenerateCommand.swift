import ArgumentParser
import Experiments
import Foundation
import Generation
import Kernels
import Terminal

struct GenerateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Continue texts with a model.",
    discussion: """
      MODEL is a run's name, a checkpoint's folder, a folder of Hugging Face's or MLX's, or a GGUF \
      or PyTorch file. The text goes to standard output as it is written; speeds go to standard \
      error if it is a terminal, or with --verbose. Several prompts are written at once, each as if \
      it were alone.

      At temperature 0 the most likely token is taken; above it tokens are drawn, the same ones for \
      the same seed. The steps are those of transformers, in its order: repetition penalty, \
      temperature, top-k, top-p, min-p. What is left out is as the model's generation_config.json \
      says, if there is one; else nothing is limited and the temperature is 0.

      Without --type a model is kept in its file's own type where that is bf16, q8_0 or q4_0; else \
      in f32 below 100 million parameters, and in bf16 from there on.

      With --draft a smaller model with the same tokenizer guesses tokens ahead, with \
      --prompt-lookup the text itself: what followed its last words before. The model tests all \
      guesses in one step. The text is the same, token by token; how many guesses were right is \
      told, and the speed-up over plain steps that are timed in between.

      EXAMPLES
        samara generate seedling --prompt "It all began on a" --temperature 0.8
        samara generate OpenELM-270M --prompt "A leaf" --type q8_0 --top-k 40 --temperature 0.8
        samara generate model.gguf --prompt-file faq.txt --stop "Q:" --json
        samara generate large --draft small --prompt "Once" --verbose
        samara generate books --prompt - --prompt-lookup 10 < notes.txt
      """)

  @Argument(help: "A run's name, or the path of a checkpoint, a folder or a file.")
  var model: String

  @Option(
    parsing: .unconditionalSingleValue,
    help: "A text to continue; - reads standard input. May be given several times.")
  var prompt: [String] = []

  @Option(
    parsing: .unconditionalSingleValue,
    help: "A file whose text to continue. May be given several times.")
  var promptFile: [String] = []

  @Option(parsing: .unconditional, help: "The most tokens to add to each prompt.")
  var maxTokens = 128

  @OptionGroup var sampling: SamplingArguments

  @Option(
    parsing: .unconditionalSingleValue, help: "A text to stop before. May be given several times.")
  var stop: [String] = []

  @Option(help: "What weights are kept in.")
  var type: WritingType?

  @Option(help: "A smaller model with the same tokenizer, which guesses tokens ahead.")
  var draft: String?

  @Option(
    parsing: .unconditional,
    help: "Guess so many tokens ahead, where the last ones came before in the text.")
  var promptLookup: Int?

  @Flag(help: "Shorten a prompt that is too long from its beginning, and say by how much.")
  var truncatePrompt = false

  @Option(help: "A tokenizer's file in the place of the model's own.")
  var tokenizer: String?

  @OptionGroup var threads: BenchmarkThreads

  @Flag(help: "Print one JSON object a prompt, each on its line.")
  var json = false

  @Flag(help: "Tell speeds though standard error is no terminal.")
  var verbose = false

  func validate() throws {
    guard maxTokens >= 0 else {
      throw ValidationError("--max-tokens is \(maxTokens), expected 0 or more")
    }
    guard !prompt.isEmpty || !promptFile.isEmpty else {
      throw ValidationError(
        "there is nothing to continue; give --prompt TEXT or --prompt-file FILE")
    }
    guard prompt.count(where: { $0 == "-" }) <= 1 else {
      throw ValidationError("--prompt - reads standard input, which can be read once")
    }
    guard !stop.contains("") else {
      throw ValidationError("--stop is an empty text; give at least one character")
    }
    if let promptLookup, promptLookup < 1 {
      throw ValidationError("--prompt-lookup is \(promptLookup), expected 1 or more")
    }
    if let promptLookup, promptLookup > 256 {
      throw ValidationError(
        "--prompt-lookup is \(promptLookup), expected 256 or fewer: all are tested in one step")
    }
    if draft != nil, promptLookup != nil {
      throw ValidationError("--draft and --prompt-lookup both guess tokens; give one of them")
    }
  }

  func run() async throws {
    ThreadPool.configure(threadCount: threads.count)
    let prompts = try texts()
    let model = try load(self.model, tokenizer)
    var options = WritingOptions(
      sampling: sampling.options(defaults: model.settings), maximumTokens: maxTokens,
      stopTexts: stop, endTokens: model.endTokens, truncatesPrompts: truncatePrompt)
    options.sequencesAtOnce = 8
    let draft = try self.draft.map { try load($0, nil) }
    if let draft { try model.checkDraft(draft) }
    let drafting: Drafting =
      draft.map { .model($0.decoder, tokens: Drafting.usualModelTokens) }
      ?? promptLookup.map { .promptLookup(tokens: $0) } ?? .none
    let writer = TextWriter(
      model.decoder, tokenizer: model.tokenizer, options: options, drafting: drafting)
    if options.sampling.temperature == 0, sampling.limitsDraws {
      ProgressLine.writeToStandardError(
        "note: at temperature 0 the most likely token is taken, and --top-k, --top-p and --min-p change "
          + "nothing; give --temperature too\n")
    }
    var output = GenerationOutput(prompts, isJSON: json)
    let figures = try writer.write(prompts.map { model.tokens(of: $0) }) { try output.take($0) }
    if json {
      let settings = WrittenTextRecord.Settings(
        options, drafting: drafting, model: model, draftPath: draft?.path, threads: threads.count)
      try output.writeRecords(figures, settings)
    }
    if verbose || isatty(STDERR_FILENO) != 0 {
      ProgressLine.writeToStandardError(
        GenerationFiguresText(figures, model: model, draft: draft).text)
    }
  }

  private func texts() throws -> [String] {
    try prompt.map { text in
      guard text == "-" else { return text }
      let input = try FileHandle.standardInput.readToEnd() ?? Data()
      return String(decoding: input, as: UTF8.self)
    }
      + promptFile.map { path in
        guard let bytes = FileManager.default.contents(atPath: path) else {
          throw ValidationError(
            "--prompt-file \(path): there is no such file, or it cannot be read")
        }
        return String(decoding: bytes, as: UTF8.self)
      }
  }

  private func load(_ word: String, _ tokenizer: String?) throws -> WritingModel {
    try WritingModel(
      named: word, type: type?.format, recipes: Program.recipes, in: Workspace(),
      tokenizerPath: tokenizer)
  }
}
