import Foundation

/// Assembles batches ahead of who takes them, on a thread of its own.
final class BatchQueue: Sendable {
  /// Batches that wait at most: one for the step that comes next, and one for its successor, so
  /// that a burst of short steps finds something too.
  static let capacity = 2

  private let shared: Shared
  private let workers = WorkerCount()

  init(_ assembler: BatchAssembler) {
    let shared = Shared(assembler)
    self.shared = shared
    workers.start(named: "samara batches") { shared.work() }
  }

  deinit {
    shared.stop()
    workers.wait()
  }

  /// The next batch, nil at the corpus's end, and the cursor after it.
  func next() throws(CorpusError) -> (batch: Batch?, cursor: Cursor) {
    try shared.take().get()
  }

  private typealias Item = Result<(batch: Batch?, cursor: Cursor), CorpusError>

  /// What both threads share: the assembler is the worker's alone, all else is touched under
  /// `condition`.
  private final class Shared: @unchecked Sendable {
    private var assembler: BatchAssembler?
    private let condition = NSCondition()
    private var items: [Item] = []
    private var isStopped = false

    init(_ assembler: BatchAssembler) { self.assembler = assembler }

    func stop() {
      condition.withLock {
        isStopped = true
        condition.broadcast()
      }
    }

    /// The end and a failure stay, to be given again.
    func take() -> Item {
      condition.withLock {
        while items.isEmpty { condition.wait() }
        let item = items[0]
        if case .success((.some, _)) = item {
          items.removeFirst()
          condition.broadcast()
        }
        return item
      }
    }

    func work() {
      // Taken out, so that its readers end with this.
      guard var assembler = assembler.take() else { return }
      while waitForRoom() {
        let item = Item { () throws(CorpusError) in (try assembler.next(), assembler.cursor) }
        condition.withLock {
          items.append(item)
          condition.broadcast()
        }
        guard case .success((.some, _)) = item else { return }
      }
    }

    private func waitForRoom() -> Bool {
      condition.withLock {
        while !isStopped, items.count >= capacity { condition.wait() }
        return !isStopped
      }
    }
  }
}
