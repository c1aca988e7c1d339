import Files
import Foundation
import TestSupport
import Testing

@Suite("Atomic file")
struct AtomicFileTests {
  @Test func replacesAFileOnlyWhenWhole() throws {
    let folder = try TemporaryFolder()
    let path = folder("f")
    try AtomicFile.write([1, 2, 3], to: path)
    do {
      let file = try AtomicFile(path: path, bytesNeeded: 1_000)
      try [UInt8](repeating: 9, count: 600_000).withUnsafeBytes { try file.append($0) }
      #expect(try folder.names().count == 2)
      #expect(try bytes(at: path) == [1, 2, 3])
      // Released without a commit.
    }
    #expect(try folder.names() == ["f"])
    // More room was reserved than used: the file must end where the bytes do.
    let file = try AtomicFile(path: path, bytesNeeded: 1_000)
    try [UInt8](repeating: 9, count: 10).withUnsafeBytes { try file.append($0) }
    try file.commit()
    #expect(try bytes(at: path) == [UInt8](repeating: 9, count: 10))
    try AtomicFile.write([], to: path)
    #expect(try bytes(at: path) == [])
  }

  @Test func anyPiecesGiveTheSameFile() throws {
    let folder = try TemporaryFolder()
    let whole = (0..<700_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) }
    for size in [1_009, 262_144, 300_000, 700_000] {
      let file = try AtomicFile(path: folder("f"))
      for start in stride(from: 0, to: whole.count, by: size) {
        try whole[start..<min(whole.count, start + size)].withUnsafeBytes { try file.append($0) }
      }
      try file.commit()
      #expect(try bytes(at: folder("f")) == whole)
    }
  }

  @Test func aMissingFolderIsAnError() throws {
    let folder = try TemporaryFolder()
    #expect(
      throws: FileError(path: folder("no/f"), operation: "creating the file", code: ENOENT)
    ) { try AtomicFile(path: folder("no/f")) }
  }

  /// In a process of its own, since the limit holds for a whole process.
  @Test func aDiskWithoutRoomIsAnErrorAndLeavesNothing() async {
    await #expect(processExitsWith: .success) {
      let folder = try TemporaryFolder()
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit(rlim_cur: 400_000, rlim_max: 400_000)
      precondition(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
      // Found before the first byte is asked for.
      do {
        _ = try AtomicFile(path: folder("f"), bytesNeeded: 500_000)
        preconditionFailure("no error")
      } catch let error as FileError {
        precondition(error.code == EFBIG && error.bytesNeeded == 500_000, "\(error)")
        precondition(error.description.contains("500000 bytes are needed"), "\(error)")
      }
      #expect(try folder.names().isEmpty)
      // Found when the size was not known before.
      do {
        let file = try AtomicFile(path: folder("f"))
        for _ in 0..<5 {
          try [UInt8](repeating: 1, count: 100_000).withUnsafeBytes { try file.append($0) }
        }
        try file.commit()
        preconditionFailure("no error")
      } catch let error as FileError {
        precondition(error.code == EFBIG && error.operation == "writing", "\(error)")
        precondition(error.bytesNeeded != nil, "\(error)")
      }
      #expect(try folder.names().isEmpty)
    }
  }
}
