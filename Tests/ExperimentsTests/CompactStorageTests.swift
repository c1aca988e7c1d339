import Checkpoints
import Experiments
import Foundation
import Layers
import Recipes
import Tensors
import TestSupport
import Testing
import Training

@Suite(.serialized) struct CompactStorageTests {
  private static func compact(_ recipe: Recipe) -> Recipe {
    var recipe = recipe
    recipe.storage = .compact
    recipe.execution.precision = .bfloat16
    return recipe
  }

  @Test func resumedEqualsUninterrupted() throws {
    let folder = try TinyWorkspace()
    let recipe = Self.compact(folder.recipe)
    try folder.start("whole", recipe)
    try folder.start("cut", recipe)
    for step in ["step-00000015", "step-00000020"] {
      try FileManager.default.removeItem(
        atPath: "\(folder.workspace.checkpoints)/cut/\(step)")
    }
    try folder.resume("cut", recipe)
    for file in ["weights.safetensors", "optimizer.safetensors"] {
      let bytes = folder.bytes("whole/step-00000020/\(file)")
      #expect(bytes != nil)
      #expect(bytes == folder.bytes("cut/step-00000020/\(file)"), "\(file)")
    }
  }

  @Test func whatIsStoredIsNarrow() throws {
    let folder = try TinyWorkspace()
    try folder.start(
      "run", Self.compact(folder.recipe), overrides: RecipeOverrides(steps: 2))
    let step = "\(folder.workspace.checkpoints)/run/step-00000002"
    let weights = try SafetensorsFile(path: "\(step)/weights.safetensors")
    for entry in weights.entries {
      let isProjection = entry.name.contains("proj")
      #expect(entry.type == (isProjection ? .bfloat16 : .float32), "\(entry.name)")
    }
    let moments = try SafetensorsFile(path: "\(step)/optimizer.safetensors")
    #expect(moments.entries.count == 4 * weights.entries.count)
    for entry in weights.entries {
      for moment in ["first_moment", "second_moment"] {
        let codes = try moments.entry(named: "\(moment).\(entry.name).codes")
        #expect(codes.type == .uint8 && codes.shape == entry.shape)
        let scales = try moments.entry(named: "\(moment).\(entry.name).scales")
        let count = entry.shape.reduce(1, *)
        #expect(scales.type == .float32 && scales.shape == [(count + 255) / 256])
      }
    }
  }

  /// Its checkpoints can be averaged, in float32, and read by a model of float32 weights.
  @Test func averagesAreFinerThanWhatTheyAreOf() throws {
    let folder = try TinyWorkspace()
    let recipe = Self.compact(folder.recipe)
    try folder.start("run", recipe)
    let result = try Averaging.average(folder.run("run"), last: 2, in: folder.workspace)
    let files = try ["step-00000015", "step-00000020", "average"].map {
      try SafetensorsFile(
        path: "\(folder.workspace.checkpoints)/run/\($0)/weights.safetensors")
    }
    for entry in files[2].entries {
      #expect(entry.type == .float32)
      let values = try files.map { try TensorFile.tensor(named: entry.name, in: $0).scalars }
      for index in values[0].indices {
        let mean = (Double(values[0][index]) + Double(values[1][index])) / 2
        #expect(values[2][index] == Float(mean))
      }
    }
    let located = try CheckpointLocator.checkpoint(result.path, in: folder.workspace)
    _ = try located.model(recipe.model)
    // Nothing is rounded unasked.
    let error = #expect(throws: CheckpointError.self) {
      try located.model(recipe.model, storage: .compact)
    }
    #expect("\(try #require(error))".contains("expected the type BF16, found F32"))
  }

  @Test func anotherStorageIsRefusedWhateverIsAccepted() throws {
    let folder = try TinyWorkspace()
    var recipe = Self.compact(folder.recipe)
    try folder.start("run", recipe, overrides: RecipeOverrides(steps: 5))
    recipe.storage = .full
    recipe.steps = 10
    for acceptsChanges in [false, true] {
      let error = #expect(throws: ExperimentError.self) {
        try folder.resume("run", recipe, acceptsChanges: acceptsChanges)
      }
      #expect("\(try #require(error))".contains("compact storage"))
    }
  }

  @Test func itNeedsProductsOfBFloat16() throws {
    var recipe = try RecipeCatalog.standard.recipe(named: "seedling")
    recipe.storage = .compact
    let error = #expect(throws: ExperimentError.self) { try recipe.validate() }
    #expect("\(try #require(error))".contains("--precision bf16"))
    recipe.execution.precision = .bfloat16
    try recipe.validate()
  }

  /// The largest published size fits a machine of 24 GiB.
  @Test func thePlanOfTheLargestSize() throws {
    let overrides = RecipeOverrides(
      sequencesPerStep: 1, precision: .bfloat16, recomputation: .allLayers, storage: .compact)
    let recipe = overrides.applied(to: try RecipeCatalog.standard.recipe(named: "openelm-3b"))
    let plan = RecipePlan(recipe)
    #expect(plan.predictedPeakBytes < 21 << 30)
    // Two bytes a weight, two a gradient, two for the moments.
    #expect(plan.predictedPeakBytes > 6 * plan.parameters)
    var full = recipe
    full.storage = .full
    #expect(RecipePlan(full).predictedPeakBytes > 16 * plan.parameters)
  }
}
