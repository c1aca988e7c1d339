/// A parser of bytes that a stranger may have made, and how to feed it any bytes at all.
///
/// Whatever the bytes are, `body` comes to an end and either returns or throws: a trap, a broken
/// promise (`FuzzTarget.promise`), an endless loop, or memory that the input does not account for
/// are faults.
package struct FuzzTarget: Sendable {
  /// What the target is called on the command line.
  package let name: String
  /// Words of the format, for a mutator that knows nothing of it.
  package let words: [String]
  /// Inputs longer than this say nothing that shorter ones do not.
  package let longestInput: Int
  private let makeSeeds: @Sendable () throws -> [[UInt8]]
  private let body: @Sendable ([UInt8]) throws -> Void

  init(
    _ name: String, words: [String] = [], longestInput: Int = 16 << 10,
    seeds: @escaping @Sendable () throws -> [[UInt8]],
    body: @escaping @Sendable ([UInt8]) throws -> Void
  ) {
    self.name = name
    self.words = words
    self.longestInput = longestInput
    makeSeeds = seeds
    self.body = body
  }

  /// Inputs to begin with, most of them without a fault.
  package func seeds() throws -> [[UInt8]] {
    try makeSeeds().filter { $0.count <= longestInput }
  }

  /// Feeds the parser; returns whether it took the bytes.
  @discardableResult
  package func run(_ bytes: [UInt8]) -> Bool {
    do {
      try body(bytes)
      return true
    } catch {
      // What an error says is made of the input as well.
      Self.promise(!"\(error)".isEmpty, "an error says something")
      return false
    }
  }

  /// What has to hold for every input; the fuzzer sees the trap.
  static func promise(_ condition: Bool, _ what: @autoclosure () -> String) {
    precondition(condition, "broken promise: \(what())")
  }

  /// All targets, with an empty folder for those that read files.
  package static func all(in folder: String) -> [FuzzTarget] {
    [parquet, parquetRows] + compressions(in: folder) + documents(in: folder) + [cursor(in: folder)]
      + [screening, unicodeForms] + tokenizerFiles + encodings + [pattern] + [chatTemplates]
      + transferTexts
      + [safetensors(in: folder), manifests(in: folder), metrics(in: folder), taskData(in: folder)]
  }
}
