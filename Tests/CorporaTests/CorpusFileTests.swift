import Corpora
import Foundation
import TestSupport
import Testing

struct CorpusFileTests {
  @Test func patternsStandForTheirMatchesInByteOrder() throws {
    let folder = try TemporaryFolder()
    for name in ["b10.txt", "b2.txt", "B1.txt", "é.txt", "c.jsonl"] {
      try folder.write("x", to: name)
    }
    let files = try CorpusFile.expanding([folder("c.jsonl"), folder("*.txt")])
    #expect(files.map(\.name) == ["c.jsonl", "B1.txt", "b10.txt", "b2.txt", "é.txt"])
    #expect(files.allSatisfy { $0.byteCount == 1 })
    let some = try CorpusFile.expanding([folder("b?.txt"), folder("{c,zz}.jsonl")])
    #expect(some.map(\.name) == ["b2.txt", "c.jsonl"])
  }

  @Test func aPathThatExistsIsNoPattern() throws {
    let folder = try TemporaryFolder()
    try folder.write("x", to: "a[1].txt")
    try folder.write("y", to: "a1.txt")
    #expect(try CorpusFile.expanding([folder("a[1].txt")]).map(\.name) == ["a[1].txt"])
  }

  @Test func whatIsNotThereIsAnError() throws {
    let folder = try TemporaryFolder()
    #expect(throws: CorpusError.emptyFileList) { try CorpusFile.expanding([]) }
    #expect(throws: CorpusError.patternMatchesNothing(pattern: folder("*.txt"))) {
      try CorpusFile.expanding([folder("*.txt")])
    }
    #expect(throws: CorpusError.missingFile(path: folder("a.txt"))) {
      try CorpusFile.expanding([folder("a.txt")])
    }
    #expect(throws: CorpusError.notAFile(path: folder(""))) {
      try CorpusFile.expanding([folder("")])
    }
  }

  @Test(.disabled(if: getuid() == 0, "the superuser may read everything"))
  func anUnreadableFileIsAnError() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("x", to: "a.txt")
    try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: path)
    #expect { try CorpusFile.expanding([path]) } throws: { error in
      if case CorpusError.unreadable(path, _) = error { true } else { false }
    }
  }

  @Test func identityFollowsNamesSizesAndOrderButNotFolders() {
    let files = [CorpusFile(path: "/a/x", byteCount: 3), CorpusFile(path: "/a/y", byteCount: 4)]
    let moved = [CorpusFile(path: "x", byteCount: 3), CorpusFile(path: "b/c/y", byteCount: 4)]
    let identity = CorpusIdentity(of: files)
    #expect(identity == CorpusIdentity(of: moved))
    #expect(identity.fileCount == 2 && identity.byteCount == 7)
    #expect(identity != CorpusIdentity(of: files.reversed()))
    #expect(
      identity
        != CorpusIdentity(of: [
          CorpusFile(path: "x", byteCount: 4), CorpusFile(path: "y", byteCount: 3),
        ]))
    // FNV-1a of no bytes is its offset basis.
    #expect(CorpusIdentity(of: []).digest == "cbf29ce484222325")
  }
}
