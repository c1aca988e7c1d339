import Kernels
import Models

/// One matrix product of a training step: C [rows, columns] ← A·B over `inner`.
public struct ProductShape: Sendable, Hashable, Encodable {
  /// The weight that takes part.
  public enum Matrix: String, Sendable, Hashable, Encodable, CaseIterable {
    case queryKeyValue = "qkv_proj"
    case attentionOutput = "out_proj"
    case feedForwardInput = "proj_1"
    case feedForwardOutput = "proj_2"
    /// The output projection, a block of tokens at a time.
    case outputTable = "output table"
  }

  /// What the product computes, which settles how its factors lie in memory.
  public enum Direction: String, Sendable, Hashable, Encodable, CaseIterable {
    /// x · wᵀ.
    case forward
    /// dy · w.
    case inputGradient = "input gradient"
    /// dyᵀ · x, added to what is there.
    case weightGradient = "weight gradient"
  }

  public let matrix: Matrix
  public let direction: Direction
  public let rows: Int
  public let columns: Int
  public let inner: Int
  /// How often a step makes it.
  public internal(set) var count: Int

  /// Two for each multiply-add of one product.
  public var floatingPointOperations: Double {
    2 * Double(rows) * Double(columns) * Double(inner)
  }

  /// Those of a whole step.
  public var floatingPointOperationsOfStep: Double { floatingPointOperations * Double(count) }

  /// Whether two differ in `count` alone.
  func isSameProduct(as other: ProductShape) -> Bool {
    var counted = other
    counted.count = count
    return counted == self
  }
}

/// The products with weights that one training step of an OpenELM makes, nothing recomputed.
///
/// Attention's own products are no part of it: their shapes are those of heads, and they run inside
/// a kernel.
public struct ProductShapes: Sendable {
  /// Each distinct product once; by matrix and direction, and within these from the first layer to
  /// the last.
  public let shapes: [ProductShape]

  /// - Parameter batch: Sequences of one pass; a step of one pass is meant.
  public init(_ configuration: OpenELMConfiguration, batch: Int, sequenceLength: Int) {
    let tokens = batch * sequenceLength
    let width = configuration.modelWidth
    var counted: [ProductShape] = []
    func add(_ matrix: ProductShape.Matrix, tokens: Int, outputs: Int, inputs: Int, count: Int = 1)
    {
      for shape in Self.products(matrix, tokens, outputs: outputs, inputs: inputs, count: count) {
        if let place = counted.firstIndex(where: { $0.isSameProduct(as: shape) }) {
          counted[place].count += count
        } else {
          counted.append(shape)
        }
      }
    }
    for layer in configuration.layers {
      let (sizes, inner) = (layer.attention, layer.feedForwardWidth)
      add(.queryKeyValue, tokens: tokens, outputs: sizes.projectionWidth, inputs: width)
      add(
        .attentionOutput, tokens: tokens, outputs: width, inputs: sizes.queryHeads * sizes.headWidth
      )
      add(.feedForwardInput, tokens: tokens, outputs: 2 * inner, inputs: width)
      add(.feedForwardOutput, tokens: tokens, outputs: width, inputs: inner)
    }
    let vocabulary = configuration.vocabularySize
    let block = OutputLossKernel.rowsPerBlock(vocabulary: vocabulary)
    if tokens >= block {
      add(.outputTable, tokens: block, outputs: vocabulary, inputs: width, count: tokens / block)
    }
    if tokens % block > 0 {
      add(.outputTable, tokens: tokens % block, outputs: vocabulary, inputs: width)
    }
    shapes = ProductShape.Matrix.allCases.flatMap { matrix in
      ProductShape.Direction.allCases.flatMap { direction in
        counted.filter { $0.matrix == matrix && $0.direction == direction }
      }
    }
  }

  /// Σ over all products of a step.
  public var floatingPointOperations: Double {
    shapes.reduce(0) { $0 + $1.floatingPointOperationsOfStep }
  }

  /// A product that is measured, and those of similar shape that it answers for.
  public struct Sample: Sendable {
    public let shape: ProductShape
    /// The products of a step that it stands for, its own included.
    public internal(set) var products: Int
    /// Their floating-point operations.
    public internal(set) var floatingPointOperations: Double
  }

  /// The first, the middle and the last of each matrix and direction; every other product is
  /// counted with the nearest of these.
  ///
  /// Layers widen steadily, so the rate between two of them lies between theirs.
  public var samples: [Sample] {
    ProductShape.Matrix.allCases.flatMap { matrix in
      ProductShape.Direction.allCases.flatMap { direction in
        Self.samples(of: shapes.filter { $0.matrix == matrix && $0.direction == direction })
      }
    }
  }

  private static func samples(of group: [ProductShape]) -> [Sample] {
    guard !group.isEmpty else { return [] }
    let chosen = Set([0, group.count / 2, group.count - 1]).sorted()
    var samples = chosen.map { Sample(shape: group[$0], products: 0, floatingPointOperations: 0) }
    for (index, shape) in group.enumerated() {
      let nearest = chosen.indices.min { abs(chosen[$0] - index) < abs(chosen[$1] - index) } ?? 0
      samples[nearest].products += shape.count
      samples[nearest].floatingPointOperations += shape.floatingPointOperationsOfStep
    }
    return samples
  }

  /// The three products of y [tokens, outputs] ← x [tokens, inputs] · wᵀ.
  private static func products(
    _ matrix: ProductShape.Matrix, _ tokens: Int, outputs: Int, inputs: Int, count: Int
  ) -> [ProductShape] {
    func shape(
      _ direction: ProductShape.Direction, _ rows: Int, _ columns: Int, _ inner: Int
    ) -> ProductShape {
      ProductShape(
        matrix: matrix, direction: direction, rows: rows, columns: columns, inner: inner,
        count: count)
    }
    return [
      shape(.forward, tokens, outputs, inputs),
      shape(.inputGradient, tokens, inputs, outputs),
      shape(.weightGradient, outputs, inputs, tokens),
    ]
  }
}
