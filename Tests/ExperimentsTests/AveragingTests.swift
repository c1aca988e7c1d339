import Checkpoints
import Experiments
import Foundation
import Tensors
import Testing

@Suite(.serialized) struct AveragingTests {
  @Test func theMeanOfTheLastCheckpoints() throws {
    let folder = try TinyWorkspace()
    var recipe = folder.recipe
    recipe.checkpoints.keep = 4
    try folder.start("run", recipe)
    let result = try Averaging.average(folder.run("run"), last: 3, in: folder.workspace)
    #expect(result.steps == [10, 15, 20])
    let files = try (result.steps.map { "step-000000\($0)" } + ["average"]).map {
      try SafetensorsFile(
        path: "\(folder.workspace.checkpoints)/run/\($0)/weights.safetensors")
    }
    for entry in files[0].entries {
      let values = try files.map { try TensorFile.tensor(named: entry.name, in: $0).scalars }
      for index in values[0].indices {
        let mean =
          (Double(values[0][index]) + Double(values[1][index]) + Double(values[2][index])) / 3
        #expect(values[3][index] == Float(mean))
      }
    }
    // It is a checkpoint that can be scored and continued from like any other.
    let located = try CheckpointLocator.checkpoint(result.path, in: folder.workspace)
    #expect(located.state.step == 20)
  }

  @Test func fewerThanAskedFor() throws {
    let folder = try TinyWorkspace()
    try folder.start("run", overrides: RecipeOverrides(steps: 5))
    let result = try Averaging.average(folder.run("run"), last: 5, in: folder.workspace)
    #expect(result.steps == [5])
  }

  @Test func aRunThatIsNotThere() throws {
    let folder = try TinyWorkspace()
    #expect(throws: ExperimentError.self) {
      try Averaging.average(folder.run("nothing"), last: 5, in: folder.workspace)
    }
  }
}
