import Synchronization

/// Where the hub's files lie, as it said when it was asked last.
///
/// The hub answers each request for a large file with a redirect to a store, and counts the
/// requests it gets. The store's addresses are signed for an hour or so and name the content, so
/// that for a few minutes they stand for the file.
final class KnownStores: Sendable {
  struct Store {
    /// What the hub said of the file.
    var head: ResponseHead
    var url: WebURL
    var time: ContinuousClock.Instant
  }

  private let stores = Mutex<[String: Store]>([:])

  /// A twelfth of what signatures usually last.
  private static let lifetime = Duration.seconds(300)

  /// More files than readers have open at once; beyond it all are asked for again.
  private static let limit = 1_000

  func store(of url: WebURL) -> Store? {
    stores.withLock { stores in
      guard let store = stores[url.text], ContinuousClock.now - store.time < Self.lifetime else {
        return nil
      }
      return store
    }
  }

  func remember(_ url: WebURL, head: ResponseHead, url place: WebURL) {
    let store = Store(head: head, url: place, time: .now)
    stores.withLock { stores in
      if stores.count >= Self.limit { stores.removeAll() }
      stores[url.text] = store
    }
  }

  func forget(_ url: WebURL) { stores.withLock { $0[url.text] = nil } }
}
