import Foundation
import Interchange
import TestSupport
import Testing

@Suite struct ModelInspectionTests {
  @Test func everyNumberIsLookedAt() throws {
    let folder = try TinyModel.folder()
    let found = try ModelInspection(path: folder("m"))
    #expect(found.format == .huggingFace)
    #expect(found.parameterCount == TinyModel.configuration.parameterCount)
    #expect(found.tensors.map(\.name) == TinyModel.weights().weightNames)
    let sum = TinyModel.weights().weights.flatMap(\.numbers).reduce(0) {
      $0 + Double($1) * Double($1)
    }
    #expect(abs(found.statistics.norm - sum.squareRoot()) < 1e-9)
    #expect(
      found.warnings == ["no tokenizer: programs that read this need one by name (--tokenizer)"])
    #expect(found.files.map(\.name).contains("model.safetensors"))
  }

  @Test func whatIsNotFiniteIsNamed() throws {
    var contents = TinyModel.contents()
    var weights = TinyModel.weights()
    weights.weights[3].numbers[5] = .nan
    weights.weights[3].numbers[6] = -.infinity
    weights.weights[4].numbers = weights.weights[4].numbers.map { _ in 0 }
    contents.weights = weights
    let folder = try TinyModel.folder(contents)
    let found = try ModelInspection(path: folder("m"))
    #expect(found.statistics.nanCount == 1 && found.statistics.infinityCount == 1)
    #expect(
      found.warnings.suffix(2) == [
        "\(weights.weights[3].name): 1 numbers are NaN and 1 infinite",
        "\(weights.weights[4].name): all of its numbers are zero",
      ])
  }

  @Test func weightsAloneAreListed() throws {
    let folder = try TinyModel.folder()
    try FileManager.default.moveItem(
      atPath: folder("m/model.safetensors"), toPath: folder("lone.safetensors"))
    let found = try ModelInspection(path: folder("lone.safetensors"))
    #expect(found.configuration == nil && found.format == nil)
    #expect(found.tensors.first?.name == "transformer.token_embeddings.weight")
    #expect(found.warnings.first?.contains("no config.json") == true)
  }
}
