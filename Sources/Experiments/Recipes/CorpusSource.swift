import Corpora
import Foundation

/// Where a recipe's text comes from.
public protocol CorpusSource: Encodable, Sendable {
  /// Makes what is missing and returns the sources to read, with their shares.
  func prepare(in workspace: Workspace, report: (String) -> Void) throws -> [TextSource]
}

/// Files that hold one kind of text, and their share of a mixture.
public struct TextSource: Sendable, Hashable, Encodable {
  /// What messages and counts call it.
  public var name: String
  /// Paths, addresses and patterns of the files.
  public var addresses: [String]
  /// The field or column that holds the text; the recipe's if nil.
  public var textField: String?
  /// Its share of the mixture's text, relative to the sum of all weights.
  public var weight: Double
  /// What the mixture does at its end.
  public var whenDry: DrySource
  /// Under what terms its publishers say it may be used.
  public var license: String?

  /// - Parameter license: a note for people, with where it is stated.
  public init(
    name: String = "corpus", addresses: [String], textField: String? = nil, weight: Double = 1,
    whenDry: DrySource = .restart, license: String? = nil
  ) {
    self.name = name
    self.addresses = addresses
    self.textField = textField
    self.weight = weight
    self.whenDry = whenDry
    self.license = license
  }

}

/// A source whose files have been listed.
public struct ListedSource: Sendable {
  public var source: TextSource
  public var files: [CorpusFile]

  /// Lists a source's files.
  ///
  /// - Throws: `CorpusError`; `ExperimentError.emptyCorpus` if there is nothing in them.
  public init(_ source: TextSource, in storage: CorpusStorage) throws {
    self.source = source
    files = try storage.files(matching: source.addresses)
    guard files.contains(where: { $0.byteCount > 0 }) else {
      throw ExperimentError.emptyCorpus(paths: files.map(\.path))
    }
  }

  /// Bytes of the files, as they are stored.
  public var byteCount: Int { files.reduce(0) { $0 + $1.byteCount } }

  /// Its documents, read the recipe's way.
  public func documents(
    reading: CorpusReading, seed: UInt64, storage: CorpusStorage
  ) -> FileDocumentSource {
    FileDocumentSource(
      files, textField: source.textField ?? reading.textField,
      malformedLines: reading.malformedLines, order: reading.shuffling.fileOrder(seed: seed),
      storage: storage)
  }

  /// Its part in a mixture.
  func component(
    reading: CorpusReading, seed: UInt64, storage: CorpusStorage
  ) -> CorpusComponent {
    CorpusComponent(
      name: source.name, source: documents(reading: reading, seed: seed, storage: storage),
      weight: source.weight, whenDry: source.whenDry,
      shuffling: reading.shuffling.windows(seed: seed))
  }
}

/// Files, and patterns of files, that are there already.
public struct CorpusFiles: CorpusSource {
  /// Paths, addresses and patterns.
  public var paths: [String]

  public init(paths: [String]) { self.paths = paths }

  public func prepare(in workspace: Workspace, report: (String) -> Void) throws -> [TextSource] {
    guard !paths.isEmpty else { throw ExperimentError.noCorpus }
    return [TextSource(addresses: paths)]
  }
}

extension CorpusSource where Self == CorpusFiles {
  /// Files, and patterns of files.
  public static func files(_ paths: [String]) -> CorpusFiles { CorpusFiles(paths: paths) }

  /// Nothing yet: the command line must name the files.
  public static var namedOnCommandLine: CorpusFiles { CorpusFiles(paths: []) }
}

/// Several sources, each with its share of the text.
public struct CorpusMixture: CorpusSource {
  public var sources: [TextSource]

  public init(_ sources: [TextSource]) { self.sources = sources }

  public func prepare(in workspace: Workspace, report: (String) -> Void) throws -> [TextSource] {
    guard !sources.isEmpty else { throw ExperimentError.noCorpus }
    return sources
  }
}

extension CorpusSource where Self == CorpusMixture {
  /// Several sources, each with its share of the text.
  public static func mixture(_ sources: [TextSource]) -> CorpusMixture { CorpusMixture(sources) }
}
