import Checkpoints
import Files
import Foundation
import TestSupport
import Testing

@Suite("Checkpoint directory")
struct CheckpointDirectoryTests {
  let folder: TemporaryFolder
  var run: CheckpointDirectory { CheckpointDirectory(path: folder("checkpoints/run")) }

  init() throws { folder = try TemporaryFolder() }

  @discardableResult
  func write(_ step: Int, byte: UInt8 = 5) throws -> Checkpoint {
    try run.write(step: step) { path in
      try AtomicFile.write([UInt8](repeating: byte, count: 40), to: path + "/model.safetensors")
      try FileManager.default.createDirectory(
        atPath: path + "/state", withIntermediateDirectories: false)
      try Data([byte, 1, 2]).write(to: URL(fileURLWithPath: path + "/state/cursor"))
      try Data().write(to: URL(fileURLWithPath: path + "/empty"))
    }
  }

  @Test func checkpointsAreListedInOrder() throws {
    #expect(try run.all() == [])
    #expect(try run.newestWhole().whole == nil)
    for step in [40, 5, 123_456_789, 0] { try write(step) }
    try Data().write(to: URL(fileURLWithPath: run.path + "/step-12"))
    #expect(try run.all().map(\.step) == [0, 5, 40, 123_456_789])
    #expect(try run.all()[2].path == run.path + "/step-00000040")
    #expect(
      try folder.names(run.path + "/step-00000040")
        == ["empty", "manifest.json", "model.safetensors", "state"])
    #expect(try run.newestWhole().whole?.step == 123_456_789)
    #expect(throws: CheckpointError.self) { try write(-1) }
  }

  @Test func theNewestWholeOneIsFoundPastBrokenOnes() throws {
    for step in 1...6 { try write(step) }
    func path(_ step: Int, _ name: String) -> String { "\(run.path)/step-0000000\(step)/\(name)" }
    let files = FileManager.default
    try files.removeItem(atPath: path(6, "manifest.json"))
    try files.removeItem(atPath: path(5, "state/cursor"))
    #expect(truncate(path(4, "model.safetensors"), 39) == 0)
    var flipped = try bytes(at: path(3, "model.safetensors"))
    flipped[17] ^= 0x10
    try Data(flipped).write(to: URL(fileURLWithPath: path(3, "model.safetensors")))
    let (whole, broken) = try run.newestWhole()
    #expect(whole?.step == 2)
    #expect(broken.map(\.checkpoint.step) == [6, 5, 4, 3])
    #expect(
      broken.map(\.reason).prefix(3) == [
        .damagedCheckpoint(
          path: path(6, "manifest.json"), expected: "a manifest", found: "no plain file"),
        .damagedCheckpoint(
          path: path(5, "state/cursor"), expected: "a file of 3 bytes", found: "no plain file"),
        .damagedCheckpoint(
          path: path(4, "model.safetensors"), expected: "40 bytes", found: "39 bytes"),
      ])
    guard case .damagedCheckpoint(let damaged, _, _) = broken[3].reason else {
      Issue.record("\(broken[3].reason)")
      return
    }
    #expect(damaged == path(3, "model.safetensors"))
    // A flipped bit leaves the size as it is: pruning may take 3 for whole, but not 4 to 6.
    #expect(try run.prune(keeping: 1).map(\.step) == [2, 1])
  }

  @Test func everyFlippedBitAndEveryTruncationIsFound() throws {
    let checkpoint = try write(1)
    for name in ["model.safetensors", "state/cursor"] {
      let path = checkpoint.path + "/" + name
      let good = try bytes(at: path)
      for bit in 0..<(good.count * 8) {
        var bad = good
        bad[bit / 8] ^= 1 << UInt8(bit % 8)
        try Data(bad).write(to: URL(fileURLWithPath: path))
        #expect(throws: CheckpointError.self) { try checkpoint.verify() }
      }
      for count in 0..<good.count {
        try Data(good.prefix(count)).write(to: URL(fileURLWithPath: path))
        #expect(throws: CheckpointError.self) { try checkpoint.verify(.sizes) }
      }
      try Data(good).write(to: URL(fileURLWithPath: path))
      try checkpoint.verify()
    }
  }

  @Test func damagedManifestsAreFoundAndNeverCrash() throws {
    let checkpoint = try write(1)
    let path = checkpoint.path + "/manifest.json"
    let good = try bytes(at: path)
    for count in 0..<(good.count - 2) {
      try Data(good.prefix(count)).write(to: URL(fileURLWithPath: path))
      #expect(throws: CheckpointError.self) { try checkpoint.verify() }
    }
    for bit in 0..<(good.count * 8) {
      var bad = good
      bad[bit / 8] ^= 1 << UInt8(bit % 8)
      try Data(bad).write(to: URL(fileURLWithPath: path))
      // Some flips, of a space to a tab say, do no harm.
      _ = try? checkpoint.verify()
    }
    for name in ["../../../secret", "/etc/passwd", "", "state/../empty", "a//b"] {
      let json = #"{"format":1,"step":1,"files":[{"name":"\#(name)","size":0,"crc32":"00000000"}]}"#
      try Data(json.utf8).write(to: URL(fileURLWithPath: path))
      #expect(
        throws: CheckpointError.damagedCheckpoint(
          path: path, expected: "the name of a file in the folder", found: "\"\(name)\"")
      ) { try checkpoint.verify() }
    }
    try Data(good).write(to: URL(fileURLWithPath: path))
    try FileManager.default.moveItem(
      atPath: checkpoint.path, toPath: run.path + "/step-00000002")
    #expect(try run.newestWhole().broken.count == 1)
  }

  @Test func aFailedWriteLeavesTheEarlierCheckpoint() throws {
    struct Stop: Error {}
    let first = try write(1)
    #expect(throws: Stop.self) {
      try run.write(step: 1) { path in
        try Data([1]).write(to: URL(fileURLWithPath: path + "/x"))
        throw Stop()
      }
    }
    #expect(try folder.names(run.path) == ["step-00000001"])
    try first.verify()
    try write(1, byte: 6)
    try first.verify()
    #expect(try bytes(at: first.path + "/state/cursor") == [6, 1, 2])
    #expect(try folder.names(run.path) == ["step-00000001"])
  }

  @Test func symbolicLinksAreNoFilesOfACheckpoint() throws {
    #expect(throws: CheckpointError.self) {
      try run.write(step: 1) { path in
        try FileManager.default.createSymbolicLink(
          atPath: path + "/link", withDestinationPath: "/dev/null")
      }
    }
    #expect(try folder.names(run.path) == [])
  }

  @Test func leftoversOfDeadProcessesGoAndThoseOfLivingOnesStay() throws {
    try write(1)
    // Above the largest process number of Linux (2²²) and macOS.
    let dead = ["step-00000002.partial-99999999", "step-00000003.removed-99999999"]
    let others = ["step-00000004.partial-1", "notes.partial-99999999", "step-5.partial-x"]
    for name in dead + others {
      try FileManager.default.createDirectory(
        atPath: run.path + "/" + name + "/in", withIntermediateDirectories: true)
    }
    #expect(try run.all().map(\.step) == [1])
    try write(6)
    #expect(try folder.names(run.path) == (["step-00000001", "step-00000006"] + others).sorted())
  }

  @Test func pruningKeepsTheNewestThatAreWhole() throws {
    for step in 1...6 { try write(step) }
    try FileManager.default.removeItem(atPath: run.path + "/step-00000005/empty")
    #expect(throws: CheckpointError.self) { try run.prune(keeping: 0) }
    #expect(try run.prune(keeping: 2).map(\.step) == [3, 2, 1])
    #expect(try run.all().map(\.step) == [4, 5, 6])
    #expect(try run.prune(keeping: 9).isEmpty)
  }
}
