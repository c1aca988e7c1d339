import Foundation

/// Files of reference values that are not part of the package.
enum SharedFiles {
  static let folder =
    ProcessInfo.processInfo.environment["SAMARA_SHARED"]
    ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("shared").path

  static func path(_ name: String) -> String { "\(folder)/\(name)" }
  static func exists(_ name: String) -> Bool {
    FileManager.default.fileExists(atPath: path(name))
  }

  static let llamaModel = "data/tokenizers/llama2/tokenizer.model"
  static let cases = "fixtures/tokenizer-cases.jsonl"
  static let vectors = "data/tokenizers/vectors/ggml-vocab-llama-spm.gguf"
}

/// A folder that is gone when the test is over.
func withTemporaryFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("tokenization-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder.path)
}
