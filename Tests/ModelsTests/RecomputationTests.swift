import Kernels
import Layers
import Models
import Tensors
import Testing

@Suite struct RecomputationTests {
  private static let tokens: [Int32] = (0..<24).map { Int32($0 * 7 % 40) }
  private static let targets: [Int32] = (0..<24).map { Int32($0 * 11 % 40) }

  /// The loss's and all gradients' bits.
  private static func bits(_ execution: Execution) -> [[UInt32]] {
    var model = makeModel(smallConfiguration)
    model.execution = execution
    var gradients: [Tensor?] = []
    let value = valueWithGradient(at: model, accumulatingInto: &gradients) {
      $0.loss(of: tokens, targets: targets, batch: 2, zWeight: 1e-3).total
    }
    return [[value.scalar.bitPattern]]
      + gradients.map { $0.map { $0.scalars.map(\.bitPattern) } ?? [] }
  }

  @Test(arguments: Precision.allCases, [Recomputation.layers(1), .layers(2), .allLayers])
  func bitsDoNotChange(precision: Precision, recomputation: Recomputation) {
    let plain = Self.bits(Execution(precision: precision))
    #expect(plain.allSatisfy { !$0.isEmpty })
    #expect(
      Self.bits(Execution(precision: precision, recomputation: recomputation)) == plain)
  }

  @Test func precisionChangesBitsButNotMuch() {
    let plain = Self.bits(Execution())
    let mixed = Self.bits(Execution(precision: .bfloat16))
    let (a, b) = (Float(bitPattern: plain[0][0]), Float(bitPattern: mixed[0][0]))
    #expect(a != b)
    #expect(abs(a - b) < 0.01 * a)
  }

  /// Accumulation adds a recomputed layer's gradients to those of an earlier pass.
  @Test func gradientsAccumulate() {
    var model = makeModel(smallConfiguration)
    model.execution.recomputation = .allLayers
    var (once, twice): ([Tensor?], [Tensor?]) = ([], [])
    func pass(_ gradients: inout [Tensor?]) {
      _ = valueWithGradient(at: model, accumulatingInto: &gradients) {
        $0.loss(of: Self.tokens, targets: Self.targets, batch: 2, zWeight: 0).total
      }
    }
    pass(&once)
    pass(&twice)
    pass(&twice)
    for (one, two) in zip(once, twice) {
      guard let one, let two else {
        Issue.record("a parameter without a gradient")
        continue
      }
      // The token table's rows are added to one by one, in another order of the same sums.
      let difference = (two - one.scaled(by: 2)).sumOfSquares
      #expect(difference <= 1e-13 * two.sumOfSquares)
    }
  }

  @Test func wordsAndBack() {
    for text in ["none", "all", "0", "7"] {
      #expect(Recomputation(text)?.description == text)
    }
    for text in ["", "-1", "some", "1.5"] { #expect(Recomputation(text) == nil) }
  }
}
