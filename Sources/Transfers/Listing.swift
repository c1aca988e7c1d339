import Foundation
import Synchronization

extension TransferClient {
  /// The objects that an address or pattern leads to.
  ///
  /// Braces come first, in the order they are written; the matches of a glob (`*`, `?`, `[…]`,
  /// `**`; in `s3://` and `hf://` addresses) are in the order of their names' bytes. Each entry is
  /// as its server describes it.
  ///
  /// - Throws: ``TransferError``; a glob without matches, and a name that is not there, are errors.
  public func entries(matching pattern: String) throws(TransferError) -> [RemoteEntry] {
    let texts = try BraceExpansion.expand(pattern)
    var parts: [[RemoteEntry]?] = []
    var single: [(place: Int, address: RemoteAddress)] = []
    for text in texts {
      let address = try RemoteAddress(text)
      switch address {
      case .web(let text):
        if text.prefix(while: { $0 != "?" }).contains("*") {
          throw .cannotBeListed(pattern: address.name)
        }
      case .object(let bucket, let key):
        let glob = GlobPattern(key)
        if !glob.isLiteral {
          parts.append(try objects(in: bucket, matching: glob, name: address.name))
          continue
        }
      case .hub(let repository, let revision, let path):
        let glob = GlobPattern(path)
        if !glob.isLiteral {
          parts.append(
            try files(in: repository, revision: revision, matching: glob, name: address.name))
          continue
        }
      }
      single.append((parts.count, address))
      parts.append(nil)
    }
    for (place, entry) in zip(single.map(\.place), try entries(at: single.map(\.address))) {
      parts[place] = [entry]
    }
    return parts.flatMap { $0 ?? [] }
  }

  /// Asks about many addresses, several at once; the first that fails, in their order, is the
  /// error.
  private func entries(at addresses: [RemoteAddress]) throws(TransferError) -> [RemoteEntry] {
    let workers = min(8, addresses.count)
    if workers <= 1 {
      var entries: [RemoteEntry] = []
      for address in addresses { entries.append(try entry(at: address)) }
      return entries
    }
    let shared = ListingProgress(addresses: addresses)
    let group = DispatchGroup()
    for _ in 0..<workers {
      DispatchQueue.global().async(group: group) {
        while let (place, address) = shared.next() {
          do throws(TransferError) {
            shared.finish(place, .success(try self.entry(at: address)))
          } catch {
            shared.finish(place, .failure(error))
          }
        }
      }
    }
    group.wait()
    var entries: [RemoteEntry] = []
    for result in shared.results() { entries.append(try result.get()) }
    return entries
  }
}

/// Addresses that several threads ask about.
private final class ListingProgress: Sendable {
  private struct State {
    var next = 0
    var results: [Int: Result<RemoteEntry, TransferError>] = [:]
    var hasFailed = false
  }

  private let addresses: [RemoteAddress]
  private let state = Mutex(State())

  init(addresses: [RemoteAddress]) { self.addresses = addresses }

  /// The next address to ask about; nil when all are taken, or one has failed.
  func next() -> (place: Int, address: RemoteAddress)? {
    state.withLock { state in
      guard state.next < addresses.count, !state.hasFailed else { return nil }
      defer { state.next += 1 }
      return (state.next, addresses[state.next])
    }
  }

  func finish(_ place: Int, _ result: Result<RemoteEntry, TransferError>) {
    state.withLock {
      $0.results[place] = result
      if case .failure = result { $0.hasFailed = true }
    }
  }

  /// What came, in the order of the addresses.
  func results() -> [Result<RemoteEntry, TransferError>] {
    state.withLock { state in state.results.sorted { $0.key < $1.key }.map(\.value) }
  }
}
