import Corpora
import Files
import Terminal
import Transfers

/// The folders that runs read and write, beside each other.
public struct Workspace: Sendable, Hashable {
  /// Corpora, tokenizers, benchmark files.
  public var data: String
  /// A folder a run, with a folder a step.
  public var checkpoints: String
  /// A folder a run, with its metrics and messages.
  public var logs: String
  /// How much of what is fetched from addresses is kept in `data/cache`, in bytes; nothing if nil.
  public var cacheByteLimit: Int?

  public init(
    data: String = "data", checkpoints: String = "checkpoints", logs: String = "logs",
    cacheByteLimit: Int? = nil
  ) {
    self.data = data
    self.checkpoints = checkpoints
    self.logs = logs
    self.cacheByteLimit = cacheByteLimit
  }

  /// Where the files of corpora are had from: the disk, and addresses with the credentials of the
  /// environment. Attempts that are made again are told on standard error, and a signal ends them.
  public var corpusStorage: CorpusStorage {
    let workspace = self
    return CorpusStorage { () throws(TransferError) in try workspace.transferClient() }
  }

  /// What fetches from addresses.
  ///
  /// - Throws: `TransferError` about the environment's settings or the cache's folder.
  func transferClient() throws(TransferError) -> TransferClient {
    var policy = TransferPolicy()
    policy.isCancelled = { SignalWatch.signal != nil }
    policy.report = { ProgressLine.writeToStandardError("\($0)\n") }
    var cache: TransferCache?
    if let cacheByteLimit {
      do throws(FileError) {
        cache = try TransferCache(directory: "\(data)/cache", byteLimit: cacheByteLimit)
      } catch {
        throw .file(address: "\(data)/cache", error)
      }
    }
    return TransferClient(policy: policy, environment: try .ofProcess(), cache: cache)
  }
}
