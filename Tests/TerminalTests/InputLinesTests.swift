import Foundation
import Terminal
import Testing

@Suite struct InputLinesTests {
  @Test func linesOfAPipe() throws {
    let pipe = Pipe()
    try pipe.fileHandleForWriting.write(contentsOf: Data("one\r\n\nzwei é\nlast".utf8))
    try pipe.fileHandleForWriting.write(contentsOf: Data([0xFF]))
    try pipe.fileHandleForWriting.close()
    var lines = InputLines(descriptor: pipe.fileHandleForReading.fileDescriptor)
    #expect(lines.next() == .line("one"))
    #expect(lines.next() == .line(""))
    #expect(lines.next() == .line("zwei é"))
    #expect(lines.next() == .line("last\u{FFFD}"))
    #expect(lines.next() == .end)
    #expect(lines.next() == .end)
  }

  @Test func aLineTooLongIsSkipped() throws {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "lines-\(UUID().uuidString)")
    let long = [UInt8](repeating: 0x61, count: InputLines.longestLine + 70_000)
    try (Data(long) + Data("\nnext\n".utf8)).write(to: folder)
    defer { try? FileManager.default.removeItem(at: folder) }
    let handle = try FileHandle(forReadingFrom: folder)
    var lines = InputLines(descriptor: handle.fileDescriptor)
    #expect(lines.next() == .tooLong(bytes: long.count))
    #expect(lines.next() == .line("next"))
    #expect(lines.next() == .end)
  }
}
