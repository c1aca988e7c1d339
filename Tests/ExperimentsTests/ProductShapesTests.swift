import Experiments
import Models
import Recipes
import Testing

@Suite struct ProductShapesTests {
  private static func configuration(_ recipe: String) throws -> OpenELMConfiguration {
    try #require(
      RecipeCatalog.standard.recipe(named: recipe).model as? OpenELMConfiguration)
  }

  /// Six operations for each weight and token, and nothing counted twice or left out.
  @Test(
    arguments: RecipeCatalog.standard.recipes.map(\.name), [(1, 2_048), (3, 77), (1, 1)])
  func theProductsAddUpToThePlan(recipe: String, size: (batch: Int, length: Int)) throws {
    let configuration = try Self.configuration(recipe)
    let shapes = ProductShapes(configuration, batch: size.batch, sequenceLength: size.length)
    // Attention's own products grow with the sequence: at length 0 the plan counts weights alone.
    let expected =
      configuration.trainingFLOPsPerToken(sequenceLength: 0)
      * Double(size.batch * size.length)
    #expect(shapes.floatingPointOperations == expected)
    #expect(Set(shapes.shapes).count == shapes.shapes.count)
  }

  @Test func theOutputTableIsCutInBlocks() throws {
    let configuration = try Self.configuration("openelm-270m")
    func blocks(_ tokens: Int) -> [[Int]] {
      ProductShapes(configuration, batch: 1, sequenceLength: tokens).shapes
        .filter { $0.matrix == .outputTable && $0.direction == .forward }
        .map { [$0.rows, $0.columns, $0.inner, $0.count] }
    }
    #expect(blocks(2_048) == [[256, 32_000, 1_280, 8]])
    #expect(blocks(300) == [[256, 32_000, 1_280, 1], [44, 32_000, 1_280, 1]])
    #expect(blocks(100) == [[100, 32_000, 1_280, 1]])
  }

  @Test func theGradientsTurnTheProductRound() throws {
    let shapes = ProductShapes(
      try Self.configuration("openelm-270m"), batch: 2, sequenceLength: 1_024)
    let last = shapes.shapes.filter { $0.matrix == .feedForwardInput && $0.count > 0 }
    let sizes = Dictionary(grouping: last, by: \.direction).mapValues { group in
      group.last.map { [$0.rows, $0.columns, $0.inner] } ?? []
    }
    #expect(sizes[.forward] == [2_048, 10_240, 1_280])
    #expect(sizes[.inputGradient] == [2_048, 1_280, 10_240])
    #expect(sizes[.weightGradient] == [10_240, 1_280, 2_048])
  }

  /// Whatever is measured stands for everything that is not.
  @Test(arguments: RecipeCatalog.standard.recipes.map(\.name))
  func samplesStandForAllProducts(recipe: String) throws {
    let shapes = ProductShapes(
      try Self.configuration(recipe), batch: 1, sequenceLength: 200)
    let samples = shapes.samples
    let operations = samples.reduce(0) { $0 + $1.floatingPointOperations }
    #expect(operations == shapes.floatingPointOperations)
    #expect(
      samples.reduce(0) { $0 + $1.products } == shapes.shapes.reduce(0) { $0 + $1.count })
    for group in Dictionary(
      grouping: samples, by: { [$0.shape.matrix.rawValue, $0.shape.direction.rawValue] })
    {
      #expect((1...3).contains(group.value.count), "\(group.key)")
    }
  }
}
