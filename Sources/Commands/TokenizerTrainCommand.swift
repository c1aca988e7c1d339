import ArgumentParser
import Corpora
import Experiments
import Files
import Foundation
import Terminal
import Tokenization

struct TokenizerTrainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Learn a byte-pair vocabulary from text.",
    discussion: """
      The defaults are those of Llama 2's tokenizer. The same text gives the same file, whatever the \
      order of its documents and the number of threads. Both formats give the same ids, here and in \
      the libraries that they come from.

      EXAMPLES
        samara tokenizer train --corpus a.txt --vocabulary-size 8000 --output a.model
        samara tokenizer train --corpus web.jsonl.zst --limit-bytes 1000000000 \\
          --vocabulary-size 16000 --output web.model --output-json web.json
      """)

  @Option(
    parsing: .upToNextOption,
    help: "Files: paths, patterns and addresses of text, JSON lines, Parquet.")
  var corpus: [String]

  @Option(help: "The field of a JSON line that holds the text.")
  var textField = "text"

  @Option(parsing: .unconditional, help: "Pieces in all: special ones, bytes, characters, merges.")
  var vocabularySize: Int

  @Option(help: "Where to write the SentencePiece model.")
  var output: String

  @Option(help: "Where to write the same as a Hugging Face tokenizer.json.")
  var outputJson: String?

  @Flag(inversion: .prefixedNo, help: "Make every digit a token of its own.")
  var splitDigits = true

  @Flag(inversion: .prefixedNo, help: "Encode characters without a piece as bytes.")
  var byteFallback = true

  @Option(
    parsing: .unconditional,
    help: "Which part of all characters in the text get a piece, above 0 and up to 1.")
  var characterCoverage = 0.99995

  @Option(parsing: .unconditional, help: "The longest piece, in characters.")
  var maximumPieceLength = 16

  @Option(
    parsing: .upToNextOption, help: "Control pieces beside <unk>, <s> and </s>, such as <pad>.")
  var control: [String] = []

  @Option(
    parsing: .upToNextOption, help: "Pieces that are one token wherever they stand in text.")
  var userDefined: [String] = []

  @Option(parsing: .unconditional, help: "Stop reading after so many bytes of text.")
  var limitBytes: Int?

  @Option(
    parsing: .unconditional,
    help: "Threads that count words; as many as there are cores if left out.")
  var threads: Int?

  func validate() throws {
    if let threads, threads < 1 {
      throw ValidationError("--threads is \(threads), expected 1 or more")
    }
    if let limitBytes, limitBytes < 1 {
      throw ValidationError("--limit-bytes is \(limitBytes), expected 1 or more")
    }
    if output == outputJson {
      throw ValidationError("--output and --output-json are both \(output); name two files")
    }
    // Better now than after the training.
    for path in [output, outputJson].compactMap({ $0 }) {
      let folder = FileSystem.parent(of: path)
      guard FileManager.default.isWritableFile(atPath: folder) else {
        throw ValidationError("\(path): the folder \(folder) is not there, or not to be written to")
      }
    }
  }

  private var trainer: BytePairTrainer {
    var trainer = BytePairTrainer(vocabularySize: vocabularySize)
    trainer.splitsDigits = splitDigits
    trainer.usesByteFallback = byteFallback
    trainer.characterCoverage = characterCoverage
    trainer.maximumPieceLength = maximumPieceLength
    trainer.controlPieces = control
    trainer.userDefinedPieces = userDefined
    return trainer
  }

  func run() async throws {
    let source = try FileDocumentSource(files: corpus, textField: textField)
    var training = TokenizerTraining(
      trainer, byteLimit: limitBytes,
      threadCount: threads ?? ProcessInfo.processInfo.activeProcessorCount)
    let progress = TrainingProgress()
    let model = try training.train(from: [source], progress: progress.show)
    progress.finish()
    let tokenizer = try SentencePieceTokenizer(model)
    let json = outputJson == nil ? nil : try model.tokenizerJSON()
    try model.write(to: output)
    if let outputJson, let json { try AtomicFile.write(json, to: outputJson) }
    let terminal = TerminalCapabilities(of: .output)
    let view = TokenizerView(tokenizer, terminal: terminal)
    print(view.efficiency(on: training.sample) + "\n" + view.pieces, terminator: "")
  }
}

/// Two lines of progress, one after the other: words are counted, then pieces are made.
private final class TrainingProgress {
  private let counting = ProgressLine(label: "documents", total: nil)
  private var merging: ProgressLine?

  func show(_ progress: BytePairTrainer.Progress) {
    switch progress {
    case .counted(let documents, let bytes, let words):
      counting.update(
        completed: documents,
        details: [Format.bytes(bytes), "\(Format.grouped(words)) different words"])
    case .merged(let pieces, let total):
      if merging == nil {
        counting.finish()
        merging = ProgressLine(label: "pieces", total: total)
      }
      merging?.update(completed: pieces)
    }
  }

  func finish() { merging?.finish() }
}
