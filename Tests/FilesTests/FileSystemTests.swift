import Files
import Foundation
import TestSupport
import Testing

@Suite("File system")
struct FileSystemTests {
  @Test func foldersThatLackAreMade() throws {
    let folder = try TemporaryFolder()
    for _ in 1...2 { try FileSystem.makeFolder(folder("a/b/c/")) }
    #expect(try folder.names(folder("a/b")) == ["c"])
  }

  @Test func whatIsNoFolderIsAnError() throws {
    let folder = try TemporaryFolder()
    try folder.write([1], to: "file")
    for name in ["file", "file/in", "file/in/it"] {
      let error = #expect(throws: FileError.self) { try FileSystem.makeFolder(folder(name)) }
      #expect(error?.code == ENOTDIR && error?.path.hasPrefix(folder("file")) == true)
    }
    #expect(throws: FileError(path: "", operation: "making the folder", code: ENOENT)) {
      try FileSystem.makeFolder("")
    }
  }

  @Test(
    arguments: [
      (".", "."), ("..", "."), ("", "."), ("a", "."), ("a/", "."), ("a/b", "a"), ("a/b/", "a"),
      ("a//b", "a"), ("/", "/"), ("/a", "/"), ("//a", "/"), ("/a/b", "/a"), ("./a", "."),
    ])
  func parents(path: String, parent: String) {
    #expect(FileSystem.parent(of: path) == parent)
  }
}
