import Files
import Testing

@Suite struct MemoryBytesTests {
  private let bytes = MemoryBytes(Array(0...99), name: "numbers")

  private func read(_ range: Range<Int>) throws -> [UInt8] {
    var result = [UInt8](repeating: 0, count: range.count)
    try result.withUnsafeMutableBytes { try bytes.read(into: $0, at: range.lowerBound) }
    return result
  }

  @Test func anyRangeIsRead() throws {
    #expect(bytes.byteCount == 100)
    #expect(try read(0..<100) == Array(0...99))
    #expect(try read(97..<100) == [97, 98, 99])
    #expect(try read(100..<100) == [])
  }

  @Test(arguments: [-1..<2, 99..<101, 200..<201, 0..<101])
  func rangesOutsideAreRefused(_ range: Range<Int>) {
    let error = #expect(throws: ByteAccessError.self) { try read(range) }
    #expect(error?.description.hasPrefix("numbers: bytes") == true)
    #expect(error?.description.contains("there are 100 bytes") == true)
  }
}
