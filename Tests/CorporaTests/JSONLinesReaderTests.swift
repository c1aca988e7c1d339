import Corpora
import Foundation
import TestSupport
import Testing

struct JSONLinesReaderTests {
  @Test func textsComeOutAsTheyWentIn() throws {
    let folder = try TemporaryFolder()
    let texts = [
      "plain", "", "quote \" backslash \\ slash / newline \n tab \t", "é日本語😀", "nul \u{0} inside",
      String(repeating: "long é ", count: 400_000), "after the long one",
    ]
    let lines = try texts.enumerated().map { index, text in
      try jsonLine(["a": [1, 2, ["text": "not this"]], "text": text, "z": index])
    }
    let unix = try folder.write(lines.joined(separator: "\n"), to: "unix.jsonl")
    #expect(try documents([unix]) == texts)
    let windows = try folder.write(
      "\u{FEFF}" + lines.map { $0 + "\r\n\r\n  \t\n" }.joined(), to: "windows.jsonl")
    #expect(try documents([windows]) == texts)
  }

  @Test func escapesAreResolved() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(#"{"text":"\u0041\u00e9\ud83d\ude00\/\b"}"#, to: "a.jsonl")
    #expect(try documents([path]) == ["Aé😀/\u{8}"])
  }

  @Test func dotsLeadIntoObjects() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(
      #"{"text":"no","content":{"body":{"te/xt~":"yes"}}}"#, to: "a.jsonl")
    #expect(try documents([path], field: "content.body.te/xt~") == ["yes"])
    #expect(throws: CorpusError.missingField(path: path, line: 1, field: "content.text")) {
      try documents([path], field: "content.text")
    }
  }

  static let good = #"{"text": "good"}"#

  @Test(arguments: [
    #"{"text": "cut"#, #"{"text": "x"} {"text": "y"}"#, "garbage", "{}}", #"{'text': 'x'}"#,
    #"{"text": "\ud800"}"#, #"{"text": "x", "n": NaN}"#, "{\"text\": \"raw\u{1}control\"}",
    String(repeating: "[", count: 100_000), #"["text", "x"]"#, #""text""#, "7", "null",
  ])
  func aLineThatIsNoObjectIsNamed(line: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("\(Self.good)\n\n\(line)\n\(Self.good)\n", to: "a.jsonl")
    #expect {
      try documents([path])
    } throws: { error in
      if case CorpusError.malformedJSON(path, 3, _) = error { true } else { false }
    }
    #expect(try documents([path], malformedLines: .skip) == ["good", "good"])
  }

  @Test func aFieldThatIsMissingOrNoStringIsNamed() throws {
    let folder = try TemporaryFolder()
    for (line, found) in [
      (#"{"text": null}"#, "null"), (#"{"text": 3}"#, "a number"), (#"{"text": 0.5}"#, "a number"),
      (#"{"text": true}"#, "a boolean"), (#"{"text": []}"#, "an array"),
      (#"{"text": {}}"#, "an object"),
    ] {
      let path = try folder.write("\(Self.good)\n\(line)", to: "a.jsonl")
      let expected = CorpusError.fieldIsNotText(path: path, line: 2, field: "text", found: found)
      #expect(throws: expected) { try documents([path]) }
      #expect(expected.description.hasPrefix("\(path):2: field \"text\" is \(found)"))
      #expect(try documents([path], malformedLines: .skip) == ["good"])
    }
    let path = try folder.write("\(Self.good)\n{\"Text\": \"x\"}\n{}", to: "a.jsonl")
    #expect(throws: CorpusError.missingField(path: path, line: 2, field: "text")) {
      try documents([path])
    }
    #expect(try documents([path], malformedLines: .skip) == ["good"])
  }

  @Test func invalidUTF8IsNamedWithLineAndByte() throws {
    let folder = try TemporaryFolder()
    let first = Array("\(Self.good)\n".utf8)
    let path = try folder.write(
      first + Array("{\"text\": \"".utf8) + [0xC3, 0x28] + Array("\"}\n".utf8) + first,
      to: "a.jsonl")
    let expected = CorpusError.invalidUTF8(path: path, line: 2, byteOffset: first.count + 10)
    #expect(throws: expected) { try documents([path]) }
    #expect(try documents([path], malformedLines: .skip) == ["good", "good"])
  }

  @Test func skippedLinesAreCounted() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("bad\n\(Self.good)\n\nbad\nbad\n\(Self.good)\nbad\n", to: "a.jsonl")
    let stream = try BatchStream(
      files: [path, path], tokenizer: ByteTokenizer(), filter: .none, packing: .padOrTruncate,
      batchSize: 4, sequenceLength: 8, endOfCorpus: .stop, malformedLines: .skip)
    #expect(try stream.next()?.batchSize == 4)
    // The second file's last line is not read yet.
    #expect(stream.counts.malformedLinesSkipped == 7)
    #expect(try stream.next() == nil)
    #expect(stream.counts.malformedLinesSkipped == 8)
  }

  /// A few kilobytes of zstd that unwrap to one endless line.
  @Test func aLineThatDoesNotEndIsRefused() throws {
    let folder = try TemporaryFolder()
    let frame = zstandard([UInt8](repeating: UInt8(ascii: "a"), count: 16 << 20))
    let path = try folder.write(
      zstandard(Array("{}\n".utf8)) + (0..<17).flatMap { _ in frame }, to: "a.jsonl.zst")
    let stream = try BatchStream(
      files: [path], tokenizer: ByteTokenizer(), filter: .none, packing: .concatenated,
      batchSize: 1, sequenceLength: 8, malformedLines: .skip)
    #expect(throws: CorpusError.lineTooLong(path: path, line: 2, maximumBytes: 256 << 20)) {
      try stream.next()
    }
  }
}
