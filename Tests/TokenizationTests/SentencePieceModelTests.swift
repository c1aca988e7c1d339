import Files
import Foundation
import TestSupport
import Testing
import Tokenization

struct SentencePieceModelTests {
  private let model = HandmadeModel.unused.model

  @Test func bytesOfASmallModel() throws {
    var model = SentencePieceModel(pieces: [.init("<unk>", score: 0, kind: .unknown)])
    model.pieces.append(.init("a", score: -1, kind: .normal))
    let bytes = model.serialized()
    // pieces { piece: "<unk>" score: 0 type: UNKNOWN } pieces { piece: "a" score: -1 type: NORMAL }
    let expected: [UInt8] = [
      0x0A, 0x0E, 0x0A, 0x05, 0x3C, 0x75, 0x6E, 0x6B, 0x3E, 0x15, 0, 0, 0, 0, 0x18, 0x02,
      0x0A, 0x0A, 0x0A, 0x01, 0x61, 0x15, 0, 0, 0x80, 0xBF, 0x18, 0x01, 0x12,
    ]
    #expect(bytes.starts(with: expected))
    // pad_id: -1 takes ten bytes.
    let padding: [UInt8] = [0xD8, 0x02] + [UInt8](repeating: 0xFF, count: 9) + [0x01]
    #expect(bytes.indices.contains { bytes[$0...].starts(with: padding) })
  }

  @Test func writtenAndRead() throws {
    let folder = try TemporaryFolder()
    let path = folder("small.model")
    try model.write(to: path)
    #expect(try SentencePieceModel(contentsOf: path) == model)
    #expect(try folder.names() == ["small.model"])
    try SentencePieceModel(pieces: [.init("b", score: 0, kind: .normal)]).write(to: path)
    #expect(try SentencePieceModel(contentsOf: path).pieces.count == 1)
  }

  @Test func unknownFieldsAreKept() throws {
    // trainer_spec { input: "x" }, then a field of the outermost message that nobody knows.
    let bytes = model.serialized() + [0x12, 0x03, 0x0A, 0x01, 0x78, 0xA0, 0x06, 0x07]
    let read = try SentencePieceModel(bytes: bytes)
    #expect(read.trainer.otherFields == [0x0A, 0x01, 0x78])
    #expect(read.otherFields == [0xA0, 0x06, 0x07])
    #expect(try SentencePieceModel(bytes: read.serialized()) == read)
  }

  @Test func truncatedAnywhere() {
    let bytes = model.serialized()
    for count in 0..<bytes.count {
      let error = #expect(throws: TokenizationError.self) {
        try SentencePieceModel(bytes: Array(bytes[..<count]), path: "cut.model")
      }
      guard case .malformedModel("cut.model", let offset, _, _) = error else {
        Issue.record("\(count) bytes: \(String(describing: error))")
        continue
      }
      #expect(offset <= count)
    }
  }

  /// Whatever one byte is changed to, reading ends in a model or in an error.
  @Test func anyByteChanged() {
    let bytes = model.serialized()
    for index in bytes.indices {
      for value: UInt8 in [0, 0x7F, 0x80, 0xFF, bytes[index] ^ 1, bytes[index] ^ 8] {
        var changed = bytes
        changed[index] = value
        do throws(TokenizationError) {
          let tokenizer = try SentencePieceTokenizer(SentencePieceModel(bytes: changed))
          #expect(!tokenizer.encode("abc <sep> x y \u{4E2D}").isEmpty)
        } catch {
          #expect(!error.description.isEmpty)
        }
      }
    }
  }

  @Test func notAModel() throws {
    let folder = try TemporaryFolder()
    let path = folder("tokenizer.json")
    try Data("{\"version\": \"1.0\"}".utf8).write(to: URL(fileURLWithPath: path))
    let error = #expect(throws: TokenizationError.self) {
      try SentencePieceModel(contentsOf: path)
    }
    #expect(error?.description.hasPrefix("\(path): not a whole SentencePiece model") == true)
    let missing = #expect(throws: TokenizationError.self) {
      try SentencePieceModel(contentsOf: folder("absent"))
    }
    guard case .unreadableFile = missing else {
      Issue.record("\(String(describing: missing))")
      return
    }
    let unwritable = #expect(throws: FileError.self) {
      try model.write(to: folder("absent/small.model"))
    }
    #expect(unwritable?.code == ENOENT)
    #expect(unwritable?.description.hasPrefix(folder("absent/small.model")) == true)
  }

  @Test func wireFormatViolations() {
    func found(_ bytes: [UInt8]) -> String {
      #expect(throws: TokenizationError.self) { try SentencePieceModel(bytes: bytes) }?.description
        ?? ""
    }
    #expect(
      found([0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01]).contains("length"))
    #expect(found([UInt8](repeating: 0xFF, count: 11)).contains("more than 64 bits"))
    #expect(found([0x00]).contains("field number"))
    #expect(found([0x0B]).contains("wire type"))
    #expect(found([0x0A, 0x02, 0x08, 0x01]).contains("length-delimited"))
    #expect(found([0x0A, 0x05, 0x0A, 0x01, 0x61, 0x18, 0x09]).contains("piece type"))
    #expect(found([0x0A, 0x02, 0x18, 0x01]).contains("piece's text"))
  }
}
