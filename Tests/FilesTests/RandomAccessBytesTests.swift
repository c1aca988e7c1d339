import Files
import Foundation
import TestSupport
import Testing

@Suite struct RandomAccessBytesTests {
  private static func read(
    _ file: some RandomAccessBytes, _ range: Range<Int>
  ) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: range.count)
    try bytes.withUnsafeMutableBytes { try file.read(into: $0, at: range.lowerBound) }
    return bytes
  }

  @Test func anyRangeIsRead() throws {
    let folder = try TemporaryFolder()
    let file = try FileBytes(path: folder.write(Array(0...99), to: "numbers"))
    #expect(file.byteCount == 100)
    #expect(try Self.read(file, 0..<100) == Array(0...99))
    #expect(try Self.read(file, 97..<100) == [97, 98, 99])
    #expect(try Self.read(file, 100..<100) == [])
  }

  @Test(arguments: [-1..<2, 99..<101, 200..<201, 0..<101])
  func rangesOutsideAreRefused(_ range: Range<Int>) throws {
    let folder = try TemporaryFolder()
    let file = try FileBytes(path: folder.write(Array(0...99), to: "numbers"))
    let error = #expect(throws: ByteAccessError.self) { try Self.read(file, range) }
    #expect(error?.description.contains("the file has 100 bytes") == true)
  }

  @Test func aFileThatShrinksIsAnError() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Array(0...99), to: "numbers")
    let file = try FileBytes(path: path)
    #expect(truncate(path, 50) == 0)
    let error = #expect(throws: ByteAccessError.self) { try Self.read(file, 40..<60) }
    #expect(error?.reason.contains("became shorter") == true)
  }

  @Test func aFolderIsNoFile() throws {
    let folder = try TemporaryFolder()
    #expect(throws: FileError.self) { try FileBytes(path: folder.path) }
    #expect(throws: FileError.self) { try FileBytes(path: folder("absent")) }
  }
}
