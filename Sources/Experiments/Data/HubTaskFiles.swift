import Evaluation
import Files
import Foundation
import Synchronization
import Transfers

/// Brings the splits of benchmarks from the Hugging Face hub to a folder, where `TaskData` reads them.
///
/// A split comes whole to `DIRECTORY/OWNER/NAME/CONFIG/SPLIT-00000-of-00001.EXT`, wherever the hub has it
/// (``HubLayout``): the folder is one that `--data` reads. Files are written aside, checked by the size
/// and the digest that the hub says, and renamed; what was begun goes on from the byte where it
/// stopped. A split that the hub lacks is noted in `SPLIT.absent`, so that what was asked for once is
/// known without a request.
public final class HubTaskFiles: Sendable {
  /// How far the fetching of a split is.
  public struct Progress: Sendable, Equatable {
    public var task: String
    /// The file that is being fetched, from 0, of so many.
    public var file: Int
    public var fileCount: Int
    /// Bytes of all files of the split.
    public var bytesDone: Int
    public var byteCount: Int?

    package init(
      task: String, file: Int, fileCount: Int, bytesDone: Int, byteCount: Int?
    ) {
      self.task = task
      self.file = file
      self.fileCount = fileCount
      self.bytesDone = bytesDone
      self.byteCount = byteCount
    }
  }

  public let directory: String
  /// The formats that can be read, the preferred first.
  public let fileExtensions: [String]
  private let makeClient: @Sendable () throws -> TransferClient
  private let progress: @Sendable (Progress) -> Void
  private let state = Mutex(State())

  private struct State {
    var client: TransferClient?
    /// What the hub has of a data set at a revision, asked for once.
    var listings: [String: [RemoteEntry]] = [:]
  }

  /// - Parameter client: Makes what fetches, when the first split is fetched.
  public init(
    directory: String, fileExtensions: [String],
    client: @escaping @Sendable () throws -> TransferClient,
    progress: @escaping @Sendable (Progress) -> Void = { _ in }
  ) {
    self.directory = directory
    self.fileExtensions = fileExtensions
    makeClient = client
    self.progress = progress
  }

  /// Fetches a data set's split; what is there already of its files is left as it is.
  ///
  /// - Throws: `EvaluationError.notOnHub` where the hub has no such data set, configuration or split;
  ///   ``ExperimentError/unfetched(task:dataset:split:fault:)`` where it does not say or does not give it;
  ///   `FileError`.
  public func fetch(_ dataset: TaskDataset, task: String) throws {
    guard case .hub(let name, let configuration, let split) = dataset else { return }
    let wanted = HubSplit(task: task, name: name, configuration: configuration, split: split)
    guard wanted.isWellFormed else {
      throw EvaluationError.notOnHub(
        task: task, dataset: name, lookedFor: [wanted.title],
        found: "the hub's data sets are named OWNER/NAME, and no part of a name is empty or dots")
    }
    do {
      try fetch(wanted)
    } catch let fault as TransferError {
      throw ExperimentError.unfetched(
        task: task, dataset: name, split: wanted.title, fault: fault)
    }
  }

  private func fetch(_ wanted: HubSplit) throws {
    let folder = wanted.folder(in: directory)
    let note = "\(folder)/\(wanted.split).absent"
    if let text = FileManager.default.contents(atPath: note) {
      throw wanted.absence(
        "\(String(decoding: text, as: UTF8.self)) (as \(note) says; remove it to ask again)",
        fileExtensions)
    }
    let client = try client()
    let (entries, fileExtension) = try locate(wanted, client, note: note)
    try FileSystem.makeFolder(folder)
    let byteCount = entries.reduce(0 as Int?) { sum, entry in
      sum.flatMap { sum in entry.byteCount.map { sum.addingReportingOverflow($0).partialValue } }
    }
    var before = 0
    for (index, entry) in entries.enumerated() {
      let path =
        "\(folder)/"
        + SplitFiles.name(
          of: index, among: entries.count, split: wanted.split, fileExtension: fileExtension)
      func tell(_ bytes: Int) {
        progress(
          Progress(
            task: wanted.task, file: index, fileCount: entries.count,
            bytesDone: before + bytes, byteCount: byteCount))
      }
      tell(0)
      if entry.byteCount == nil || FileSystem.sizeOfPlainFile(path) != entry.byteCount {
        try Download.fetch(entry, to: path, client: client) { tell($0.bytesDone) }
      }
      before += FileSystem.sizeOfPlainFile(path) ?? 0
      tell(0)
    }
  }

  /// Finds the files of a split, or throws and notes that there are none.
  private func locate(
    _ wanted: HubSplit, _ client: TransferClient, note: String
  ) throws -> (entries: [RemoteEntry], fileExtension: String) {
    let main: [RemoteEntry]
    do {
      main = try listing(of: wanted.name, at: nil, client)
    } catch let fault as TransferError {
      guard case .missing = fault else { throw fault }
      throw wanted.absence("there is no such data set (\(fault.reason))", fileExtensions)
    }
    let published = HubLayout(paths: main.map(\.path), fileExtensions: fileExtensions)
    if let found = published.published(wanted.split, configuration: wanted.configuration) {
      return (Self.entries(found, of: main), found.fileExtension)
    }
    var conversion: [RemoteEntry] = []
    do {
      conversion = try listing(of: wanted.name, at: HubLayout.conversion, client)
    } catch let fault as TransferError {
      // Private data sets, and those that the hub cannot read, have none.
      guard case .missing = fault else { throw fault }
    }
    let converted = HubLayout(paths: conversion.map(\.path), fileExtensions: fileExtensions)
    if let found = converted.converted(wanted.split, configuration: wanted.configuration) {
      return (Self.entries(found, of: conversion), found.fileExtension)
    }
    let found = HubContents(published: published, converted: converted).description(for: wanted)
    try FileSystem.makeFolder(FileSystem.parent(of: note))
    try AtomicFile.write(Data(found.utf8), to: note)
    throw wanted.absence(found, fileExtensions)
  }

  private static func entries(_ found: HubLayout.Found, of listing: [RemoteEntry]) -> [RemoteEntry]
  {
    found.paths.compactMap { path in listing.first { $0.path == path } }
  }

  private func client() throws -> TransferClient {
    if let client = state.withLock({ $0.client }) { return client }
    let client = try makeClient()
    state.withLock { $0.client = client }
    return client
  }

  /// All files of a revision; nothing where it is empty.
  private func listing(
    of name: String, at revision: String?, _ client: TransferClient
  ) throws -> [RemoteEntry] {
    let pattern = RemoteAddress.hub(repository: name, revision: revision, path: "**").text
    if let listing = state.withLock({ $0.listings[pattern] }) { return listing }
    var entries: [RemoteEntry] = []
    do throws(TransferError) {
      entries = try client.entries(matching: pattern)
    } catch {
      guard case .patternMatchesNothing = error else { throw error }
    }
    state.withLock { $0.listings[pattern] = entries }
    return entries
  }
}

extension RemoteEntry {
  /// The path within its data set.
  fileprivate var path: String {
    if case .hub(_, _, let path) = address { return path }
    return name
  }
}
