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

  /// A corpus that something writes to while it is read is no corpus: what was read would not be
  /// read again.
  @Test(arguments: ["jsonl", "txt"])
  func aFileThatChangesWhileItIsReadIsAnError(_ suffix: String) throws {
    let folder = try TemporaryFolder()
    let line = suffix == "txt" ? "some text, " : "{\"text\": \"some text\"}\n"
    // More than a passage of text is read ahead of the first batch.
    let content = String(repeating: line, count: suffix == "txt" ? 4_000_000 : 200_000)
    let path = try folder.write(content, to: "a.\(suffix)")
    let size = content.utf8.count
    for change in [-1_000, 1_000] {
      try folder.write(content, to: "a.\(suffix)")
      let stream = try BatchStream(
        files: [path], tokenizer: ByteTokenizer(), filter: .none, packing: .concatenated,
        batchSize: 1, sequenceLength: 64, endOfCorpus: .stop)
      _ = try stream.next()
      #expect(truncate(path, size + change) == 0)
      #expect(throws: CorpusError.fileChanged(path: path, listed: size, found: size + change)) {
        _ = try stream.remaining()
      }
    }
  }

  @Test func aFileThatVanishesIsAnError() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("some text", to: "a.txt")
    let stream = try BatchStream(
      files: [path], tokenizer: ByteTokenizer(), filter: .none, packing: .concatenated,
      batchSize: 1, sequenceLength: 64, endOfCorpus: .stop)
    #expect(unlink(path) == 0)
    #expect(throws: CorpusError.missingFile(path: path)) { try stream.next() }
  }
}
