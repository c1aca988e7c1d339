import Foundation
import Layers
import Recipes
import TestSupport
import Testing

import Experiments

@Suite struct PeerComparisonTests {
  /// Two shell scripts that answer as the programs do, from a list of speeds.
  private struct Fakes {
    let folder: TemporaryFolder

    init(ours: String, peer: String) throws {
      folder = try TemporaryFolder()
      let path = try folder.write("#!/bin/sh\ncd '\(folder.path)'\n" + ours, to: "ours")
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
      try folder.write("cd '\(folder.path)'\n" + peer, to: "peer")
    }

    func run(
      rounds: Int = 3, precisions: [Precision] = [.float32], python: String = "sh"
    ) throws -> ComparisonFigures {
      try PeerComparison(
        RecipeCatalog.standard.recipe(named: "openelm-12m"),
        settings: .init(batch: 2, sequence: 64, precisions: precisions, rounds: rounds),
        program: folder("ours"), python: python, script: folder("peer")
      ).run()
    }

    var calls: [String] {
      (try? String(contentsOfFile: folder("calls"), encoding: .utf8))?
        .split(separator: "\n").map(String.init) ?? []
    }
  }

  /// 100, 200 and 300 tokens a second in turn, over several lines as the program writes.
  private static let ours = """
    echo "ours $*" >> calls
    n=$(grep -c ours calls)
    echo "{ \\"tokens_per_second\\": ${n}00, \\"peak_resident_bytes\\": 1073741824,"
    echo "\\"efficiency\\": 0.${n} }"
    """

  private static let peer = """
    echo "peer $*" >> calls
    echo "a warning"
    echo '{"tokens_per_s": 50, "step_s": 1, "peak_rss_gib": 2.0, "losses": [1, 2]}'
    """

  @Test func ratiosAreTakenWithinRounds() throws {
    let fakes = try Fakes(ours: Self.ours, peer: Self.peer)
    let figures = try fakes.run()
    let row = try #require(figures.precisions.first)
    let peer = try #require(row.peer)
    #expect(row.tokensPerSecond == 200)
    #expect(row.efficiency == 0.2)
    #expect(row.peakResidentBytes == 1 << 30)
    #expect(peer.tokensPerSecond == 50)
    #expect(peer.peakResidentBytes == 2 << 30)
    #expect([peer.leastRatio, peer.ratio, peer.greatestRatio] == [2, 4, 6])
    #expect(peer.memoryRatio == 0.5)
    #expect(row.peerFailure == nil)
  }

  @Test func bothAreAskedForTheSameInTurn() throws {
    let fakes = try Fakes(ours: Self.ours, peer: Self.peer)
    _ = try fakes.run(rounds: 1, precisions: [.float32, .bfloat16])
    let ours =
      "ours bench train --json --recipe openelm-12m --batch 2 --sequence 64 --steps 4 --precision"
    let peer = "peer train --size small --batch 2 --seq 64 --steps 4 --dtype"
    #expect(
      fakes.calls == ["\(ours) fp32", "\(peer) fp32", "\(ours) bf16", "\(peer) bf16"])
  }

  @Test func everySizeIsARecipe() throws {
    for name in PeerComparison.sizes.keys {
      _ = try RecipeCatalog.standard.recipe(named: name)
    }
  }

  /// A peer that cannot run costs its own figures alone.
  @Test func aPeerThatIsMissingIsToldOf() throws {
    let fakes = try Fakes(ours: Self.ours, peer: Self.peer)
    let row = try #require(try fakes.run(python: "no/such/python").precisions.first)
    #expect(row.peer == nil)
    #expect(row.peerFailure?.contains("no/such/python") == true)
    #expect(row.tokensPerSecond == 200)
  }

  @Test func aPeerThatFailsIsNotAskedAgain() throws {
    let fakes = try Fakes(
      ours: Self.ours,
      peer: "echo peer >> calls; echo 'No module named torch' >&2; exit 3")
    let row = try #require(try fakes.run().precisions.first)
    #expect(row.peer == nil)
    #expect(row.peerFailure?.contains("No module named torch") == true)
    #expect(row.peerFailure?.contains("exit code 3") == true)
    #expect(fakes.calls.count { $0 == "peer" } == 1)
  }

  @Test(arguments: ["echo nothing", "echo '{\"tokens_per_s\": \"fast\"}'", "true"])
  func anAnswerThatIsNoneIsAFailure(peer: String) throws {
    let fakes = try Fakes(ours: Self.ours, peer: peer)
    let row = try #require(try fakes.run(rounds: 1).precisions.first)
    #expect(row.peerFailure?.contains("expected one JSON object") == true)
  }

  @Test func ourOwnFailureIsAnError() throws {
    let fakes = try Fakes(
      ours: "for i in 1 2 3 4 5 6 7 8 9; do echo line $i >&2; done; exit 4", peer: Self.peer)
    let error = #expect(throws: BenchmarkError.self) { try fakes.run() }
    let text = "\(try #require(error))"
    #expect(text.contains("exit code 4"))
    #expect(text.contains("line 9"))
    #expect(!text.contains("line 3"))
    #expect(fakes.calls.isEmpty)
  }

  /// Either pipe holds 64 KiB; a child that fills both must not wait for a reader.
  @Test func aTalkativeChildDoesNotBlock() throws {
    let child = ChildProgram(
      program: "sh",
      arguments: [
        "-c",
        "head -c 1000000 /dev/zero | tr '\\0' x >&2; head -c 1000000 /dev/zero | tr '\\0' y",
      ])
    let output = try child.run()
    #expect(output.count == 1_000_000)
    #expect(output.allSatisfy { $0 == UInt8(ascii: "y") })
  }

  @Test func aChildThatIsKilledIsAFailure() throws {
    let child = ChildProgram(program: "sh", arguments: ["-c", "kill -9 $$"])
    let error = #expect(throws: BenchmarkError.self) { try child.run() }
    #expect("\(try #require(error))".contains("ended by signal 9"))
  }

  @Test func nothingForcesKernelsOnAChild() {
    let environment = ChildProgram.environment(from: [
      "OPENBLAS_CORETYPE": "Haswell", "OPENBLAS_L2_SIZE": "1", "HOME": "/root",
    ])
    #expect(environment == ["HOME": "/root"])
  }

  @Test func aRecipeThatThePeerHasNoSizeFor() throws {
    #expect(throws: BenchmarkError.self) {
      try PeerComparison(
        tinyRecipe(corpus: []),
        settings: .init(batch: 1, sequence: 16, precisions: [.float32]),
        program: "ours", python: "sh", script: "peer")
    }
  }
}
