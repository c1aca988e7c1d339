import Foundation
import Synchronization

/// Threads that run one program together and wait for one another between its parts.
///
/// Writing a token is a hundred small products in a row. A parallel loop for each would wake the pool a
/// hundred times and make as many closures; a team is woken once a token, and its barriers cost a
/// fraction of a microsecond. What a member does follows from its index and the number of members, so
/// programs must give the same bits whatever that number is.
package final class ThreadTeam: @unchecked Sendable {
  /// One of the threads.
  package struct Member {
    package let index: Int
    package let count: Int
    fileprivate let barrier: Barrier

    /// Waits until all members are here; what they wrote before can be read afterwards.
    @inline(__always)
    package func wait() { if count > 1 { barrier.wait(count) } }

    /// This member's share of so many things, in whole grains: a range that borders on its
    /// neighbours'.
    @inline(__always)
    package func share(of total: Int, grain: Int) -> Range<Int> {
      let grains = (total + grain - 1) / grain
      return min(
        total, grains * index / count * grain)..<min(
          total, grains * (index + 1) / count * grain)
    }
  }

  /// Where members meet. Whoever comes last opens it.
  final class Barrier: Sendable {
    private let arrived = Atomic<Int>(0)
    private let round = Atomic<Int>(0)
    /// A member that has the core to itself waits a microsecond; one whose neighbour lost the core
    /// gives it back after some tens.
    private static let patience = 20_000

    func wait(_ count: Int) {
      let current = round.load(ordering: .acquiring)
      if arrived.wrappingAdd(1, ordering: .acquiringAndReleasing).newValue == count {
        arrived.store(0, ordering: .relaxed)
        round.store(current &+ 1, ordering: .releasing)
        return
      }
      var spins = 0
      while round.load(ordering: .acquiring) == current {
        spins += 1
        if spins > Self.patience { sched_yield() }
      }
    }
  }

  private let program: (Member) -> Void
  private let pool: ThreadPool
  private let job: Job

  /// A team of all threads of a pool. The program is kept, so that running it allocates nothing.
  package init(of pool: ThreadPool = .shared, _ program: @escaping (Member) -> Void) {
    self.pool = pool
    self.program = program
    let (barrier, count) = (Barrier(), pool.threadCount)
    job = Job(count: count) { index in
      program(Member(index: index, count: count, barrier: barrier))
    }
  }

  /// Runs the program once; alone where another caller holds the pool.
  package func run() {
    job.reset()
    guard pool.threadCount > 1, pool.runOnEveryThread(job) else {
      program(Member(index: 0, count: 1, barrier: Self.noBarrier))
      return
    }
  }

  private static let noBarrier = Barrier()
}
