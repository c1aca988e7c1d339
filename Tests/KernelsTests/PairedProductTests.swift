import Kernels
import Testing

/// A small generator, so that failures repeat.
private struct Generator: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return (state ^ (state >> 29)) &* 0x9E37_79B9_7F4A_7C15
  }
}

private let notANumber = BFloat16(bits: 0x7FC0)

/// One product with random operands, and every way to compute it.
private struct Sample {
  var rows: Int
  var inner: Int
  var columns: Int
  var aIsTransposed: Bool
  var bIsTransposed: Bool
  var aStride: Int
  var bStride: Int
  var cStride: Int
  var isAccumulating: Bool
  var a: [BFloat16]
  var bFloats: [Float]
  var b: [BFloat16]
  var c: [Float]

  init(
    _ rows: Int, _ inner: Int, _ columns: Int, a: Bool = false, b: Bool = false,
    isAccumulating: Bool = false, padding: Int = 3
  ) {
    var random = Generator(state: UInt64(rows * 31 + inner * 7 + columns))
    (self.rows, self.inner, self.columns) = (rows, inner, columns)
    (aIsTransposed, bIsTransposed) = (a, b)
    aStride = (a ? rows : inner) + padding
    bStride = (b ? inner : columns) + padding
    cStride = columns + padding
    self.isAccumulating = isAccumulating
    func numbers(_ count: Int) -> [Float] {
      (0..<count).map { _ in Float.random(in: -1...1, using: &random) }
    }
    self.a = numbers((a ? inner : rows) * aStride).map(BFloat16.init)
    bFloats = numbers((b ? columns : inner) * bStride)
    self.b = bFloats.map(BFloat16.init)
    c = numbers(rows * cStride)
    // What lies between the rows must not reach the result.
    for index in self.a.indices where index % aStride >= aStride - padding {
      self.a[index] = notANumber
    }
    for index in self.b.indices where index % bStride >= bStride - padding {
      self.b[index] = notANumber
      bFloats[index] = .nan
    }
  }

  func scratch() -> [UInt16] {
    .init(
      repeating: 0x7FC0,
      count: PairedProduct.scratchCount(
        ProductSize(rows: rows, columns: columns, inner: inner), transposesA: aIsTransposed,
        packsB: true))
  }

  func packed(fromFloats: Bool) -> [UInt16] {
    var packed = [UInt16](
      repeating: 0x7FC0, count: PairedProduct.packedCount(inner: inner, columns: columns))
    pack(b, bFloats, fromFloats: fromFloats, into: &packed)
    return packed
  }

  private func pack(
    _ b: UnsafePointer<BFloat16>, _ bFloats: UnsafePointer<Float>, fromFloats: Bool,
    into packed: UnsafeMutablePointer<UInt16>
  ) {
    if fromFloats {
      PairedProduct.pack(
        Operand(bFloats, stride: bStride, isTransposed: bIsTransposed), inner: inner,
        columns: columns, into: packed)
    } else {
      PairedProduct.pack(
        Operand(b, stride: bStride, isTransposed: bIsTransposed), inner: inner, columns: columns,
        into: packed)
    }
  }

  func unpackedResult(_ instructions: PairedProduct.Instructions = .fastest) -> [Float] {
    partResult(rows: 0..<rows, columns: 0..<columns, packed: nil, instructions)
  }

  func packedResult(_ packed: [UInt16]) -> [Float] {
    partResult(rows: 0..<rows, columns: 0..<columns, packed: packed)
  }

  func shortResult(_ instructions: PairedProduct.Instructions = .fastest) -> [BFloat16] {
    var (c, scratch) = (c.map(BFloat16.init), scratch())
    multiply(a, b, &c, &scratch, instructions)
    return c
  }

  private func multiply(
    _ a: UnsafePointer<BFloat16>, _ b: UnsafePointer<BFloat16>,
    _ c: UnsafeMutablePointer<BFloat16>, _ scratch: UnsafeMutablePointer<UInt16>,
    _ instructions: PairedProduct.Instructions
  ) {
    PairedProduct.run(
      left(a, 0), Operand(b, stride: bStride, isTransposed: bIsTransposed),
      into: PairedProduct.Target(c, stride: cStride, isAccumulating: isAccumulating),
      ProductSize(rows: rows, columns: columns, inner: inner), scratch: scratch,
      using: instructions)
  }

  /// A part of the product, computed by itself.
  func partResult(
    rows: Range<Int>, columns: Range<Int>, packed: [UInt16]?,
    _ instructions: PairedProduct.Instructions = .fastest
  ) -> [Float] {
    var (c, scratch) = (c, scratch())
    if let packed {
      multiply(a, packed: packed, &c, &scratch, rows: rows, columns: columns)
    } else {
      multiply(a, b, &c, &scratch, rows: rows, columns: columns, instructions)
    }
    return c
  }

  private func left(_ a: UnsafePointer<BFloat16>, _ row: Int) -> Operand<BFloat16> {
    Operand(a, stride: aStride, isTransposed: aIsTransposed).dropping(rows: row)
  }

  private func target(
    _ c: UnsafeMutablePointer<Float>, _ row: Int, _ column: Int
  ) -> PairedProduct.Target<Float> {
    PairedProduct.Target(
      c + (row * cStride + column), stride: cStride, isAccumulating: isAccumulating)
  }

  private func multiply(
    _ a: UnsafePointer<BFloat16>, _ b: UnsafePointer<BFloat16>, _ c: UnsafeMutablePointer<Float>,
    _ scratch: UnsafeMutablePointer<UInt16>, rows: Range<Int>, columns: Range<Int>,
    _ instructions: PairedProduct.Instructions
  ) {
    let right = Operand(b, stride: bStride, isTransposed: bIsTransposed)
    PairedProduct.run(
      left(a, rows.lowerBound), right.dropping(columns: columns.lowerBound),
      into: target(c, rows.lowerBound, columns.lowerBound),
      ProductSize(rows: rows.count, columns: columns.count, inner: inner), scratch: scratch,
      using: instructions)
  }

  private func multiply(
    _ a: UnsafePointer<BFloat16>, packed: UnsafePointer<UInt16>,
    _ c: UnsafeMutablePointer<Float>, _ scratch: UnsafeMutablePointer<UInt16>,
    rows: Range<Int>, columns: Range<Int>
  ) {
    let offset = PairedProduct.packedOffset(inner: inner, column: columns.lowerBound)
    PairedProduct.run(
      left(a, rows.lowerBound), packed: packed + offset, packedInner: inner,
      into: target(c, rows.lowerBound, columns.lowerBound),
      ProductSize(rows: rows.count, columns: columns.count, inner: inner), scratch: scratch)
  }

  /// The sum, and the sum of magnitudes that bounds its error, in float64.
  func exact(_ row: Int, _ column: Int) -> (sum: Double, bound: Double) {
    var (sum, bound) = (0.0, 0.0)
    for k in 0..<inner {
      let left = a[aIsTransposed ? k * aStride + row : row * aStride + k]
      let right = b[bIsTransposed ? column * bStride + k : k * bStride + column]
      let product = Double(Float(left)) * Double(Float(right))
      sum += product
      bound += abs(product)
    }
    return (sum, bound)
  }

  /// The number of elements that are too far from the exact product, or that were not to be
  /// written and were.
  func errors(in result: [Float]) -> Int {
    var count = 0
    for row in 0..<rows {
      for column in 0..<cStride {
        let index = row * cStride + column
        if column >= columns {
          if result[index] != c[index] { count += 1 }
          continue
        }
        let (sum, bound) = exact(row, column)
        let expected = sum + (isAccumulating ? Double(c[index]) : 0)
        let tolerance = 1e-6 * bound + 1e-7 * abs(expected) + 1e-30
        if !(abs(Double(result[index]) - expected) <= tolerance) { count += 1 }
      }
    }
    return count
  }

  func errors(in result: [BFloat16]) -> Int {
    var count = 0
    for row in 0..<rows {
      for column in 0..<cStride {
        let index = row * cStride + column
        let before = BFloat16(c[index])
        if column >= columns {
          if result[index] != before { count += 1 }
          continue
        }
        let (sum, bound) = exact(row, column)
        let expected = sum + (isAccumulating ? Double(Float(before)) : 0)
        let tolerance = 1e-6 * bound + abs(expected) / 255 + 1e-30
        if !(abs(Double(Float(result[index])) - expected) <= tolerance) { count += 1 }
      }
    }
    return count
  }
}

private let orientations = [false, true]

/// Sizes around the edges of tiles and vectors, and beyond one block of rows.
private let sizes: [[Int]] = [
  [1, 1, 1], [8, 2, 48], [7, 3, 47], [9, 5, 49], [16, 64, 64], [13, 33, 17], [128, 64, 130],
  [33, 127, 65], [35, 31, 31], [1, 257, 96], [270, 19, 83], [5, 64, 200], [64, 66, 112],
]

@Suite struct PairedProductTests {
  @Test(arguments: sizes, orientations)
  func product(size: [Int], a: Bool) {
    for b in orientations {
      for isAccumulating in [false, true] {
        let sample = Sample(
          size[0], size[1], size[2], a: a, b: b, isAccumulating: isAccumulating)
        let result = sample.unpackedResult()
        #expect(sample.errors(in: result) == 0)
        #expect(sample.errors(in: sample.unpackedResult(.portable)) == 0)
        #expect(sample.packedResult(sample.packed(fromFloats: false)) == result)
        #expect(sample.errors(in: sample.shortResult()) == 0)
        #expect(sample.errors(in: sample.shortResult(.portable)) == 0)
      }
    }
  }

  @Test(arguments: sizes, orientations)
  func packsFloats(size: [Int], orientation: Bool) {
    let sample = Sample(size[0], size[1], size[2], b: orientation)
    let packed = sample.packed(fromFloats: false)
    #expect(sample.packed(fromFloats: true) == packed)
  }

  @Test func randomSizes() {
    var random = Generator(state: 1)
    for _ in 0..<60 {
      let size = (0..<3).map { _ in Int.random(in: 1...150, using: &random) }
      let sample = Sample(
        size[0], size[1], size[2], a: orientations.randomElement(using: &random) ?? false,
        b: orientations.randomElement(using: &random) ?? false,
        isAccumulating: .random(using: &random), padding: .random(in: 0...9, using: &random))
      let result = sample.unpackedResult()
      #expect(sample.errors(in: result) == 0, "\(size)")
      #expect(sample.packedResult(sample.packed(fromFloats: true)) == result, "\(size)")
      #expect(sample.errors(in: sample.shortResult()) == 0, "\(size)")
    }
  }

  /// The sums wait in memory between blocks of `inner`; blocks of columns are packed in turn.
  @Test(arguments: orientations, [2559, 5121, 12_000])
  func manyBlocks(orientation: Bool, inner: Int) {
    let sample = Sample(
      11, inner, 211, a: orientation, b: true, isAccumulating: true)
    let result = sample.unpackedResult()
    #expect(sample.errors(in: result) == 0)
    #expect(sample.packedResult(sample.packed(fromFloats: true)) == result)
    #expect(sample.errors(in: sample.shortResult()) == 0)
    #expect(sample.errors(in: sample.unpackedResult(.portable)) == 0)
  }

  /// The bits do not depend on the orientations, which change how everything is read.
  @Test(arguments: [64, 131, 5400])
  func orientationsAgree(inner: Int) {
    let stored = Sample(37, inner, 70, padding: 0)
    var turned = Sample(37, inner, 70, a: true, b: true, padding: 0)
    for k in 0..<inner {
      for row in 0..<37 { turned.a[k * 37 + row] = stored.a[row * inner + k] }
      for column in 0..<70 { turned.b[column * inner + k] = stored.b[k * 70 + column] }
    }
    turned.c = stored.c
    #expect(turned.unpackedResult() == stored.unpackedResult())
    #expect(turned.shortResult() == stored.shortResult())
  }

  /// Any cut of rows or columns gives the bits of the whole.
  @Test(arguments: orientations, orientations)
  func partsAgree(a: Bool, b: Bool) {
    for inner in [65, 2700] {
      let sample = Sample(150, inner, 150, a: a, b: b, isAccumulating: true)
      let whole = sample.unpackedResult()
      let packed = sample.packed(fromFloats: false)
      for cut in [1, 16, 80, 149] {
        let top = sample.partResult(rows: 0..<cut, columns: 0..<150, packed: nil)
        let bottom = sample.partResult(rows: cut..<150, columns: 0..<150, packed: packed)
        let rowsAgree = whole.indices.allSatisfy {
          whole[$0] == ($0 / sample.cStride < cut ? top : bottom)[$0]
        }
        #expect(rowsAgree)
        let shared = cut % 16 == 0 ? packed : nil
        let left = sample.partResult(rows: 0..<150, columns: 0..<cut, packed: shared)
        let right = sample.partResult(rows: 0..<150, columns: cut..<150, packed: shared)
        let columnsAgree = whole.indices.allSatisfy {
          whole[$0] == ($0 % sample.cStride < cut ? left : right)[$0]
        }
        #expect(columnsAgree)
      }
    }
  }

  @Test func emptyProducts() {
    #expect(Sample(3, 0, 5).errors(in: Sample(3, 0, 5).unpackedResult()) == 0)
    let kept = Sample(9, 0, 50, isAccumulating: true)
    #expect(kept.unpackedResult() == kept.c)
    #expect(kept.packedResult(kept.packed(fromFloats: true)) == kept.c)
    #expect(Sample(9, 0, 50).errors(in: Sample(9, 0, 50).shortResult()) == 0)
    #expect(Sample(0, 7, 5).unpackedResult().isEmpty)
    #expect(Sample(4, 7, 0).unpackedResult() == Sample(4, 7, 0).c)
  }

  /// A product may use fewer rows and columns of a packed factor than it has.
  @Test func aPackedFactorServesSmallerProducts() {
    let whole = Sample(16, 96, 80)
    let packed = whole.packed(fromFloats: false)
    var part = whole
    (part.inner, part.columns) = (60, 33)
    var (c, scratch) = (part.c, whole.scratch())
    PairedProduct.run(
      Operand(part.a, stride: part.aStride), packed: packed, packedInner: 96,
      into: PairedProduct.Target(&c, stride: part.cStride, isAccumulating: false),
      ProductSize(rows: 16, columns: 33, inner: 60), scratch: &scratch)
    #expect(part.errors(in: c) == 0)
  }

  /// Every engine that this machine has, by the public way, over the pool.
  @Test(arguments: [(1, 1, 1), (130, 70, 50), (64, 500, 33), (40, 33, 300)])
  func enginesAgree(rows: Int, inner: Int, columns: Int) {
    let sample = Sample(rows, inner, columns, padding: 0)
    let a = Buffer(uninitializedCount: rows * inner, of: .bfloat16)
    for index in 0..<rows * inner { a.bfloat16Pointer[index] = sample.a[index] }
    let b = Buffer(sample.bFloats.map { Float(BFloat16($0)) })
    for engine in BFloat16Product.available {
      let c = Buffer(uninitializedCount: rows * columns)
      MatrixMultiply.run(
        .asStored(a), .asStored(b), into: c, rows: rows, columns: columns, inner: inner,
        engine: engine)
      let result = (0..<rows * columns).map { c.pointer[$0] }
      #expect(sample.errors(in: result) == 0, "\(engine.name)")
    }
  }
}
