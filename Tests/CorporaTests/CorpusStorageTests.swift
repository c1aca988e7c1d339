import Corpora
import TestSupport
import Testing

struct CorpusStorageTests {
  private func names(_ patterns: [String]) throws -> [String] {
    try CorpusStorage.standard.files(matching: patterns).map { String($0.name) }
  }

  @Test func aListNamesFiles() throws {
    let folder = try TemporaryFolder()
    for name in ["a.txt", "b.txt", "c.jsonl"] { try folder.write(name, to: name) }
    let list = try folder.write(
      "\(folder("b.txt"))\r\n\n  \(folder("a.txt"))\n\(folder("*.jsonl"))\n", to: "list")
    #expect(try names(["list:\(list)"]) == ["b.txt", "a.txt", "c.jsonl"])
    #expect(try names(["list:\(list)#.txt", folder("c.jsonl")]) == ["b.txt", "a.txt", "c.jsonl"])
    #expect(throws: CorpusError.patternMatchesNothing(pattern: "list:\(list)#none")) {
      try names(["list:\(list)#none"])
    }
    try folder.write("", to: "empty")
    #expect(throws: CorpusError.self) { try names(["list:\(folder("empty"))"]) }
    #expect(throws: CorpusError.self) { try names(["list:"]) }
    #expect(throws: CorpusError.missingFile(path: folder("absent"))) {
      try names(["list:\(folder("absent"))"])
    }
  }

  @Test func aListOfListsIsRefused() throws {
    let folder = try TemporaryFolder()
    let list = folder("list")
    try folder.write("list:\(list)\n", to: "list")
    for pattern in ["list:\(list)", "list:list:\(list)"] {
      let error = #expect(throws: CorpusError.self) { try names([pattern]) }
      #expect("\(try #require(error))".contains("list"))
    }
  }

  @Test func addressesThatMakeNoSenseAreErrors() throws {
    for pattern in ["gs://bucket/key", "ftp://host/file"] {
      #expect {
        try names([pattern])
      } throws: { error in
        if case CorpusError.unusable(pattern, _) = error { true } else { false }
      }
    }
    for pattern in ["https://", "s3://", "hf://datasets/only-an-owner", "http://host/*.jsonl"] {
      #expect {
        try names([pattern])
      } throws: { error in
        if case CorpusError.transfer = error { true } else { false }
      }
    }
  }
}
