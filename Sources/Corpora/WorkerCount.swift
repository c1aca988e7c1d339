import Foundation

/// Counts threads that work for an object, so that its end can wait for theirs: what they use may be
/// taken down when the program ends.
final class WorkerCount: @unchecked Sendable {
  /// How long an end waits: far longer than a chunk or a document takes, and short where a thread
  /// waits for a server that says nothing.
  private static let patience = 2.0

  private let condition = NSCondition()
  private var count = 0

  /// Starts a thread that counts until its work is done.
  func start(named name: String, _ work: @escaping @Sendable () -> Void) {
    condition.withLock { count += 1 }
    let thread = Thread {
      work()
      self.condition.withLock {
        self.count -= 1
        self.condition.broadcast()
      }
    }
    thread.name = name
    thread.start()
  }

  /// Waits until no thread works, but not for ever.
  func wait() {
    let deadline = Date(timeIntervalSinceNow: Self.patience)
    condition.withLock {
      while count > 0, condition.wait(until: deadline) {}
    }
  }
}
