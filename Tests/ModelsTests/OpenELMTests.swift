import Foundation
import Layers
import Models
import Tensors
import TestSupport
import Testing

/// A model small enough for every test.
let smallConfiguration = OpenELMConfiguration(
  layerCount: 3, modelWidth: 24, headWidth: 8, queriesPerKeyValueHead: 2,
  attentionScale: .init(0.5...1.5), feedForwardScale: .init(0.5...3.0), feedForwardDivisor: 8,
  vocabularySize: 40, contextLength: 12)

func makeModel(_ configuration: OpenELMConfiguration, seed: UInt64 = 3) -> OpenELM {
  var initializer = ParameterInitializer(seed: seed)
  return OpenELM(configuration, &initializer)
}

@Suite struct OpenELMTests {
  @Test func parametersHaveTheReferencesNames() {
    var configuration = smallConfiguration
    configuration.layerCount = 1
    configuration.sharesInputAndOutput = false
    #expect(
      makeModel(configuration).parameters.map(\.name) == [
        "token_embeddings.weight", "layers.0.attn.qkv_proj.weight",
        "layers.0.attn.q_norm.weight", "layers.0.attn.k_norm.weight",
        "layers.0.attn.out_proj.weight", "layers.0.ffn.proj_1.weight",
        "layers.0.ffn.proj_2.weight", "layers.0.attn_norm.weight", "layers.0.ffn_norm.weight",
        "norm.weight", "classifier.weight",
      ])
  }

  @Test(arguments: [true, false])
  func thePlanCountsWhatIsThere(shares: Bool) {
    var configuration = smallConfiguration
    configuration.sharesInputAndOutput = shares
    #expect(makeModel(configuration).parameterCount == configuration.parameterCount)
    configuration.normalizesQueriesAndKeys = false
    #expect(makeModel(configuration).parameterCount == configuration.parameterCount)
  }

  /// Deviations of the initial values, each within 5 standard errors of what the reference draws.
  @Test func initialValuesHaveTheReferencesDeviations() {
    let model = makeModel(smallConfiguration)
    let residual = 1 / (24.0 * 6).squareRoot()
    for parameter in model.parameters where parameter.tensor.shape.rank == 2 {
      let isResidual =
        parameter.name.hasSuffix("out_proj.weight") || parameter.name.hasSuffix("proj_2.weight")
      let expected = isResidual ? residual : 1 / Double(parameter.tensor.shape.width).squareRoot()
      let count = Double(parameter.tensor.shape.elementCount)
      let found = (parameter.tensor.sumOfSquares / count).squareRoot()
      #expect(abs(found / expected - 1) < 5 / (2 * count).squareRoot(), "\(parameter.name)")
    }
  }

  @Test func noTokenSeesALaterOne() {
    let model = makeModel(smallConfiguration)
    let tokens: [Int32] = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8]
    let before = model.logits(of: tokens, batch: 1).scalars
    for changed in tokens.indices {
      var other = tokens
      other[changed] = (other[changed] + 7) % 40
      let after = model.logits(of: other, batch: 1).scalars
      let vocabulary = 40
      #expect(
        Array(before[..<(changed * vocabulary)]) == Array(after[..<(changed * vocabulary)]))
      #expect(before[changed * vocabulary] != after[changed * vocabulary])
    }
  }

  @Test func rowsOfABatchAreIndependent() {
    let model = makeModel(smallConfiguration)
    let (a, b): ([Int32], [Int32]) = ([1, 2, 3, 4], [9, 8, 7, 6])
    let together = model.logits(of: a + b, batch: 2).scalars
    let apart = model.logits(of: a, batch: 1).scalars + model.logits(of: b, batch: 1).scalars
    for (x, y) in zip(together, apart) { #expect(abs(x - y) < 1e-5) }
  }

  @Test func theSeedAloneDecides() {
    let (a, b) = (makeModel(smallConfiguration), makeModel(smallConfiguration))
    let other = makeModel(smallConfiguration, seed: 4)
    #expect(a.outputTable.scalars == b.outputTable.scalars)
    #expect(a.outputTable.scalars != other.outputTable.scalars)
  }

  @Test func gradientsOfTheWholeModelAgreeWithFiniteDifferences() {
    let model = makeModel(smallConfiguration)
    let tokens: [Int32] = [3, 1, 4, 1, 5, 9, 2, 6]
    let targets: [Int32] = [1, 4, 1, 5, 9, -1, 6, 5]
    func loss(_ model: OpenELM) -> OutputLoss {
      model.loss(of: tokens, targets: targets, batch: 2, zWeight: 0.01)
    }
    var gradients: [Tensor?] = []
    _ = valueWithGradient(at: model, accumulatingInto: &gradients) { loss($0).total }
    for (index, parameter) in model.parameters.enumerated() {
      let direction = Tensor(
        normal: 1, shape: parameter.tensor.shape, seed: 5, stream: UInt64(index))
      func moved(by step: Float) -> Double {
        var copy = model
        copy.updateParameters { _, place, tensor in
          if place == index { tensor.accumulate(direction, scaledBy: step) }
        }
        let result = loss(copy)
        return result.crossEntropy + result.zLoss
      }
      let measured = (moved(by: 2e-3) - moved(by: -2e-3)) / 4e-3
      let computed = zip(gradients[index]?.scalars ?? [], direction.scalars).reduce(0.0) {
        $0 + Double($1.0) * Double($1.1)
      }
      #expect(abs(measured - computed) < 2e-2 * max(0.5, abs(measured)), "\(parameter.name)")
    }
  }
}
