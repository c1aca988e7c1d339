import Layers
import Models
import Tensors
import Testing

@Suite struct OpenELMParametersTests {
  private struct Names: ParameterVisitor {
    var path = ParameterPath()
    var found: [String] = []

    mutating func visitParameter(_ tensor: inout Tensor) throws(Never) {
      found.append("\(path.description) \(tensor.shape.dimensions)")
    }
  }

  /// The names and shapes that are known without a model are those of one that is made.
  @Test(arguments: [true, false], [true, false])
  func theyAreThoseOfTheModel(isTied: Bool, normalizes: Bool) {
    let configuration = OpenELMConfiguration(
      layerCount: 3, modelWidth: 32, headWidth: 8, queriesPerKeyValueHead: 2,
      attentionScale: .init(0.5...1), feedForwardScale: .init(each: [2, 0.5, 1]),
      feedForwardDivisor: 16, vocabularySize: 40, contextLength: 16,
      sharesInputAndOutput: isTied, normalizesQueriesAndKeys: normalizes)
    var initializer = ParameterInitializer.zeros(projectionType: .float32)
    var model = configuration.makeModel(&initializer)
    var visitor = Names()
    model.visitParameters(&visitor)
    var names: [String] = []
    var count = 0
    configuration.forEachParameter { name, shape in
      names.append("\(name) \(shape)")
      count += shape.reduce(1, *)
    }
    #expect(names == visitor.found)
    #expect(count == configuration.parameterCount)
  }

  @Test func multipliersOfTheRuleAreTheRule() {
    let rule = OpenELMConfiguration.LayerScale(0.5...4)
    #expect(OpenELMConfiguration.LayerScale(each: [0.5, 1.67, 2.83, 4]) == rule)
    #expect(OpenELMConfiguration.LayerScale(each: [2, 2, 2]) == .init(2))
    #expect(OpenELMConfiguration.LayerScale(each: [0.5, 1.6, 2.83, 4]).each?.count == 4)
  }

  @Test func absurdSizesAreFaults() {
    var sizes = OpenELMConfiguration(
      layerCount: 2, modelWidth: 32, headWidth: 8, queriesPerKeyValueHead: 2,
      attentionScale: .init(1), feedForwardScale: .init(1), vocabularySize: 40, contextLength: 16)
    #expect(sizes.fault == nil)
    sizes.feedForwardScale = .init(each: [1, 3, 2])
    #expect(sizes.fault?.contains("3 multipliers of feed-forward") == true)
    sizes.feedForwardScale = .init(1_024)
    sizes.modelWidth = 1 << 24
    sizes.layerCount = 1 << 24
    #expect(sizes.fault?.contains("parameters") == true)
    sizes.contextLength = 1 << 24
    sizes.headWidth = 1 << 24
    #expect(sizes.fault?.contains("a context of") == true)
  }
}
