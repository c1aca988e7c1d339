import Foundation
import Terminal
import Testing

@Suite struct CurvePlotTests {
  private func plot(
    _ points: [(Double, Double)], scale: CurvePlot.Scale = .linear, rows: Int = 5
  ) -> CurvePlot {
    CurvePlot(
      title: "", horizontalTitle: "x",
      series: [.init("a", points: points.map { .init(x: $0.0, y: $0.1) })],
      verticalScale: scale, rowCount: rows)
  }

  private func lines(_ text: String) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  /// The plotted areas' text, without labels and axes.
  private func area(_ text: String) -> [String] {
    lines(text).compactMap { line in
      line.firstIndex { "│┤|+".contains($0) }.map { String(line[line.index(after: $0)...]) }
    }
  }

  @Test func drawsADiagonal() {
    // 37 columns and 5 lines of ASCII: exact Bresenham steps from corner to corner.
    let text = plot([(0, 0), (10, 4)]).rendered(for: .init(width: 40, usesUnicode: false))
    let rows = area(text).prefix(5)
    #expect(rows.count == 5)
    // Each line continues in the column after the end of the one below.
    var column = 0
    for line in rows.reversed() {
      let marks = Array(line)
      #expect(marks[..<column].allSatisfy { $0 == " " })
      #expect(marks[column...].allSatisfy { $0 == "*" } && marks.count > column)
      column = marks.count
    }
    #expect(column == 37)
    #expect(lines(text).last { !$0.isEmpty }?.contains("10") == true)
  }

  @Test func usesTheDotsOfBraille() {
    // A flat line at the lowest dots but for one peak at the right border.
    let text = plot([(0, 0), (1, 0), (1, 1)], rows: 2).rendered(for: .init(width: 40))
    let rows = area(text)
    #expect(rows[0] == String(repeating: " ", count: rows[1].count - 1) + "⢸")
    #expect(rows[1] == String(repeating: "⣀", count: rows[1].count - 1) + "⣸")
  }

  @Test func skipsWhatCannotBeDrawn() {
    let clean = plot([(0, 1), (1, 2), (2, 1)]).rendered(for: .init())
    let dirty = plot([
      (0, 1), (.nan, 3), (0.5, .nan), (1, 2), (1.2, .infinity), (2, 1), (.infinity, 1),
      (1.5, -1e305),
    ])
    #expect(dirty.rendered(for: .init()) == clean)
    let logarithmic = plot([(0, 0), (1, -5), (2, 1), (3, 10)], scale: .logarithmic)
    let positive = plot([(2, 1), (3, 10)], scale: .logarithmic)
    #expect(logarithmic.rendered(for: .init()) == positive.rendered(for: .init()))
    #expect(plot([]).rendered(for: .init()) == "(no data)\n")
    #expect(plot([(1, .nan)]).rendered(for: .init()) == "(no data)\n")
  }

  @Test func survivesExtremes() {
    let extremes: [[(Double, Double)]] = [
      [(0, 5)], [(0, 0), (1, 0)], [(0, -1e299), (1, 1e299)],
      [(0, .leastNonzeroMagnitude), (1, .leastNormalMagnitude)],
      [(1e16, 1), (1e16 + 2, 1)], [(0, 1e16), (1, 1e16 + 2)], [(-1e299, 0), (1e299, 1)],
      [(0, 1e-299), (1, 1e299)], [(0, -0.0), (0, 0.0)],
    ]
    for points in extremes {
      for scale in [CurvePlot.Scale.linear, .logarithmic] {
        for width in [40, 41, 80, 200] {
          let text = plot(points, scale: scale).rendered(for: .init(width: width))
          #expect(lines(text).allSatisfy { DisplayWidth.of($0) <= width })
        }
      }
    }
  }

  @Test func takesMeansOfLongRuns() {
    // Alternating 0 and 2 for long is a flat line at 1; the end points span the range.
    var points: [(Double, Double)] = (0..<100_000).map { (Double($0), $0 % 2 == 0 ? 0 : 2) }
    points += [(-1_000, -38), (101_000, 40)]
    let rows = area(plot(points, rows: 9).rendered(for: .init(width: 80, usesUnicode: false)))
    // The flat part is in one line, the middle one.
    let counts = rows.prefix(9).map { row in row.count { $0 == "*" } }
    #expect(counts[4] > 65)
    #expect(counts.reduce(0, +) - counts[4] < 15)
  }

  @Test func hidesWhatIsAboveTheLimit() {
    var limited = plot((0...50).map { (Double($0), Double(50 - $0)) })
    limited.verticalLimit = 10
    let text = limited.rendered(for: .init(usesUnicode: false))
    #expect(text.contains("10 +") && !text.contains("20 +"))
    // The axis of x is still the whole one.
    #expect(text.contains(" 50\n"))
  }

  @Test func labelsWithRoundNumbers() {
    let linear = plot((0...100).map { (Double($0) * 137, 2.3 + Double($0) / 25) }, rows: 12)
      .rendered(for: .init())
    for label in ["3 ┤", "4 ┤", "5 ┤", "6 ┤"] { #expect(linear.contains(label)) }
    #expect(linear.contains("2K") || linear.contains("2,000"))
    let decades = plot(
      (0...60).map { (Double($0), pow(10, Double($0) / 10 - 3)) }, scale: .logarithmic, rows: 13
    )
    .rendered(for: .init())
    for label in ["0.001 ┤", "1 ┤", "1000 ┤"] { #expect(decades.contains(label)) }
    let rates = plot([(0, 0), (1, 6e-4)], rows: 6).rendered(for: .init())
    #expect(rates.contains("0.0002 ┤"))
  }

  @Test func drawsTwoSeries() {
    let first = (0...20).map { CurvePlot.Point(x: Double($0), y: 0) }
    let second = (0...20).map { CurvePlot.Point(x: Double($0), y: 1) }
    let both = CurvePlot(
      title: "t", horizontalTitle: "x",
      series: [.init("a", points: first), .init("b", points: second)],
      rowCount: 2)
    let rows = lines(both.rendered(for: .init(width: 40)))
    #expect(rows[0] == "t")
    #expect(rows[1] == "⠒⠒ a   ⠂⠂ b")
    #expect(rows[2].hasSuffix(String(repeating: "⠁", count: 30)))
    #expect(rows[3].hasSuffix(String(repeating: "⣀", count: 30)))
    let ascii = lines(both.rendered(for: .init(width: 40, usesUnicode: false)))
    #expect(ascii[1] == "** a   oo b")
    #expect(ascii[2].hasSuffix("oooo") && ascii[3].hasSuffix("****"))
    let colored = both.rendered(for: .init(width: 40, usesColor: true))
    #expect(colored.contains("\u{1B}[36m⣀") && colored.contains("\u{1B}[33m⠁"))
  }

  @Test func keepsToTheWidth() {
    let points = (0...5_000).map {
      CurvePlot.Point(x: Double($0) * 1e6, y: 3 + 8 / (1 + Double($0) / 99))
    }
    for width in 40...200 {
      for usesUnicode in [true, false] {
        let text = CurvePlot(
          title: "a title that is far too long for the narrow ones", horizontalTitle: "tokens",
          series: [.init("日本語-long-name-of-a-run", points: points), .init("b", points: points)]
        ).rendered(for: .init(width: width, usesUnicode: usesUnicode))
        #expect(lines(text).allSatisfy { DisplayWidth.of($0) <= width })
        #expect(lines(text).contains { DisplayWidth.of($0) == width })
        #expect(
          usesUnicode
            || text.unicodeScalars.allSatisfy { $0.isASCII || "日本語".unicodeScalars.contains($0) })
      }
    }
  }
}
