import Experiments
import Foundation
import Kernels
import Recipes
import TestSupport
import Testing

@Suite struct GenerationBenchmarkTests {
  /// 100, 200 and 300 tokens a second in turn, as the program answers.
  private static let ours = """
    #!/bin/sh
    echo "ours $*" >> calls
    n=$(grep -c ours calls)
    cat <<END
    {"model": "m", "type": "q8_0", "parameters": 5, "prompt": 8, "new": 4, "batch": 1,
    "repeats": 1, "threads": 1, "processor": "p", "bytes_per_step": 10, "machine_bandwidth": 20,
    "peak_resident_bytes": 1,
    "prefill_tokens_per_second": {"median": ${n}000, "least": 1, "greatest": 2},
    "decoding_tokens_per_second": {"median": ${n}00, "least": 1, "greatest": 2}}
    END
    """

  private static func figures(peer: String) throws -> (GenerationComparisonFigures, [String]) {
    let folder = try TemporaryFolder()
    let path = try folder.write(
      Self.ours.replacing("echo \"ours", with: "cd '\(folder.path)'; echo \"ours"), to: "ours")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    try folder.write("cd '\(folder.path)'; echo \"peer $*\" >> calls\n" + peer, to: "peer")
    let figures = try GenerationComparison(
      program: path, arguments: ["bench", "generate"], python: "sh", script: folder("peer"),
      model: "x.gguf", settings: .init(prompt: 8, new: 4, repeats: 2, threads: 3), rounds: 3
    ).run()
    return (
      figures,
      try String(contentsOfFile: folder("calls"), encoding: .utf8)
        .split(separator: "\n").map(String.init)
    )
  }

  @Test func ratiosAreTakenWithinRounds() throws {
    let (figures, calls) = try Self.figures(
      peer:
        "echo '{\"prefill_tokens_per_s\": 500, \"decode_tokens_per_s\": 50, \"version\": \"v\"}'")
    #expect(figures.prefill.tokensPerSecond == 2_000)
    #expect(figures.prefill.ratio == 4)
    #expect(figures.decoding?.ratio == 4)
    #expect(figures.decoding?.leastRatio == 2)
    #expect(figures.decoding?.greatestRatio == 6)
    #expect(figures.peer == "v")
    let peer = "peer --model x.gguf --prompt 8 --new 4 --batch 1 --repeat 2 --threads 3"
    #expect(calls == (0..<3).flatMap { _ in ["ours bench generate", peer] })
  }

  @Test func aPeerThatFailsIsToldOf() throws {
    let (figures, calls) = try Self.figures(peer: "echo 'No module named llama_cpp' >&2; exit 1")
    #expect(figures.decoding?.ratio == nil)
    #expect(figures.decoding?.tokensPerSecond == 200)
    #expect(figures.peerFailure?.contains("No module named llama_cpp") == true)
    #expect(calls.count { $0.hasPrefix("peer") } == 1)
  }

  @Test func theContextIsTheLimit() throws {
    let recipe = try RecipeCatalog.standard.recipe(named: "seedling")
    let error = #expect(throws: BenchmarkError.self) {
      try GenerationBenchmark(
        recipe, type: .bfloat16, settings: .init(prompt: 5_000, new: 1, threads: 1))
    }
    #expect("\(try #require(error))".contains("5000"))
  }

  /// Drawn weights load as a model's do, in every type.
  @Test(arguments: WritingModel.types)
  func aRecipeIsMeasured(type: WeightFormat) throws {
    let figures = try GenerationBenchmark(
      RecipeCatalog.standard.recipe(named: "seedling"), type: type,
      settings: .init(prompt: 16, new: 4, batch: 2, repeats: 1, threads: 1)
    ).run()
    #expect(figures.prefillTokensPerSecond.median > 0)
    let decoding = try #require(figures.decodingTokensPerSecond)
    #expect(decoding.least <= decoding.median && decoding.median <= decoding.greatest)
    let fraction = try #require(figures.bandwidthFraction)
    let (bandwidth, machine) = (try #require(figures.bandwidth), figures.machineBandwidth)
    #expect(abs(fraction - bandwidth / machine) < 1e-9)
    // At least the weights of the projections, in their type.
    let bits = 8 * type.blockByteCount / type.blockLength
    #expect(figures.bytesPerStep > figures.parameters / 2 * bits / 8)
  }
}
