import Kernels
import Synchronization
import Tensors
import Testing

/// A batch's attention with segments, and a generator of such.
struct SegmentedCase: Sendable, CustomTestStringConvertible {
  var batch = 1
  let tokens: Int
  let queryHeads: Int
  let keyValueHeads: Int
  let width: Int
  /// Columns where segments begin, row by row.
  let starts: [[Int]]

  var testDescription: String { "\(batch)×\(tokens), \(queryHeads)/\(keyValueHeads) heads" }

  var segments: Segments {
    Segments(
      starts: starts.enumerated().flatMap { row, columns in columns.map { row * tokens + $0 } },
      batch: batch, tokens: tokens)
  }

  var shape: Shape { [batch, queryHeads + 2 * keyValueHeads, tokens, width] }

  /// Odd lengths on both sides of a block of 128 queries, segments of one token, of a block, and cut
  /// at random.
  static let all: [SegmentedCase] = [
    SegmentedCase(tokens: 1, queryHeads: 2, keyValueHeads: 1, width: 6, starts: [[0]]),
    SegmentedCase(tokens: 7, queryHeads: 2, keyValueHeads: 2, width: 6, starts: [Array(0..<7)]),
    SegmentedCase(tokens: 129, queryHeads: 4, keyValueHeads: 2, width: 6, starts: [[0, 1, 128]]),
    SegmentedCase(
      batch: 2, tokens: 257, queryHeads: 2, keyValueHeads: 1, width: 6,
      starts: [[0, 128], [0, 5, 6, 140]]),
    random(batch: 3, tokens: 151, queryHeads: 4, keyValueHeads: 2, width: 10, seed: 1),
    random(batch: 1, tokens: 300, queryHeads: 3, keyValueHeads: 3, width: 16, seed: 2),
    random(batch: 2, tokens: 211, queryHeads: 2, keyValueHeads: 1, width: 18, seed: 3),
  ]

  static func random(
    batch: Int, tokens: Int, queryHeads: Int, keyValueHeads: Int, width: Int, seed: UInt64
  ) -> SegmentedCase {
    let starts = (0..<batch).map { row in
      let cuts = (0..<6).map { index in
        Int(RandomKernel.words(seed: seed, stream: UInt64(row), index: index).x) % tokens
      }
      return Set([0] + cuts).sorted()
    }
    return SegmentedCase(
      batch: batch, tokens: tokens, queryHeads: queryHeads, keyValueHeads: keyValueHeads,
      width: width, starts: starts)
  }
}

@Suite struct SegmentedAttentionTests {
  /// Result and gradient for `dy`.
  static func run(
    _ x: Tensor, _ dy: Tensor, queryHeads: Int, keyValueHeads: Int, _ segments: Segments?
  ) -> (y: Tensor, dx: Tensor) {
    var gradients: [Tensor?] = []
    let y = valueWithGradient(at: [x], accumulatingInto: &gradients, seed: dy) {
      causalAttention(
        $0[0], queryHeads: queryHeads, keyValueHeads: keyValueHeads, segments: segments)
    }
    return (y, gradients[0] ?? Tensor(0))
  }

  static func inputs(_ sizes: SegmentedCase, _ type: ElementType) -> (x: Tensor, dy: Tensor) {
    (
      random(sizes.shape, 20).converted(to: type).detached,
      random([sizes.batch * sizes.tokens, sizes.queryHeads * sizes.width], 21)
        .converted(to: type).detached
    )
  }

  static func bits(_ tensor: Tensor) -> [UInt32] { tensor.scalars.map(\.bitPattern) }

  /// The float64 attention of a batch, row by row.
  static func expected(
    _ sizes: SegmentedCase, _ x: Tensor, _ dy: Tensor
  ) -> (y: [Double], dx: [Double]) {
    let (x, dy) = (x.scalars.map(Double.init), dy.scalars.map(Double.init))
    let (perRow, perResult) = (x.count / sizes.batch, dy.count / sizes.batch)
    var result: (y: [Double], dx: [Double]) = ([], [])
    for row in 0..<sizes.batch {
      let plain = PlainAttention(
        queryHeads: sizes.queryHeads, keyValueHeads: sizes.keyValueHeads, tokens: sizes.tokens,
        width: sizes.width, segmentStarts: sizes.starts[row]
      ).run(
        Array(x[row * perRow..<(row + 1) * perRow]),
        gradient: Array(dy[row * perResult..<(row + 1) * perResult]))
      result.y += plain.y
      result.dx += plain.dx
    }
    return result
  }

  /// The tolerances are those of attention without segments.
  @Test(arguments: SegmentedCase.all)
  func everyElementIsRight(sizes: SegmentedCase) {
    let (x, dy) = Self.inputs(sizes, .float32)
    let found = Self.run(
      x, dy, queryHeads: sizes.queryHeads, keyValueHeads: sizes.keyValueHeads, sizes.segments)
    let expected = Self.expected(sizes, x, dy)
    let worst = zip(found.y.scalars, expected.y).map { abs(Double($0) - $1) }.max()
    let worstGradient = zip(found.dx.scalars, expected.dx).map { abs(Double($0) - $1) }.max()
    #expect(found.dx.scalars.count == expected.dx.count)
    #expect(worst ?? .infinity < 2e-6)
    #expect(worstGradient ?? .infinity < 2e-5)
  }

  /// In relative root mean square, as for attention without segments.
  @Test(arguments: SegmentedCase.all)
  func bfloat16IsRightToItsRounding(sizes: SegmentedCase) {
    let (x, dy) = Self.inputs(sizes, .bfloat16)
    let found = Self.run(
      x, dy, queryHeads: sizes.queryHeads, keyValueHeads: sizes.keyValueHeads, sizes.segments)
    #expect(found.y.elementType == .bfloat16 && found.dx.elementType == .bfloat16)
    let expected = Self.expected(sizes, x, dy)
    func distance(_ found: Tensor, _ expected: [Double]) -> Double {
      let difference = zip(found.scalars, expected).reduce(0.0) {
        $0 + (Double($1.0) - $1.1) * (Double($1.0) - $1.1)
      }
      return (difference / expected.reduce(0) { $0 + $1 * $1 }).squareRoot()
    }
    #expect(distance(found.y, expected.y) < 0.015)
    #expect(distance(found.dx, expected.dx) < 0.015)
  }

  @Test(arguments: SegmentedCase.all)
  func gradientsAgreeWithFiniteDifferences(sizes: SegmentedCase) {
    checkGradients("segmented attention", of: [random(sizes.shape, 14)], step: 3e-3) {
      causalAttention(
        $0[0], queryHeads: sizes.queryHeads, keyValueHeads: sizes.keyValueHeads,
        segments: sizes.segments)
    }
  }

  /// A segment's result and gradient have the very bits of the segment alone in a row.
  @Test(arguments: SegmentedCase.all, [ElementType.float32, .bfloat16])
  func aSegmentIsARowOfItsOwn(sizes: SegmentedCase, type: ElementType) {
    let (x, dy) = Self.inputs(sizes, type)
    let (queryHeads, keyValueHeads) = (sizes.queryHeads, sizes.keyValueHeads)
    let whole = Self.run(
      x, dy, queryHeads: queryHeads, keyValueHeads: keyValueHeads, sizes.segments)
    let heads = queryHeads + 2 * keyValueHeads
    for row in 0..<sizes.batch {
      for (index, start) in sizes.starts[row].enumerated() {
        let rest = sizes.starts[row].dropFirst(index + 1)
        let columns = start..<(rest.first ?? sizes.tokens)
        /// The segment's part of a tensor laid out as the heads are.
        func packed(_ tensor: Tensor) -> Tensor {
          let rows = (0..<heads).flatMap { head in
            columns.map { Int32((row * heads + head) * sizes.tokens + $0) }
          }
          return tensor.detached.reshaped(to: [sizes.batch * heads * sizes.tokens, sizes.width])
            .selecting(rows).reshaped(to: [1, heads, columns.count, sizes.width])
        }
        /// And of one laid out as the result is.
        func tokenMajor(_ tensor: Tensor) -> Tensor {
          tensor.detached.selecting(columns.map { Int32(row * sizes.tokens + $0) })
        }
        let alone = Self.run(
          packed(x), tokenMajor(dy), queryHeads: queryHeads, keyValueHeads: keyValueHeads, nil)
        #expect(Self.bits(alone.y) == Self.bits(tokenMajor(whole.y)))
        #expect(Self.bits(alone.dx) == Self.bits(packed(whole.dx)))
      }
    }
  }

  /// What stands in another segment is never read: not even what is no number reaches a neighbour.
  @Test(arguments: [ElementType.float32, .bfloat16])
  func segmentsAreIsolated(type: ElementType) {
    let sizes = SegmentedCase(
      tokens: 200, queryHeads: 2, keyValueHeads: 1, width: 6, starts: [[0, 61, 130]])
    let (x, dy) = Self.inputs(sizes, type)
    var poisoned = x.scalars
    var poisonedGradient = dy.scalars
    for token in 61..<130 {
      for head in 0..<4 {
        for i in 0..<6 { poisoned[(head * 200 + token) * 6 + i] = .nan }
      }
      for i in 0..<12 { poisonedGradient[token * 12 + i] = .infinity }
    }
    let before = Self.run(x, dy, queryHeads: 2, keyValueHeads: 1, sizes.segments)
    let after = Self.run(
      Tensor(poisoned, shape: x.shape).converted(to: type).detached,
      Tensor(poisonedGradient, shape: dy.shape).converted(to: type).detached,
      queryHeads: 2, keyValueHeads: 1, sizes.segments)
    let (y, z) = (Self.bits(before.y), Self.bits(after.y))
    let (dx, dz) = (Self.bits(before.dx), Self.bits(after.dx))
    for token in (0..<61).map({ $0 }) + (130..<200) {
      #expect(y[token * 12..<token * 12 + 12] == z[token * 12..<token * 12 + 12])
      for head in 0..<4 {
        let place = (head * 200 + token) * 6
        #expect(dx[place..<place + 6] == dz[place..<place + 6])
      }
    }
    #expect(after.y.scalars[61 * 12].isNaN)
  }

  @Test(arguments: [ElementType.float32, .bfloat16])
  func aSegmentARowIsNoSegments(type: ElementType) {
    let sizes = SegmentedCase(
      batch: 3, tokens: 140, queryHeads: 4, keyValueHeads: 2, width: 8,
      starts: [[0], [0], [0]])
    let (x, dy) = Self.inputs(sizes, type)
    let plain = Self.run(x, dy, queryHeads: 4, keyValueHeads: 2, nil)
    let given = Self.run(x, dy, queryHeads: 4, keyValueHeads: 2, sizes.segments)
    #expect(Self.bits(plain.y) == Self.bits(given.y))
    #expect(Self.bits(plain.dx) == Self.bits(given.dx))
  }

  /// Inside a parallel loop everything is walked in order on one thread.
  @Test(arguments: [ElementType.float32, .bfloat16])
  func bitsDoNotDependOnThreads(type: ElementType) {
    let sizes = SegmentedCase.random(
      batch: 3, tokens: 400, queryHeads: 4, keyValueHeads: 2, width: 16, seed: 8)
    let (x, dy) = Self.inputs(sizes, type)
    let results = Collected()
    ThreadPool.shared.forEach(2) { _ in
      let (y, dx) = Self.run(x, dy, queryHeads: 4, keyValueHeads: 2, sizes.segments)
      results.append(Self.bits(y) + Self.bits(dx))
    }
    for _ in 0..<3 {
      let (y, dx) = Self.run(x, dy, queryHeads: 4, keyValueHeads: 2, sizes.segments)
      results.append(Self.bits(y) + Self.bits(dx))
    }
    #expect(results.values.count == 5 && Set(results.values).count == 1)
  }

  /// What forward kept goes with the tape.
  @Test func nothingOutlivesTheGradient() {
    weak var kept: Buffer?
    let sizes = SegmentedCase.all[4]
    for _ in 0..<2 {
      let (x, dy) = Self.inputs(sizes, .bfloat16)
      kept = x.buffer
      _ = Self.run(x, dy, queryHeads: 4, keyValueHeads: 2, sizes.segments)
    }
    #expect(kept == nil)
  }

  /// Positions begin anew in each segment: the bits are those of the segment in its own row.
  @Test(arguments: [ElementType.float32, .bfloat16])
  func rotaryPositionsBeginAnew(type: ElementType) {
    let (tokens, width) = (70, 8)
    let starts = [0, 1, 34, 36]
    let table = RotaryTable(positions: tokens, headWidth: width, base: 10_000)
    let x = random([tokens, 4 * width], 11).converted(to: type).detached
    let weights = [random([width], 12), random([width], 13)]
    let dy = random([1, 4, tokens, width], 14).converted(to: type).detached
    func run(
      _ x: Tensor, _ dy: Tensor, _ segments: Segments?
    ) -> (y: Tensor, gradients: [Tensor?]) {
      let layout = RotaryKernel.Layout(
        batch: 1, tokens: x.shape.rows, queryHeads: 2, keyValueHeads: 1, headWidth: width,
        segments: segments)
      var gradients: [Tensor?] = []
      let y = valueWithGradient(at: [x] + weights, accumulatingInto: &gradients, seed: dy) {
        rotaryHeads(
          $0[0], queryWeight: $0[1], keyWeight: $0[2], epsilon: 1e-3, table: table, layout)
      }
      return (y, gradients)
    }
    let whole = run(x, dy, Segments(starts: starts, batch: 1, tokens: tokens))
    for (start, end) in zip(starts, starts.dropFirst() + [tokens]) {
      let columns = (start..<end).map { Int32($0) }
      func heads(_ tensor: Tensor) -> Tensor {
        let rows = (0..<4).flatMap { head in columns.map { $0 + Int32(head * tokens) } }
        return tensor.detached.reshaped(to: [4 * tokens, width]).selecting(rows)
          .reshaped(to: [1, 4, columns.count, width])
      }
      let alone = run(x.selecting(columns), heads(dy), nil)
      #expect(Self.bits(alone.y) == Self.bits(heads(whole.y)))
      #expect(
        alone.gradients[0].map(Self.bits)
          == whole.gradients[0].map { Self.bits($0.selecting(columns)) })
    }
  }

  @Test func rotaryGradientsAgreeWithFiniteDifferences() {
    let layout = RotaryKernel.Layout(
      batch: 2, tokens: 20, queryHeads: 2, keyValueHeads: 1, headWidth: 6,
      segments: Segments(starts: [0, 7, 8, 20, 33], batch: 2, tokens: 20))
    let table = RotaryTable(positions: 40, headWidth: 6, base: 10_000)
    checkGradients(
      "rotary with segments",
      of: [random([40, 24], 11), random([6], 12), random([6], 13)], step: 3e-3
    ) {
      rotaryHeads(
        $0[0], queryWeight: $0[1], keyWeight: $0[2], epsilon: 1e-3, table: table, layout)
    }
  }
}

/// Results that a parallel loop gathers.
private final class Collected: Sendable {
  private let storage = Mutex<[[UInt32]]>([])
  var values: [[UInt32]] { storage.withLock { $0 } }
  func append(_ value: [UInt32]) { storage.withLock { $0.append(value) } }
}

extension Tensor {
  /// Rows of a matrix, of any type of elements.
  fileprivate func selecting(_ rows: [Int32]) -> Tensor {
    let width = shape.width
    let all = scalars
    let selected = rows.flatMap { all[Int($0) * width..<(Int($0) + 1) * width] }
    return Tensor(selected, shape: [rows.count, width]).converted(to: elementType).detached
  }
}
