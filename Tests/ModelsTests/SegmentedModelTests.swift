import Kernels
import Layers
import Models
import Tensors
import Testing

@Suite struct SegmentedModelTests {
  /// Three documents in one row of the small model, whose rotary table reaches 24 positions.
  private static let documents: [[Int32]] = [
    [3, 1, 4, 1, 5], [9, 2, 6, 5, 3, 5, 8, 9, 7], [2, 7, 1, 8, 2, 8, 1],
  ]
  private static let tokens = documents.flatMap { $0 }
  private static let segments = Segments(starts: [0, 5, 14], batch: 1, tokens: 21)

  /// Each document's next tokens; its last token predicts nothing.
  private static func targets(_ document: [Int32]) -> [Int32] {
    document.dropFirst() + [OutputLoss.ignoredTarget]
  }

  private static func model(_ execution: Execution = Execution()) -> OpenELM {
    var model = makeModel(smallConfiguration)
    model.execution = execution
    return model
  }

  private static func gradients(
    _ model: OpenELM, _ tokens: [Int32], _ targets: [Int32], _ segments: Segments?,
    into gradients: inout [Tensor?]
  ) -> OutputLoss {
    var result: OutputLoss?
    _ = valueWithGradient(at: model, accumulatingInto: &gradients) {
      // Targets of all documents: the weight of each is the same, alone or not.
      let loss = $0.loss(
        of: tokens, targets: targets, batch: 1, segments: segments, zWeight: 1e-2, normalizer: 18)
      result = loss
      return loss.total
    }
    return result ?? model.loss(of: tokens, targets: targets, batch: 1, zWeight: 1e-2)
  }

  /// Attention and positions have the same bits; products of other numbers of rows may round
  /// differently, by some units in the last of 24 bits (8 in mixed precision, where a state that
  /// falls to the other side of a rounding is off by 2⁻⁸).
  @Test(arguments: [(Precision.float32, 2e-6), (.bfloat16, 4e-3)])
  func aDocumentInARowHasTheLogitsItHasAlone(precision: Precision, tolerance: Double) {
    let model = Self.model(Execution(precision: precision))
    let together = model.logits(of: Self.tokens, batch: 1, segments: Self.segments).scalars
    let alone = Self.documents.flatMap { model.logits(of: $0, batch: 1).scalars }
    #expect(together.count == alone.count)
    for (x, y) in zip(together, alone) { #expect(abs(Double(x - y)) < tolerance) }
    // Without segments the later documents' logits are others altogether.
    let mixed = model.logits(of: Self.tokens, batch: 1).scalars
    let worst = zip(mixed, alone).map { abs($0 - $1) }.max() ?? 0
    #expect(worst > 0.1)
  }

  /// In relative root mean square: sums over tokens, in another order; those of the scales of queries
  /// and keys are small sums of large terms. In mixed precision sums over tokens are rounded to eight
  /// bits once together, and alone each.
  @Test(arguments: [(Precision.float32, 4e-6), (.bfloat16, 1e-2)])
  func theGradientIsTheSumOfTheDocuments(precision: Precision, tolerance: Double) {
    let model = Self.model(Execution(precision: precision))
    var (together, alone): ([Tensor?], [Tensor?]) = ([], [])
    let targets = Self.documents.flatMap(Self.targets)
    let loss = Self.gradients(model, Self.tokens, targets, Self.segments, into: &together)
    var (crossEntropy, zLoss) = (0.0, 0.0)
    for document in Self.documents {
      let loss = Self.gradients(model, document, Self.targets(document), nil, into: &alone)
      crossEntropy += loss.crossEntropy
      zLoss += loss.zLoss
    }
    #expect(abs(loss.crossEntropy - crossEntropy) < 10 * tolerance)
    #expect(abs(loss.zLoss - zLoss) < 10 * tolerance)
    #expect(together.count == alone.count)
    for (index, parameter) in model.parameters.enumerated() {
      guard let a = together[index], let b = alone[index] else {
        Issue.record("no gradient of \(parameter.name)")
        continue
      }
      let distance = ((a - b).sumOfSquares / b.sumOfSquares).squareRoot()
      #expect(distance < tolerance, "\(parameter.name)")
    }
  }

  @Test(arguments: Precision.allCases)
  func changingADocumentLeavesTheOthersBits(precision: Precision) {
    let model = Self.model(Execution(precision: precision))
    let before = model.logits(of: Self.tokens, batch: 1, segments: Self.segments).scalars
    var changed = Self.tokens
    for place in 5..<14 { changed[place] = (changed[place] + 11) % 40 }
    let after = model.logits(of: changed, batch: 1, segments: Self.segments).scalars
    for token in 0..<21 {
      let place = token * 40..<(token + 1) * 40
      #expect((before[place] == after[place]) == !(5..<14).contains(token), "token \(token)")
    }
  }

  @Test func noTokenSeesALaterOneOrAnotherSegment() {
    let model = Self.model()
    let before = model.logits(of: Self.tokens, batch: 1, segments: Self.segments).scalars
    let ends = [5, 14, 21]
    for changed in Self.tokens.indices {
      var other = Self.tokens
      other[changed] = (other[changed] + 7) % 40
      let after = model.logits(of: other, batch: 1, segments: Self.segments).scalars
      let end = ends.first { $0 > changed } ?? 0
      for token in 0..<21 {
        let place = token * 40..<(token + 1) * 40
        let isReached = (changed..<end).contains(token)
        #expect((before[place] == after[place]) == !isReached, "\(changed) to \(token)")
      }
    }
  }

  private static func bits(_ execution: Execution, _ segments: Segments?) -> [[UInt32]] {
    let model = Self.model(execution)
    var gradients: [Tensor?] = []
    let targets = documents.flatMap(Self.targets)
    let loss = Self.gradients(model, tokens, targets, segments, into: &gradients)
    return [[loss.total.scalar.bitPattern]]
      + gradients.map { $0.map { $0.scalars.map(\.bitPattern) } ?? [] }
  }

  @Test(arguments: Precision.allCases)
  func aSegmentARowIsNoSegments(precision: Precision) {
    let execution = Execution(precision: precision)
    #expect(
      Self.bits(execution, Segments(batch: 1, tokens: 21)) == Self.bits(execution, nil))
    #expect(Self.bits(execution, Self.segments) != Self.bits(execution, nil))
  }

  @Test(arguments: Precision.allCases, [Recomputation.layers(1), .allLayers])
  func recomputationKeepsSegments(precision: Precision, recomputation: Recomputation) {
    let plain = Self.bits(Execution(precision: precision), Self.segments)
    #expect(plain.allSatisfy { !$0.isEmpty })
    #expect(
      Self.bits(
        Execution(precision: precision, recomputation: recomputation), Self.segments) == plain)
  }
}
