import Testing

@testable import Evaluation

@Suite struct ScoreComparisonTests {
  private func comparison(_ columns: [EvaluationResult]...) -> ScoreComparison {
    ScoreComparison(
      columns.enumerated().map { .init(title: "\($0.offset)", results: $0.element) },
      published: PublishedScores.openELM)
  }

  @Test func publishedFiguresStandBesideBothAccuracies() throws {
    let rows = comparison(SampleResults.zeroShot(0.4)).rows
    let easy = rows.filter { $0.task == "arc_easy" }
    #expect(easy.map(\.metric) == ["acc", "acc_norm"])
    #expect(easy.allSatisfy { $0.published == [0.4508, 0.4806, 0.5543, 0.5989] })
    #expect(easy.allSatisfy { $0.isPublishedUncertain })
    let boolq = rows.filter { $0.task == "boolq" }
    #expect(boolq.count == 1 && !boolq[0].isPublishedUncertain)
  }

  @Test func theAverageIsOfSevenTasksWithPooledError() throws {
    let row = try #require(comparison(SampleResults.zeroShot(0.4)).rows.last)
    #expect(row.task == ScoreComparison.averageName)
    let cell = try #require(row.cells[0])
    // Five tasks at 0.41 and two at 0.40; √(7 · 0.01²) / 7.
    #expect(abs(cell.value - (5 * 0.41 + 2 * 0.4) / 7) < 1e-12)
    #expect(abs(try #require(cell.standardError) - 0.01 / 7.0.squareRoot()) < 1e-12)
    #expect(abs(try #require(row.chance) - 2.5 / 7) < 1e-12)
    #expect(row.published[0] == 0.5437)
    // Six tasks have no average.
    let six = comparison(Array(SampleResults.zeroShot(0.4).dropLast())).rows
    #expect(!six.contains { $0.task == ScoreComparison.averageName })
  }

  @Test func theBestIsMarkedWhereThereIsOne() throws {
    let (low, high) = (SampleResults.zeroShot(0.4), SampleResults.zeroShot(0.5))
    #expect(comparison(low, high, high).rows[0].best == [1, 2])
    #expect(comparison(high, high).rows[0].best.isEmpty)
    #expect(comparison(high).rows[0].best.isEmpty)
    let bits = comparison(
      [SampleResults.novels(bitsPerByte: 2)], [SampleResults.novels(bitsPerByte: 1)],
      [SampleResults.novels(bitsPerByte: .nan)])
    #expect(bits.rows[0].best == [1])
  }

  @Test func groupsIndentTheirMembers() {
    let rows = comparison(SampleResults.group(shots: 5)).rows
    #expect(rows.map(\.depth) == [0, 1, 1])
    #expect(rows.map(\.indentedName) == ["mmlu", "  anatomy", "  virology"])
    #expect(comparison(SampleResults.group(shots: 5)).summary.map(\.task) == ["mmlu"])
  }

  @Test func chanceIsOfAccuraciesOnly() {
    var result = SampleResults.arcAndNovels[0]
    result.metrics.append(
      .init(name: "perplexity", value: 9, standardError: nil, higherIsBetter: false))
    #expect(comparison([result]).rows.map(\.chance) == [0.25, 0.25, nil])
  }

  @Test func missingCellsAreNil() {
    let rows = comparison([SampleResults.arcAndNovels[0]], [SampleResults.generation]).rows
    #expect(rows.map { $0.cells.map { $0 != nil } }.first == [true, false])
    #expect(rows.map { $0.cells.map { $0 != nil } }.last == [false, true])
  }
}
