import Synchronization

/// Connections that are kept open between requests.
final class ConnectionPool: Sendable {
  /// A connection in nobody's hands: whoever takes it out of the pool is alone with it.
  private struct Idle: @unchecked Sendable { let connection: Connection }

  private let policy: TransferPolicy
  private let environment: TransferEnvironment
  private let idle = Mutex<[Idle]>([])

  /// More readers than this at once are rare, and idle connections cost the servers memory.
  private static let limit = 16

  init(policy: TransferPolicy, environment: TransferEnvironment) {
    self.policy = policy
    self.environment = environment
  }

  /// Returns a connection, one that stands to `origin` already if there is one.
  func take(for origin: String) throws(ConnectionFault) -> Connection {
    let kept = idle.withLock { idle -> Idle? in
      guard let index = idle.lastIndex(where: { $0.connection.origin == origin }) else {
        return nil
      }
      return idle.remove(at: index)
    }
    if let kept { return kept.connection }
    guard let new = Connection(policy: policy, environment: environment) else {
      throw .impossible("libcurl has no memory left")
    }
    return new
  }

  func give(back connection: Connection) {
    connection.detach()
    let kept = Idle(connection: connection)
    let dropped = idle.withLock { idle -> Idle? in
      idle.append(kept)
      return idle.count > Self.limit ? idle.removeFirst() : nil
    }
    // Closing waits for the network: not under the lock.
    withExtendedLifetime(dropped) {}
  }
}
