import Checkpoints
import Corpora
import Foundation
import Stories
import Tokenization

/// Where a recipe's text comes from.
public protocol CorpusSource: Encodable, Sendable {
  /// Makes what is missing and returns the files or patterns to read.
  func prepare(in workspace: Workspace, report: (String) -> Void) throws -> [String]
}

/// Files, and patterns of files, that are there already.
public struct CorpusFiles: CorpusSource {
  /// Paths and patterns.
  public var paths: [String]

  public init(paths: [String]) { self.paths = paths }

  public func prepare(in workspace: Workspace, report: (String) -> Void) throws -> [String] {
    guard !paths.isEmpty else { throw ExperimentError.noCorpus }
    return paths
  }
}

extension CorpusSource where Self == CorpusFiles {
  /// Files, and patterns of files.
  public static func files(_ paths: [String]) -> CorpusFiles { CorpusFiles(paths: paths) }

  /// Nothing yet: the command line must name the files.
  public static var namedOnCommandLine: CorpusFiles { CorpusFiles(paths: []) }
}

/// The embedded corpus: stories that the project writes itself, the same bytes everywhere.
public struct StoriesCorpus: CorpusSource {
  /// How many stories to train on.
  public var documentCount: Int
  /// What they are a function of.
  public var seed: UInt64

  public init(documentCount: Int, seed: UInt64) {
    self.documentCount = documentCount
    self.seed = seed
  }

  /// The folder that holds them.
  public func directory(in workspace: Workspace) -> String {
    "\(workspace.data)/stories-\(documentCount)-\(seed)"
  }

  /// The multiple-choice task over held-out stories.
  public func questionsPath(in workspace: Workspace) -> String {
    "\(directory(in: workspace))/\(StoryCorpus.questionsFileName)"
  }

  public func prepare(in workspace: Workspace, report: (String) -> Void) throws -> [String] {
    let directory = directory(in: workspace)
    let names = [
      StoryCorpus.trainingFileName, StoryCorpus.heldOutFileName, StoryCorpus.questionsFileName,
    ]
    // The files are renamed into place one after the other, the questions last.
    let isComplete = names.allSatisfy {
      FileManager.default.fileExists(atPath: "\(directory)/\($0)")
    }
    if !isComplete {
      report("writing \(documentCount) stories to \(directory)")
      try StoryCorpus.write(
        to: URL(fileURLWithPath: directory), documents: documentCount, seed: seed)
    }
    return ["\(directory)/\(StoryCorpus.trainingFileName)"]
  }
}

extension CorpusSource where Self == StoriesCorpus {
  /// The embedded corpus.
  public static func stories(
    _ documentCount: Int = StoryCorpus.defaultDocumentCount, seed: UInt64 = 1
  ) -> StoriesCorpus {
    StoriesCorpus(documentCount: documentCount, seed: seed)
  }
}

/// Where a recipe's token ids come from.
public protocol TokenizerSource: Encodable, Sendable {
  /// Makes the tokenizer file if it is missing and returns its path.
  func prepare(
    in workspace: Workspace, corpus: [String], reading: CorpusReading, report: (String) -> Void
  ) throws -> String
}

/// A tokenizer file that is there already, of any kind that `TokenizerFile` knows, or a folder with
/// one.
public struct TokenizerFileSource: TokenizerSource {
  public var path: String?

  public init(path: String?) { self.path = path }

  public func prepare(
    in workspace: Workspace, corpus: [String], reading: CorpusReading, report: (String) -> Void
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
    in workspace: Workspace, corpus: [String], reading: CorpusReading, report: (String) -> Void
  ) throws -> String {
    let files = try CorpusFile.expanding(corpus)
    let identity = CorpusIdentity(of: files)
    let directory = "\(workspace.data)/tokenizers"
    let path = "\(directory)/\(identity.digest)-\(reading.textField)-\(vocabularySize).model"
    guard !FileManager.default.fileExists(atPath: path) else { return path }
    report("training a tokenizer of \(vocabularySize) pieces")
    try FileManager.default.createDirectory(
      atPath: directory, withIntermediateDirectories: true)
    let source = try FileDocumentSource(
      files: corpus, textField: reading.textField, malformedLines: reading.malformedLines)
    let model = try TokenizerTraining.train(from: source, vocabularySize: vocabularySize)
    try model.write(to: path)
    return path
  }
}

extension TokenizerSource where Self == TrainedTokenizer {
  /// A byte-pair tokenizer trained from the recipe's own corpus.
  public static func trained(vocabularySize: Int) -> TrainedTokenizer {
    TrainedTokenizer(vocabularySize: vocabularySize)
  }
}
