import Checkpoints
import Experiments
import Foundation
import Models
import TestSupport
import Testing

@Suite struct VerificationTests {
  private static let fixture = URL(filePath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Fixtures/openelm-mini").path

  /// A run in float64 by an independent implementation; see `Fixtures/make_reference.py`.
  @Test func theProjectsOwnReference() throws {
    let verification = try Verification(of: ReferenceRun(path: Self.fixture))
    #expect(verification.passes, "\(verification)")
  }

  @Test(
    .enabled(
      if: SharedData.has("fixtures/openelm-tiny"), "needs the shared reference values"))
  func theReferenceImplementation() throws {
    let verification = try Verification(
      of: ReferenceRun(path: SharedData.path("fixtures/openelm-tiny")))
    #expect(verification.passes, "\(verification)")
  }

  /// Every number must be able to fail.
  @Test(arguments: [
    ("forward", "logits", "logits"), ("gradients", "norm.weight", "gradients"),
    ("trained", "norm.weight", "trained weights"), ("batches", "batches", "training loss"),
  ])
  func aDifferenceIsSeen(file: String, tensor: String, check: String) throws {
    let folder = try TemporaryFolder()
    try FileManager.default.copyItem(atPath: Self.fixture, toPath: "\(folder.path)/copy")
    let path = URL(filePath: "\(folder.path)/copy/\(file).safetensors")
    var bytes = try Data(contentsOf: path)
    let header = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    let end = try SafetensorsFile(path: path.path).entry(named: tensor).byteRange.upperBound
    // Of the last element: for tokens another token, for numbers the top exponent bits.
    bytes[8 + header + end - (file == "batches" ? 4 : 1)] ^= file == "batches" ? 1 : 0x40
    try bytes.write(to: path)
    let verification = try Verification(of: ReferenceRun(path: "\(folder.path)/copy"))
    let failed = verification.checks.filter { !$0.passes }.map(\.name)
    #expect(failed.contains(check), "\(failed)")
    #expect(!verification.passes)
  }

  @Test func aTokenOutsideTheVocabulary() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.copyItem(atPath: Self.fixture, toPath: "\(folder.path)/copy")
    let path = URL(filePath: "\(folder.path)/copy/batches.safetensors")
    var bytes = try Data(contentsOf: path)
    bytes[bytes.count - 1] = 0x7F
    try bytes.write(to: path)
    let error = #expect(throws: CheckpointError.self) {
      try Verification(of: ReferenceRun(path: "\(folder.path)/copy"))
    }
    #expect("\(try #require(error))".contains("tokens below 50"))
  }

  /// A reference that no model could have made is an error, never a crash.
  @Test(arguments: [
    ("\"head_dim\": 8", "\"head_dim\": 7"), ("\"num_gqa_groups\": 2", "\"num_gqa_groups\": 0"),
    ("\"model_dim\": 24", "\"model_dim\": 4611686018427387904"),
    ("\"vocab_size\": 50", "\"vocab_size\": -1"),
    ("\"max_context_length\": 16", "\"max_context_length\": 4"),
    ("\"betas\": [\n   0.9,", "\"betas\": ["), ("\"prompt\": [\n   3,", "\"prompt\": [\n   99,"),
  ])
  func aReferenceThatMakesNoModel(found: String, replacement: String) throws {
    let folder = try TemporaryFolder()
    try FileManager.default.copyItem(atPath: Self.fixture, toPath: "\(folder.path)/copy")
    let path = "\(folder.path)/copy/reference.json"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    #expect(text.contains(found))
    try text.replacingOccurrences(of: found, with: replacement).write(
      toFile: path, atomically: true, encoding: .utf8)
    #expect(throws: (any Error).self) {
      try Verification(of: ReferenceRun(path: "\(folder.path)/copy"))
    }
  }

  @Test func aFolderThatIsNoReference() throws {
    let folder = try TemporaryFolder()
    #expect(throws: ExperimentError.self) { try ReferenceRun(path: folder.path) }
    try Data("{}".utf8).write(to: URL(filePath: "\(folder.path)/reference.json"))
    let error = #expect(throws: ExperimentError.self) { try ReferenceRun(path: folder.path) }
    #expect("\(try #require(error))".contains("reference.json"))
  }
}
