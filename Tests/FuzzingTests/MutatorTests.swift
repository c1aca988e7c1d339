import Fuzzing
import TestSupport
import Testing

@Suite struct MutatorTests {
  private static func inputs(seed: UInt64, _ name: String) throws -> [[UInt8]] {
    let target = try #require(FuzzTarget.all(in: "").first { $0.name == name })
    var mutator = try Mutator(target, seed: seed)
    return (0..<200).map { _ in mutator.next() }
  }

  @Test func theSameSeedGivesTheSameInputs() throws {
    #expect(try Self.inputs(seed: 1, "globs") == Self.inputs(seed: 1, "globs"))
    #expect(try Self.inputs(seed: 1, "globs") != Self.inputs(seed: 2, "globs"))
  }

  @Test func inputsDifferFromWhatTheyWereMadeOf() throws {
    let target = try #require(FuzzTarget.all(in: "").first { $0.name == "safetensors" })
    let seeds = Set(try target.seeds())
    let inputs = try Self.inputs(seed: 3, "safetensors")
    #expect(inputs.count { seeds.contains($0) } < inputs.count / 10)
    #expect(Set(inputs).count > inputs.count / 2)
    #expect(inputs.allSatisfy { $0.count <= target.longestInput })
  }
}
