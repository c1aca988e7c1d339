import Corpora
import Foundation
import TestSupport
import Testing

@Suite struct BestFitPackerTests {
  /// Best-fit decreasing in the fewest words: sort, look at every row, take the fullest that holds it.
  private static func plain(_ packer: BestFitPacker, _ counts: [Int]) -> [[PackedRow.Stretch]] {
    let length = packer.sequenceLength
    var stretches: [PackedRow.Stretch] = []
    for (piece, count) in counts.enumerated() where count >= 2 {
      var start = 0
      while count - start > length + 1 {
        stretches.append(.init(piece: piece, tokens: start..<start + length + 1))
        start += length
      }
      stretches.append(.init(piece: piece, tokens: start..<count))
    }
    let order = stretches.indices.sorted {
      let (a, b) = (stretches[$0].tokens.count, stretches[$1].tokens.count)
      return (b, $0) < (a, $1)
    }
    /// A row's room, and when it came to have it.
    var rows: [(room: Int, since: Int, stretches: [PackedRow.Stretch])] = []
    for (time, index) in order.enumerated() {
      let tokens = stretches[index].tokens.count
      let cost = packer.attention == .row ? tokens : tokens - 1
      let fitting = rows.indices.filter { rows[$0].room >= cost }
      let best = fitting.min { (rows[$0].room, rows[$0].since) < (rows[$1].room, rows[$1].since) }
      if let best {
        rows[best].room -= cost
        rows[best].since = time
        rows[best].stretches.append(stretches[index])
      } else {
        let room = packer.attention == .row ? length + 1 : length
        rows.append((room - cost, time, [stretches[index]]))
      }
    }
    return rows.map { row in
      row.stretches.sorted { ($0.piece, $0.tokens.lowerBound) < ($1.piece, $1.tokens.lowerBound) }
    }.sorted {
      ($0[0].piece, $0[0].tokens.lowerBound) < ($1[0].piece, $1[0].tokens.lowerBound)
    }
  }

  /// First fit in order of arrival, over the same stretches: how many rows it takes.
  private static func firstFit(_ packer: BestFitPacker, _ counts: [Int]) -> Int {
    let length = packer.sequenceLength
    var rooms: [Int] = []
    for var count in counts where count >= 2 {
      while true {
        let tokens = min(count, length + 1)
        let cost = packer.attention == .row ? tokens : tokens - 1
        if let row = rooms.firstIndex(where: { $0 >= cost }) {
          rooms[row] -= cost
        } else {
          rooms.append((packer.attention == .row ? length + 1 : length) - cost)
        }
        if count <= length + 1 { break }
        count -= length
      }
    }
    return rooms.count
  }

  /// Lengths as documents have them: many short ones, a long tail.
  private static func window(_ count: Int, longest: Int, seed: UInt64) -> [Int] {
    var generator = TestGenerator(state: seed)
    return (0..<count).map { _ in
      let share = Double.random(in: 0..<1, using: &generator)
      return Int(Double(longest) * share * share * share)
    }
  }

  @Test(arguments: AttentionScope.allCases, [1, 2, 5, 64, 100, 2_048])
  func itIsBestFitDecreasing(attention: AttentionScope, length: Int) {
    let packer = BestFitPacker(sequenceLength: length, attention: attention)
    for seed in 0..<8 {
      let counts = Self.window(150, longest: length * 3 + 4, seed: UInt64(seed))
      #expect(packer.rows(ofPieces: counts).map(\.stretches) == Self.plain(packer, counts))
    }
  }

  @Test(arguments: AttentionScope.allCases)
  func everyTokenOnceAndNoneCutThatFits(attention: AttentionScope) {
    for length in [1, 3, 17, 64, 65, 512] {
      let packer = BestFitPacker(sequenceLength: length, attention: attention)
      let counts = Self.window(500, longest: length * 4, seed: UInt64(length))
      let rows = packer.rows(ofPieces: counts)
      var stretches = [[Range<Int>]](repeating: [], count: counts.count)
      for stretch in rows.flatMap(\.stretches) { stretches[stretch.piece].append(stretch.tokens) }
      for (piece, count) in counts.enumerated() {
        let ranges = stretches[piece].sorted { $0.lowerBound < $1.lowerBound }
        if count < 2 {
          #expect(ranges.isEmpty)
        } else if count <= length + 1 {
          #expect(ranges == [0..<count])
        } else {
          // Each begins with the last token of the one before: a target once, an input once.
          #expect(ranges.first?.lowerBound == 0 && ranges.last?.upperBound == count)
          #expect(zip(ranges, ranges.dropFirst()).allSatisfy { $0.upperBound - 1 == $1.lowerBound })
          #expect(ranges.dropLast().allSatisfy { $0.count == length + 1 })
          #expect(ranges.allSatisfy { $0.count >= 2 })
        }
      }
      let room = attention == .row ? length + 1 : length
      for row in rows {
        let cost = row.stretches.reduce(0) {
          $0 + $1.tokens.count - (attention == .row ? 0 : 1)
        }
        #expect((1...room).contains(cost))
      }
      // What two rows hold would not fit in one, so at most one row is no more than half full.
      let sparse = rows.count { row in
        row.stretches.reduce(0) { $0 + $1.tokens.count - (attention == .row ? 0 : 1) } * 2 <= room
      }
      #expect(sparse <= 1)
    }
  }

  /// By first pieces, and in a row by pieces: what is long does not come first.
  @Test func rowsComeInOrderOfArrival() {
    let packer = BestFitPacker(sequenceLength: 10, attention: .row)
    let rows = packer.rows(ofPieces: [3, 30, 8, 11, 2, 6])
    let stretch = PackedRow.Stretch.init(piece:tokens:)
    #expect(
      rows.map(\.stretches) == [
        [stretch(0, 0..<3), stretch(2, 0..<8)],
        [stretch(1, 0..<11)], [stretch(1, 10..<21)], [stretch(1, 20..<30)],
        [stretch(3, 0..<11)],
        [stretch(4, 0..<2), stretch(5, 0..<6)],
      ])
    let random = packer.rows(ofPieces: Self.window(400, longest: 40, seed: 3))
    let firsts = random.map { ($0.stretches[0].piece, $0.stretches[0].tokens.lowerBound) }
    #expect(zip(firsts, firsts.dropFirst()).allSatisfy { $0 < $1 })
    for row in random {
      #expect(zip(row.stretches, row.stretches.dropFirst()).allSatisfy { $0.piece < $1.piece })
    }
  }

  @Test(arguments: AttentionScope.allCases)
  func itTakesNoMoreRowsThanFirstFit(attention: AttentionScope) {
    let packer = BestFitPacker(sequenceLength: 256, attention: attention)
    var (best, first) = (0, 0)
    for seed in 0..<60 {
      let counts = Self.window(300, longest: 20 * (seed + 3), seed: UInt64(seed))
      let rows = packer.rows(ofPieces: counts).count
      let firstFit = Self.firstFit(packer, counts)
      #expect(rows <= firstFit)
      best += rows
      first += firstFit
    }
    #expect(best < first)
  }

  @Test(arguments: AttentionScope.allCases)
  func worstCases(attention: AttentionScope) {
    let packer = BestFitPacker(sequenceLength: 100, attention: attention)
    #expect(packer.rows(ofPieces: []).isEmpty)
    #expect(packer.rows(ofPieces: [0, 1, 1, 0]).isEmpty)
    // All fill a row.
    #expect(packer.rows(ofPieces: [Int](repeating: 101, count: 50)).count == 50)
    // One token more makes one target more.
    let cut = packer.rows(ofPieces: [102])
    #expect(
      cut.map(\.stretches) == [
        [.init(piece: 0, tokens: 0..<101)], [.init(piece: 0, tokens: 100..<102)],
      ])
    #expect(PackingStatistics(cut, packedBy: packer).piecesCut == 1)
    // All of one length: as many to a row as fit.
    for count in [2, 3, 34, 50, 51, 52, 53, 100] {
      let perRow = attention == .row ? 101 / count : 100 / (count - 1)
      let rows = packer.rows(ofPieces: [Int](repeating: count, count: 1_000))
      #expect(rows.count == (1_000 + perRow - 1) / perRow)
      #expect(rows.allSatisfy { $0.stretches.count <= perRow })
    }
    // The largest row that there can be beside the smallest pieces.
    let wide = BestFitPacker(sequenceLength: 1 << 20, attention: attention)
    #expect(wide.rows(ofPieces: [Int](repeating: 2, count: 1_000) + [1 << 20]).count <= 2)
  }

  @Test func statistics() {
    let packer = BestFitPacker(sequenceLength: 10, attention: .document)
    let rows = packer.rows(ofPieces: [11, 6, 6, 25, 1])
    let statistics = PackingStatistics(rows, packedBy: packer)
    #expect(statistics.rows == 5 && statistics.piecesCut == 1)
    #expect(statistics.tokensUsed == 10 + 5 + 5 + 24 && statistics.tokensPadded == 6)
    #expect(statistics.utilization == 44.0 / 50)
    #expect(PackingStatistics([], packedBy: packer).utilization == 1)
  }

  /// 100,000 pieces in well under a second; twice as many take about twice as long.
  @Test func manyPiecesArePackedAtOnce() {
    let packer = BestFitPacker(sequenceLength: 2_048, attention: .document)
    let counts = Self.window(100_000, longest: 6_000, seed: 1)
    var rows: [PackedRow] = []
    let elapsed = ContinuousClock().measure { rows = packer.rows(ofPieces: counts) }
    // A search over all rows takes minutes; a busy machine may take ten times the 10 ms or so.
    #expect(elapsed < .seconds(1))
    let statistics = PackingStatistics(rows, packedBy: packer)
    #expect(statistics.tokensUsed == counts.reduce(0) { $0 + max(0, $1 - 1) })
    #expect(statistics.utilization > 0.995)
  }

  /// The paper's claim on web text, a token every four bytes: against rows of joined documents,
  /// hardly more rows, and only documents that no row can hold are cut.
  @Test(
    .enabled(if: SharedData.has("data/corpora/c4_demo.jsonl"), "no shared data"),
    arguments: [512, 1_024, 2_048])
  func realDocumentsFillRows(length: Int) throws {
    let path = SharedData.path("data/corpora/c4_demo.jsonl")
    let counts = try documents([path]).map { $0.utf8.count / 4 + 2 }
    #expect(counts.count == 300)
    let packer = BestFitPacker(sequenceLength: length, attention: .document)
    let statistics = PackingStatistics(packer.rows(ofPieces: counts), packedBy: packer)
    // Joined end to end: a document is cut where a row ends inside it.
    let total = counts.reduce(0, +)
    var (start, joinedCuts) = (0, 0)
    for count in counts {
      joinedCuts += (start + count - 1) / length > start / length ? 1 : 0
      start += count
    }
    #expect(statistics.piecesCut == counts.count { $0 > length + 1 })
    #expect(statistics.piecesCut * 2 < joinedCuts)
    #expect(Double(statistics.rows) <= 1.02 * Double((total + length - 1) / length) + 1)
  }
}
