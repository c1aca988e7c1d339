import Files
import Foundation
import TestSupport
import Testing

@Suite struct AtomicFolderTests {
  private struct Fault: Error {}

  @Test func aFolderAppearsWhole() throws {
    let folder = try TemporaryFolder()
    let count = try AtomicFolder.write(to: folder("deep/x"), replacing: false) { path in
      try AtomicFile.write([1, 2], to: "\(path)/a")
      #expect(!FileManager.default.fileExists(atPath: folder("deep/x")))
      return 7
    }
    #expect(count == 7)
    #expect(try folder.names(folder("deep")) == ["x"])
    #expect(try folder.names(folder("deep/x")) == ["a"])
  }

  @Test func whatFailsLeavesWhatWasThere() throws {
    let folder = try TemporaryFolder()
    try folder.write("old", to: "x/a")
    #expect(throws: Fault.self) {
      try AtomicFolder.write(to: folder("x"), replacing: true) { path in
        try AtomicFile.write([1], to: "\(path)/b")
        throw Fault()
      }
    }
    #expect(throws: FileError.self) {
      try AtomicFolder.write(to: folder("x"), replacing: false) { _ in }
    }
    #expect(try folder.names() == ["x"])
    #expect(try folder.names(folder("x")) == ["a"])
    try AtomicFolder.write(to: folder("x"), replacing: true) { path in
      try AtomicFile.write([1], to: "\(path)/b")
    }
    #expect(try folder.names() == ["x"])
    #expect(try folder.names(folder("x")) == ["b"])
  }
}
