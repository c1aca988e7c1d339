import Corpora
import TestSupport
import Testing

/// Long contents are compared outside of `#expect`: a failure must not print, or align, all of them.
struct GzipReaderTests {
  let text = Array(String(repeating: "The quick brown fox. ", count: 9_000).utf8)

  @Test(arguments: [1, 7, 65_536, 1 << 20])
  func readsMembersOneAfterTheOther(bufferSize: Int) throws {
    let folder = try TemporaryFolder()
    let middle = text.count / 3
    let members = [text[..<middle], [], text[middle...]].map { gzipped(Array($0)) }
    let path = try folder.write(members.flatMap { $0 }, to: "a.gz")
    let isSame1 = try unwrapped(path, compression: .gzip, bufferSize: bufferSize).elementsEqual(
      text)
    #expect(isSame1)
    let padded = try folder.write(
      members.flatMap { $0 } + [UInt8](repeating: 0, count: 9), to: "b.gz")
    let isSame2 = try unwrapped(padded, compression: .gzip, bufferSize: bufferSize).elementsEqual(
      text)
    #expect(isSame2)
  }

  @Test func everyTruncationIsAnError() throws {
    let folder = try TemporaryFolder()
    let whole = gzipped(Array("Some text that is short. ".utf8))
    for count in whole.indices {
      let path = try folder.write(Array(whole[..<count]), to: "a.gz")
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
      let path = try folder.write(bytes, to: "a.gz")
      #expect {
        try unwrapped(path, compression: .gzip)
      } throws: { error in
        guard case CorpusError.corrupt(path, .gzip, let offset, _) = error else { return false }
        return (0...bytes.count).contains(offset)
      }
    }
  }

  @Test(.enabled(if: SharedData.has("data/formats/zstd/gzip"), "no shared data"))
  func aFileThatBrokeOtherReadersIsRefused() throws {
    let path = SharedData.path("data/formats/zstd/gzip/hufts-segv.gz")
    #expect {
      try unwrapped(path, compression: .gzip)
    } throws: {
      if case CorpusError.corrupt(path, .gzip, _, _) = $0 { true } else { false }
    }
  }
}
