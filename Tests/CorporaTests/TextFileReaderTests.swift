import Corpora
import Testing

struct TextFileReaderTests {
  /// Characters of every length across every boundary between stretches.
  @Test(arguments: ["a", "é", "語", "😀"])
  func charactersAcrossBoundariesStayWhole(character: Character) throws {
    let folder = try TemporaryFolder()
    for shift in 0..<4 {
      let text = String(repeating: "x", count: shift) + String(repeating: character, count: 300_000)
      let path = try folder.write("a.txt", text)
      #expect(try documents([path]) == [text], "shift \(shift)")
    }
  }

  @Test func aFileIsOneDocumentAsItStands() throws {
    let folder = try TemporaryFolder()
    let first = try folder.write("1.txt", "\u{FEFF}{\"text\": 1}\r\n\r\n two ")
    let second = try folder.write("2.txt.gz", gzipped(Array("second".utf8)))
    let third = try folder.write("3.txt.zst", zstandard([]))
    #expect(
      try documents([first, second, third]) == ["{\"text\": 1}\r\n\r\n two ", "second", ""])
  }

  @Test func invalidUTF8IsNamedWithItsByte() throws {
    let folder = try TemporaryFolder()
    let long = [UInt8](repeating: UInt8(ascii: "a"), count: 600_001)
    for (bytes, offset) in [
      ([0x61, 0xFF], 1), (long + [0xC3, 0x28], 600_001), (long + [0xE6, 0x97], 600_001),
      ([0xFF, 0xFE, 0x41, 0x00], 0), ([0xED, 0xA0, 0x80], 0), ([0x61, 0xC0, 0x80], 1),
    ] as [([UInt8], Int)] {
      let path = try folder.write("a.txt", bytes)
      #expect(throws: CorpusError.invalidUTF8(path: path, line: nil, byteOffset: offset)) {
        try documents([path], malformedLines: .skip)
      }
    }
  }
}
