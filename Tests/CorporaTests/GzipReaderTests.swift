import Corpora
import Testing

/// Long contents are compared outside of `#expect`: a failure must not print, or align, all of them.
struct GzipReaderTests {
  let text = Array(String(repeating: "The quick brown fox. ", count: 9_000).utf8)

  @Test(arguments: [1, 7, 65_536, 1 << 20])
  func readsMembersOneAfterTheOther(bufferSize: Int) throws {
    let folder = try TemporaryFolder()
    let middle = text.count / 3
    let members = [text[..<middle], [], text[middle...]].map { gzipped(Array($0)) }
    let path = try folder.write("a.gz", members.flatMap { $0 })
    let isSame1 = try unwrapped(path, compression: .gzip, bufferSize: bufferSize).elementsEqual(
      text)
    #expect(isSame1)
    let padded = try folder.write("b.gz", members.flatMap { $0 } + [UInt8](repeating: 0, count: 9))
    let isSame2 = try unwrapped(padded, compression: .gzip, bufferSize: bufferSize).elementsEqual(
      text)
    #expect(isSame2)
  }

  @Test func everyTruncationIsAnError() throws {
    let folder = try TemporaryFolder()
    let whole = gzipped(Array("Some text that is short. ".utf8))
    for count in whole.indices {
      let path = try folder.write("a.gz", Array(whole[..<count]))
      #expect(
        throws: CorpusError.truncated(path: path, compression: .gzip, byteOffset: count),
        "\(count) of \(whole.count) bytes"
      ) { try unwrapped(path, compression: .gzip) }
    }
  }

  @Test func brokenDataAreAnErrorWithItsPlace() throws {
    let folder = try TemporaryFolder()
    let whole = gzipped(Array("abcabcabc".utf8))
    var wrongChecksum = whole
    wrongChecksum[whole.count - 5] ^= 1
    for bytes in [wrongChecksum, whole + Array("trailing".utf8), [0x1F, 0x8B, 0x63, 0x00]] {
      let path = try folder.write("a.gz", bytes)
      #expect {
        try unwrapped(path, compression: .gzip)
      } throws: { error in
        guard case CorpusError.corrupt(path, .gzip, let offset, _) = error else { return false }
        return (0...bytes.count).contains(offset)
      }
    }
  }

  @Test(.enabled(if: Shared.exists("data/formats/zstd/gzip"), "no shared data"))
  func aFileThatBrokeOtherReadersIsRefused() throws {
    let path = Shared.path("data/formats/zstd/gzip/hufts-segv.gz")
    #expect {
      try unwrapped(path, compression: .gzip)
    } throws: {
      if case CorpusError.corrupt(path, .gzip, _, _) = $0 { true } else { false }
    }
  }
}
