import Corpora
import Foundation
import Testing

struct LengthSketchTests {
  @Test(arguments: [0.0, 1, 3, 8, 20, 43])
  func quantilesAreWithinAHundredth(decades: Double) throws {
    var generator = TestGenerator(state: UInt64(decades))
    var lengths = (0..<5_000).map { _ in
      Int(exp(Double.random(in: 0...1, using: &generator) * decades)) - 1
    }
    var sketch = LengthSketch()
    for length in lengths { sketch.add(length) }
    lengths.sort()
    for share in [0, 0.001, 0.05, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 1] {
      let exact = lengths[max(1, Int((share * 5_000).rounded(.up))) - 1]
      let found = try #require(sketch.quantile(share))
      #expect(abs(Double(found - exact)) <= Double(exact) / 128, "\(share): \(found), not \(exact)")
    }
    #expect(sketch.minimum == lengths[0] && sketch.maximum == lengths[4_999])
    #expect(sketch.count == 5_000)
  }

  @Test func smallLengthsAreExact() {
    var sketch = LengthSketch()
    for length in 0..<128 { sketch.add(length) }
    for length in 0..<128 { #expect(sketch.quantile(Double(length + 1) / 128) == length) }
    #expect(sketch.mean == 63.5)
  }

  @Test func histogramsCountEveryLengthOnce() {
    var sketch = LengthSketch()
    for length in [3, 4, 7, 8, 1_023, 1_024, 1_025, 0] { sketch.add(length) }
    let bins = sketch.histogram
    #expect(bins.map(\.count) == [1, 0, 1, 2, 1, 0, 0, 0, 0, 0, 1, 2])
    #expect(bins.first?.range == 0...0 && bins[1].range == 1...1 && bins[3].range == 4...7)
    #expect(bins.last?.range == 1_024...2_047)
    for (bin, next) in zip(bins, bins.dropFirst()) {
      #expect(bin.range.upperBound + 1 == next.range.lowerBound)
    }
    #expect(LengthSketch().histogram.isEmpty)
    var later = LengthSketch()
    later.add(300)
    #expect(later.histogram.map(\.range) == [256...511] && later.histogram[0].count == 1)
  }

  @Test func partsAddUpInAnyOrder() {
    var generator = TestGenerator(state: 9)
    var parts = [LengthSketch](repeating: LengthSketch(), count: 4)
    var whole = LengthSketch()
    for _ in 0..<1_000 {
      let length = Int.random(in: 0..<100_000, using: &generator)
      whole.add(length)
      parts[Int.random(in: 0..<3, using: &generator)].add(length)
    }
    for order in [[0, 1, 2, 3], [3, 2, 1, 0]] {
      var sum = LengthSketch()
      for part in order { sum.add(parts[part]) }
      #expect(sum == whole)
    }
  }

  @Test func extremes() {
    var sketch = LengthSketch()
    #expect(sketch.quantile(0.5) == nil && sketch.mean == 0)
    sketch.add(.max)
    sketch.add(.max)
    #expect(sketch.quantile(0.5) == .max && sketch.total == .max)
    let top = (1 << 62)...Int.max
    #expect(sketch.histogram.map(\.range) == [top])
    #expect(sketch.quantile(.nan) == nil && sketch.quantile(-3) == .max)
    #expect(sketch.quantile(.infinity) == .max)
  }

  @Test func theJSONIsForReaders() throws {
    var sketch = LengthSketch()
    for length in 1...100 { sketch.add(length) }
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    #expect(
      String(decoding: try encoder.encode(sketch), as: UTF8.self)
        == #"{"count":100,"histogram":[[1,1,1],[2,3,2],[4,7,4],[8,15,8],[16,31,16],[32,63,32],"#
        + #"[64,127,37]],"maximum":100,"mean":50.5,"median":50,"minimum":1,"percentile25":25,"#
        + #""percentile5":5,"percentile75":75,"percentile95":95,"percentile99":99,"total":5050}"#)
  }
}
