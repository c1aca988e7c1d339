import Corpora
import TestSupport
import Testing

struct TextFileReaderTests {
  /// Characters of every length across every boundary between stretches.
  @Test(arguments: ["a", "é", "語", "😀"])
  func charactersAcrossBoundariesStayWhole(character: Character) throws {
    let folder = try TemporaryFolder()
    for shift in 0..<4 {
      let text = String(repeating: "x", count: shift) + String(repeating: character, count: 300_000)
      let path = try folder.write(text, to: "a.txt")
      #expect(try documents([path]) == [text], "shift \(shift)")
    }
  }

  @Test func aFileIsOneDocumentAsItStands() throws {
    let folder = try TemporaryFolder()
    let first = try folder.write("\u{FEFF}{text: 1}\r\n\r\n two ", to: "1.txt")
    let second = try folder.write(gzipped(Array("second".utf8)), to: "2.txt.gz")
    let third = try folder.write(zstandard([]), to: "3.txt.zst")
    #expect(
      try documents([first, second, third]) == ["{text: 1}\r\n\r\n two ", "second", ""])
  }

  @Test func invalidUTF8IsNamedWithItsByte() throws {
    let folder = try TemporaryFolder()
    let long = [UInt8](repeating: UInt8(ascii: "a"), count: 600_001)
    for (bytes, offset) in [
      ([0x61, 0xFF], 1), (long + [0xC3, 0x28], 600_001), (long + [0xE6, 0x97], 600_001),
      ([0xFF, 0xFE, 0x41, 0x00], 0), ([0xED, 0xA0, 0x80], 0), ([0x61, 0xC0, 0x80], 1),
    ] as [([UInt8], Int)] {
      let path = try folder.write(bytes, to: "a.txt")
      #expect(throws: CorpusError.invalidUTF8(path: path, line: nil, byteOffset: offset)) {
        try documents([path], malformedLines: .skip)
      }
    }
  }
}
