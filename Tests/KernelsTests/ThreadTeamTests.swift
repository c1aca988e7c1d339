import Kernels
import Testing

@Suite struct ThreadTeamTests {
  /// What members write; a barrier orders who reads it.
  private final class Board: @unchecked Sendable {
    let cells: UnsafeMutableBufferPointer<Int>
    var faults = 0

    init(_ count: Int) {
      cells = .allocate(capacity: count)
      cells.initialize(repeating: 0)
    }

    deinit { cells.deallocate() }
  }

  @Test(arguments: [1, 2, 5])
  func whatIsWrittenBeforeABarrierIsReadAfterIt(threads: Int) {
    let pool = ThreadPool(threadCount: threads)
    let board = Board(threads)
    let team = ThreadTeam(of: pool) { member in
      let cells = board.cells
      for round in 1...200 {
        cells[member.index] += round
        member.wait()
        let isEqual = cells.allSatisfy { $0 == cells[member.index] }
        member.wait()
        if !isEqual { board.faults += 1 }
      }
    }
    for _ in 0..<50 { team.run() }
    #expect(board.faults == 0)
    #expect(board.cells.allSatisfy { $0 == 50 * 200 * 201 / 2 })
  }

  @Test func sharesBorderOnEachOther() {
    let board = Board(1)
    for threads in [1, 2, 3, 8] {
      let pool = ThreadPool(threadCount: threads)
      for total in [0, 1, 15, 16, 17, 100, 1_003] {
        let ends = Board(threads)
        let starts = Board(threads)
        ThreadTeam(of: pool) { member in
          let share = member.share(of: total, grain: 16)
          starts.cells[member.index] = share.lowerBound
          ends.cells[member.index] = share.upperBound
          if share.lowerBound % 16 != 0, share.lowerBound != total { board.faults += 1 }
        }.run()
        #expect(Array(starts.cells) == [0] + ends.cells.dropLast() && ends.cells.last == total)
      }
    }
    #expect(board.faults == 0)
  }

  @Test func insideALoopOfThePoolATeamIsOne() {
    let pool = ThreadPool(threadCount: 2)
    let board = Board(2)
    pool.forEach(2) { index in
      ThreadTeam(of: pool) { member in
        board.cells[index] += member.count
        member.wait()
      }.run()
    }
    #expect(Array(board.cells) == [1, 1])
  }
}
