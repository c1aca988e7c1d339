import Synchronization

/// Where the time of a step goes, kernel by kernel.
///
/// Off, it costs each kernel one relaxed read. On, it belongs to one thread: the one that calls
/// kernels, whose parallel loops it times from outside.
public enum KernelClock {
  /// What one kernel has cost since the clock was started.
  public struct Entry: Sendable, Hashable {
    /// The kernel's name, for people.
    public let kernel: String
    public let calls: Int
    public let seconds: Double
    /// The floating-point operations of its matrix products; 0 where it has none.
    public let floatingPointOperations: Double
  }

  private struct Record {
    var calls = 0
    var elapsed = Duration.zero
    var floatingPointOperations = 0.0
  }

  private struct State {
    var records: [String: Record] = [:]
    var depth = 0
  }

  private static let isRunning = Atomic<Bool>(false)
  private static let state = Mutex(State())

  /// Forgets what was measured and begins to measure.
  public static func start() {
    state.withLock { $0 = State() }
    isRunning.store(true, ordering: .relaxed)
  }

  /// Stops measuring; the dearest kernel comes first.
  public static func stop() -> [Entry] {
    isRunning.store(false, ordering: .relaxed)
    let records = state.withLock { $0.records }
    return records.map { name, record in
      Entry(
        kernel: name, calls: record.calls, seconds: record.elapsed / .seconds(1),
        floatingPointOperations: record.floatingPointOperations)
    }.sorted { ($0.seconds, $1.kernel) > ($1.seconds, $0.kernel) }
  }

  /// Runs a kernel and adds its time to `name`; a kernel called by a kernel counts to the caller.
  @inline(__always)
  static func measure(
    _ name: StaticString, floatingPointOperations: Double = 0, _ body: () -> Void
  ) {
    guard isRunning.load(ordering: .relaxed) else { return body() }
    timed(name, floatingPointOperations, body)
  }

  @inline(never)
  private static func timed(
    _ name: StaticString, _ floatingPointOperations: Double, _ body: () -> Void
  ) {
    let isOutermost = state.withLock { state in
      state.depth += 1
      return state.depth == 1
    }
    let elapsed = ContinuousClock().measure(body)
    state.withLock { state in
      state.depth -= 1
      guard isOutermost else { return }
      var record = state.records["\(name)"] ?? Record()
      record.calls += 1
      record.elapsed += elapsed
      record.floatingPointOperations += floatingPointOperations
      state.records["\(name)"] = record
    }
  }
}
