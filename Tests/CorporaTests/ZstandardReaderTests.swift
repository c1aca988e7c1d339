import Corpora
import Foundation
import TestSupport
import Testing

/// Long contents are compared outside of `#expect`: a failure must not print, or align, all of them.
struct ZstandardReaderTests {
  let text = Array((0..<30_000).map { "line \($0 * 7919 % 1000) " }.joined().utf8)

  @Test(arguments: [1, 7, 65_536, 1 << 20])
  func readsFramesOneAfterTheOther(bufferSize: Int) throws {
    let folder = try TemporaryFolder()
    let middle = text.count / 3
    // A skippable frame of three bytes, first and in between.
    let skippable: [UInt8] = [0x51, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 9, 9, 9]
    let frames =
      [skippable, zstandard(Array(text[..<middle])), zstandard([]), skippable]
      + [zstandard(Array(text[middle...]))]
    let path = try folder.write(frames.flatMap { $0 }, to: "a.zst")
    let isSame1 = try unwrapped(path, compression: .zstandard, bufferSize: bufferSize)
      .elementsEqual(text)
    #expect(isSame1)
    #expect(try FileFormat(ofFileAt: path).compression == .zstandard)
  }

  @Test func readsWindowsThatTheLibraryRefusesByDefault() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(zstandard(text, windowLog: 28), to: "a.zst")
    let isSame2 = try unwrapped(path, compression: .zstandard, bufferSize: 1 << 16).elementsEqual(
      text)
    #expect(isSame2)
  }

  @Test func everyTruncationIsAnError() throws {
    let folder = try TemporaryFolder()
    let whole = zstandard(Array("Some text that is short. ".utf8))
    for count in 1..<whole.count {
      let path = try folder.write(Array(whole[..<count]), to: "a.zst")
      #expect(
        throws: CorpusError.truncated(path: path, compression: .zstandard, byteOffset: count),
        "\(count) of \(whole.count) bytes"
      ) { try unwrapped(path, compression: .zstandard) }
    }
  }

  /// Random bytes are stored: six bytes of frame header, three of block header, then 128 KiB.
  @Test func whatCameBeforeTheTruncationIsDelivered() throws {
    let folder = try TemporaryFolder()
    var generator = TestGenerator(state: 1)
    let noise = (0..<200_000).map { _ in UInt8.random(in: 0...255, using: &generator) }
    let path = try folder.write(Array(zstandard(noise)[..<(6 + 3 + 131_072)]), to: "a.zst")
    let reader = try openDecompressed(path: path, compression: .zstandard)
    var buffer = [UInt8](repeating: 0, count: 1_000)
    var delivered: [UInt8] = []
    #expect(
      throws: CorpusError.truncated(path: path, compression: .zstandard, byteOffset: 131_081)
    ) {
      while true {
        let count = try buffer.withUnsafeMutableBytes { try reader.read(into: $0) }
        delivered += buffer[..<count]
      }
    }
    let isSame3 = delivered.elementsEqual(noise[..<131_072])
    #expect(isSame3)
  }

  @Test func brokenDataAreAnErrorWithItsPlace() throws {
    let folder = try TemporaryFolder()
    let whole = zstandard(text)
    var reserved = whole
    // The frame header's reserved bit.
    reserved[4] |= 0x08
    for bytes in [whole + Array("trailing".utf8), reserved] {
      let path = try folder.write(bytes, to: "a.zst")
      #expect {
        try unwrapped(path, compression: .zstandard)
      } throws: { error in
        guard case CorpusError.corrupt(path, .zstandard, let offset, _) = error else {
          return false
        }
        return (0...bytes.count).contains(offset)
      }
    }
  }

  /// A header alone that asks for the largest window: it must cost neither memory nor time.
  @Test func aWindowClaimedButNotFilledIsTruncation() throws {
    let folder = try TemporaryFolder()
    // Magic; descriptor without content size; window 2^31; a raw block of 100 bytes that stops at
    // once.
    let bytes: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0x00, 21 << 3, 0x20, 0x03, 0x00, 0x41]
    let path = try folder.write(bytes, to: "a.zst")
    #expect(
      throws: CorpusError.truncated(path: path, compression: .zstandard, byteOffset: bytes.count)
    ) { try unwrapped(path, compression: .zstandard) }
  }

  static let golden = "data/formats/zstd/golden-decompression"

  /// Sizes and contents are those that the zstd tool gives.
  @Test(.enabled(if: SharedData.has(golden), "no shared data"))
  func goldenFramesGiveTheirBytes() throws {
    func bytes(_ name: String) throws -> [UInt8] {
      try unwrapped(SharedData.path("\(Self.golden)/\(name)"), compression: .zstandard)
    }
    #expect(try bytes("empty-block.zst").isEmpty)
    let isSame4 = try bytes("rle-first-block.zst").elementsEqual(repeatElement(0, count: 1_048_576))
    #expect(isSame4)
    #expect(try bytes("block-128k.zst").count == 131_068)
  }

  /// Old libraries refuse one valid frame and forgive some invalid ones: no file may do worse than
  /// throw.
  @Test(.enabled(if: SharedData.has(golden), "no shared data"))
  func oddFramesEndInBytesOrAnError() throws {
    let names = [
      "golden-decompression/zeroSeq_2B.zst", "golden-decompression-errors/off0.bin.zst",
      "golden-decompression-errors/truncated_huff_state.zst",
      "golden-decompression-errors/zeroSeq_extraneous.zst",
    ]
    for name in names {
      let path = SharedData.path("data/formats/zstd/\(name)")
      do throws(CorpusError) {
        let reader = try openDecompressed(path: path, compression: .zstandard)
        #expect(try reader.skip(1_000) <= 18, "\(name)")
      } catch {
        guard case .corrupt(path, .zstandard, _, _) = error else {
          Issue.record("\(name): \(error)")
          continue
        }
      }
    }
  }
}
