import Fuzzing
import TestSupport
import Testing

/// A short run of every target of `make fuzz`, unguided: a fault ends the process of the tests.
///
/// The inputs depend on the seed alone, their number on the time that they have.
@Suite struct FuzzTargetTests {
  static let names = FuzzTarget.all(in: "").map(\.name)
  private static let time = Duration.milliseconds(150)

  private static func target(_ name: String, in folder: TemporaryFolder) throws -> FuzzTarget {
    try #require(FuzzTarget.all(in: folder.path).first { $0.name == name })
  }

  @Test func targetsHaveNamesOfTheirOwn() {
    #expect(Set(Self.names).count == Self.names.count)
    #expect(Self.names.count > 20)
  }

  /// A target whose parser refuses all that it begins with tests nothing.
  @Test(arguments: names) func goodInputsAreTaken(_ name: String) throws {
    let folder = try TemporaryFolder()
    let target = try Self.target(name, in: folder)
    let seeds = try target.seeds()
    try #require(!seeds.isEmpty)
    #expect(seeds.contains { target.run($0) })
  }

  @Test(arguments: names) func damagedInputsEndInValuesOrErrors(_ name: String) throws {
    let folder = try TemporaryFolder()
    let target = try Self.target(name, in: folder)
    var mutator = try Mutator(target, seed: 4)
    let clock = ContinuousClock()
    let end = clock.now + Self.time
    var count = 0
    repeat {
      let input = mutator.next()
      let seconds = clock.measure { target.run(input) } / .seconds(1)
      // Inputs of some kilobytes; a busy machine may stop a thread for a second or two.
      #expect(seconds < 10, "input \(count) took \(seconds) s")
      count += 1
    } while clock.now < end
    #expect(count > 0)
  }
}
