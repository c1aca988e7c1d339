import Corpora
import Foundation
import Tokenization

/// Where a recipe's token ids come from.
public protocol TokenizerSource: Encodable, Sendable {
  /// Makes the tokenizer file if it is missing and returns its path.
  func prepare(
    in workspace: Workspace, corpus: [ListedSource], reading: CorpusReading,
    report: (String) -> Void
  ) throws -> String
}

/// A tokenizer file that is there already, of any kind that `TokenizerFile` knows, or a folder with
/// one.
public struct TokenizerFileSource: TokenizerSource {
  public var path: String?

  public init(path: String?) { self.path = path }

  public func prepare(
    in workspace: Workspace, corpus: [ListedSource], reading: CorpusReading,
    report: (String) -> Void
  ) throws -> String {
    guard let path else { throw ExperimentError.noTokenizer }
    return path
  }
}

extension TokenizerSource where Self == TokenizerFileSource {
  /// A tokenizer file: SentencePiece's, Hugging Face's or tiktoken's.
  public static func tokenizerFile(_ path: String) -> TokenizerFileSource {
    TokenizerFileSource(path: path)
  }

  /// Nothing yet: the command line must name the file.
  public static var namedOnCommandLine: TokenizerFileSource { TokenizerFileSource(path: nil) }
}

/// A byte-pair tokenizer trained from the recipe's own corpus, once for each corpus.
public struct TrainedTokenizer: TokenizerSource {
  public var vocabularySize: Int

  public init(vocabularySize: Int) { self.vocabularySize = vocabularySize }

  public func prepare(
    in workspace: Workspace, corpus: [ListedSource], reading: CorpusReading,
    report: (String) -> Void
  ) throws -> String {
    let directory = "\(workspace.data)/tokenizers"
    let path = "\(directory)/\(Self.digest(of: corpus, reading))-\(vocabularySize).model"
    guard !FileManager.default.fileExists(atPath: path) else { return path }
    report("training a tokenizer of \(vocabularySize) pieces")
    try FileManager.default.createDirectory(
      atPath: directory, withIntermediateDirectories: true)
    let model = try TokenizerTraining.train(
      from: corpus.map {
        $0.documents(reading: reading, seed: 0, storage: workspace.corpusStorage)
      }, vocabularySize: vocabularySize)
    try model.write(to: path)
    return path
  }

  /// A name for all that the vocabulary depends on: which files, of which size and version, and
  /// which of their text.
  private static func digest(of corpus: [ListedSource], _ reading: CorpusReading) -> String {
    var text = "\(reading.malformedLines)"
    for listed in corpus {
      text += "\n\(listed.source.textField ?? reading.textField)"
      for file in listed.files {
        text += "\n\(file.path)\t\(file.byteCount)\t\(file.version ?? "")"
      }
    }
    let hash = Array(text.utf8).withUnsafeBytes { contentHash($0) }
    return String(hash, radix: 16)
  }
}

extension TokenizerSource where Self == TrainedTokenizer {
  /// A byte-pair tokenizer trained from the recipe's own corpus.
  public static func trained(vocabularySize: Int) -> TrainedTokenizer {
    TrainedTokenizer(vocabularySize: vocabularySize)
  }
}
