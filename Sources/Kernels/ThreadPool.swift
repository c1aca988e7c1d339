import Foundation
import Synchronization

/// The one place that owns threads: every kernel's parallel loop and every matrix product runs on it.
///
/// OpenBLAS is held to one thread and called from here, so that no two pools fight for the cores.
/// Work is cut by the *configured* thread count and by shapes alone, never by who is free, so the
/// same seed with the same number of threads gives the same bits.
public final class ThreadPool: Sendable {
  /// How many threads take part in a parallel loop, the calling one included.
  public let threadCount: Int

  private let coordination: Coordination

  /// Starts a pool of `threadCount` threads, `threadCount - 1` of them its own.
  public init(threadCount: Int) {
    precondition(threadCount >= 1, "a pool needs at least 1 thread, got \(threadCount)")
    self.threadCount = threadCount
    coordination = Coordination()
    for _ in 1..<threadCount {
      let coordination = coordination
      let thread = Thread { coordination.serve() }
      thread.stackSize = 4 << 20
      thread.name = "samara-worker"
      thread.start()
    }
  }

  deinit { coordination.shutDown() }

  /// Calls `body` once for each index below `count` and returns when all calls have.
  ///
  /// Called from inside a parallel loop, or while another caller holds the pool, the indices are
  /// walked in order on the calling thread; what is computed is the same.
  public func forEach(_ count: Int, _ body: @escaping (Int) -> Void) {
    guard count > 1, threadCount > 1, coordination.acquire() else {
      for index in 0..<count { body(index) }
      return
    }
    coordination.run(Job(count: count, body: body))
    coordination.release()
  }

  /// Runs a loop of as many indices as there are threads, each on a thread of its own; false if another
  /// caller holds the pool.
  func runOnEveryThread(_ job: Job) -> Bool {
    guard coordination.acquire() else { return false }
    coordination.run(job)
    coordination.release()
    return true
  }

  /// Calls `body` with consecutive ranges that cover `0..<count`, each of `grain` elements at most.
  ///
  /// The cuts depend on `count` and `grain` alone, so reductions over them do not depend on the
  /// number of threads.
  public func forEachRange(_ count: Int, grain: Int, _ body: @escaping (Range<Int>) -> Void) {
    let pieces = (count + grain - 1) / grain
    forEach(pieces) { piece in
      body(piece * grain..<min(count, (piece + 1) * grain))
    }
  }
}

extension ThreadPool {
  private static let configured = Mutex<ThreadPool?>(nil)

  /// The pool that kernels use; one thread a core until `configure(threadCount:)` says otherwise.
  public static var shared: ThreadPool {
    configured.withLock { pool in
      if let pool { return pool }
      let created = ThreadPool(threadCount: ProcessInfo.processInfo.activeProcessorCount)
      pool = created
      return created
    }
  }

  /// Replaces the shared pool. Call it once, before the first kernel.
  public static func configure(threadCount: Int) {
    configured.withLock { $0 = ThreadPool(threadCount: threadCount) }
  }
}

/// A parallel loop in flight.
final class Job: @unchecked Sendable {
  let count: Int
  let body: (Int) -> Void
  let next = Atomic<Int>(0)
  let finished = Atomic<Int>(0)

  init(count: Int, body: @escaping (Int) -> Void) {
    self.count = count
    self.body = body
  }

  /// Makes the loop run once more.
  func reset() {
    finished.store(0, ordering: .relaxed)
    next.store(0, ordering: .releasing)
  }

  /// Takes indices until none are left.
  func work() {
    while true {
      let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
      guard index < count else { return }
      body(index)
      finished.wrappingAdd(1, ordering: .releasing)
    }
  }

  var isFinished: Bool { finished.load(ordering: .acquiring) == count }
}

/// What the calling thread and the workers share.
private final class Coordination: Sendable {
  private struct Board {
    var job: Job?
    var isStopping = false
  }

  /// A spin of about 30 µs bridges the gap between two kernels of one step without a system call.
  private static let spinCount = 4_000

  private let generation = Atomic<Int>(0)
  private let isBusy = Atomic<Bool>(false)
  private let board = Mutex(Board())
  private let condition = NSCondition()

  func acquire() -> Bool {
    isBusy.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged
  }

  func release() { isBusy.store(false, ordering: .releasing) }

  func run(_ job: Job) {
    board.withLock { $0.job = job }
    announce()
    job.work()
    while !job.isFinished { pause() }
    board.withLock { $0.job = nil }
  }

  func shutDown() {
    board.withLock { $0.isStopping = true }
    announce()
  }

  /// The life of a worker: wait for the next generation, help with its job, repeat.
  func serve() {
    var seen = 0
    while true {
      seen = waitForGeneration(after: seen)
      let (job, isStopping) = board.withLock { ($0.job, $0.isStopping) }
      if isStopping { return }
      job?.work()
    }
  }

  private func announce() {
    condition.lock()
    generation.wrappingAdd(1, ordering: .releasing)
    condition.broadcast()
    condition.unlock()
  }

  private func waitForGeneration(after seen: Int) -> Int {
    for _ in 0..<Self.spinCount {
      let current = generation.load(ordering: .acquiring)
      if current != seen { return current }
      pause()
    }
    condition.lock()
    defer { condition.unlock() }
    while generation.load(ordering: .acquiring) == seen { condition.wait() }
    return generation.load(ordering: .acquiring)
  }

  /// Keeps a spinning loop from being folded away.
  @inline(__always) private func pause() { atomicMemoryFence(ordering: .acquiring) }
}
