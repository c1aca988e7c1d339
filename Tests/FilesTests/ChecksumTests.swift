import Files
import Testing

@Suite("Checksum")
struct ChecksumTests {
  @Test func crcIsTheStandardOne() throws {
    var checksum = Checksum()
    #expect(checksum.hexadecimal == "00000000")
    Array("1234".utf8).withUnsafeBytes { checksum.append($0) }
    Array("56789".utf8).withUnsafeBytes { checksum.append($0) }
    // The check value of CRC-32/ISO-HDLC.
    #expect(checksum.hexadecimal == "cbf43926")
    #expect(checksum.byteCount == 9)
  }
}
