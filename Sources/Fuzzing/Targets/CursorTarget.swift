import Corpora
import Foundation
import Tokenization

extension FuzzTarget {
  /// Saved places: a damaged one is an error, or one from which a stream goes on.
  static func cursor(in folder: String) -> FuzzTarget {
    FuzzTarget(
      "cursors", words: ["null", "-1", "9223372036854775807", "1e308", "true", "[]", "{}"],
      longestInput: 8 << 10,
      seeds: {
        try StreamKind.allCases.flatMap { kind in
          let stream = try kind.stream(in: folder)
          var seeds = [try JSONEncoder().encode(stream.cursor)]
          while seeds.count < 6, try stream.next() != nil {
            seeds.append(try JSONEncoder().encode(stream.cursor))
          }
          return seeds.map { Array($0) }
        }
      },
      body: { bytes in
        let cursor = try JSONDecoder().decode(Cursor.self, from: Data(bytes))
        // A cursor belongs to one kind of stream: the others refuse it.
        var failures: [any Error] = []
        for kind in StreamKind.allCases {
          do {
            let stream = try kind.stream(in: folder, at: cursor)
            for _ in 0..<4 { if try stream.next() == nil { break } }
            let saved = try JSONEncoder().encode(stream.cursor)
            promise(
              try JSONDecoder().decode(Cursor.self, from: saved) == stream.cursor,
              "a cursor is what was saved of it")
          } catch {
            failures.append(error)
          }
        }
        if failures.count == StreamKind.allCases.count { throw failures[0] }
      })
  }

  /// Streams over the same small corpus.
  private enum StreamKind: CaseIterable {
    case joined, bestFit, screened

    func stream(in folder: String, at cursor: Cursor? = nil) throws -> BatchStream {
      let files = try Self.files(in: folder)
      var source = try FileDocumentSource(files: files, malformedLines: .skip)
      if self == .bestFit {
        source = try FileDocumentSource(
          files: files, malformedLines: .skip, order: .shuffled(seed: 3))
      }
      let component = CorpusComponent(
        source: source, whenDry: self == .joined ? .restart : .stop,
        shuffling: self == .bestFit ? .window(documents: 3, seed: 1) : .none)
      let screening = DocumentScreening(
        exactDuplicates: ExactDuplicateFilter(window: 4),
        nearDuplicates: NearDuplicateFilter(window: 4))
      return try BatchStream(
        mixing: [component], tokenizer: Bytes(), filter: .none,
        screening: self == .screened ? DocumentExaminer(screening) : nil,
        BatchStream.Layout(
          packing: self == .bestFit ? .bestFit(windowPieces: 5) : .concatenated, batchSize: 2,
          sequenceLength: 40),
        cursor: cursor)
    }

    /// Written when they are first asked for.
    private static func files(in folder: String) throws -> [String] {
      let paths = ["a.jsonl", "b.jsonl", "c.txt"].map { "\(folder)/corpus-\($0)" }
      guard !FileManager.default.fileExists(atPath: paths[2]) else { return paths }
      try place(Array(SeedFiles.lines.utf8), at: paths[0])
      let words = SeedFiles.text.split(separator: " ")
      let lines = (0..<9).map { #"{"text": "\#(words.count) elms and \#($0 / 2) more grow here"}"# }
      try place(Array(lines.joined(separator: "\n").utf8), at: paths[1])
      try place(Array(SeedFiles.text.utf8), at: paths[2])
      return paths
    }
  }

  /// A token a byte.
  private struct Bytes: Tokenizer {
    var vocabularySize: Int { 259 }
    var startToken: Int32? { 1 }
    var endToken: Int32? { 2 }
    var paddingToken: Int32? { 0 }
    var fingerprint: String { "bytes" }
    func encode(_ text: UnsafeBufferPointer<UInt8>) -> [Int32] { text.map { Int32($0) + 3 } }
    func appendBytes(of token: Int32, to bytes: inout [UInt8], isAtStart: inout Bool) {
      if let byte = UInt8(exactly: token - 3) { bytes.append(byte) }
    }
    func piece(_ token: Int32) -> String { String(token) }
  }
}
