import Files
import Foundation
import Stories
import TestSupport
import Testing

@Suite("Story corpus")
struct StoryCorpusTests {
  /// FNV-1a, 64 bits.
  static func hash(_ bytes: Data) -> UInt64 {
    bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }

  @Test func filesAreOfTheSameBytesAlways() throws {
    let temporary = try TemporaryFolder()
    let folder = URL(fileURLWithPath: temporary("stories"))
    try StoryCorpus.write(to: folder, documents: 400, heldOut: 100, questions: 100, seed: 1)
    let hashes = try ["stories.jsonl", "stories-heldout.jsonl", "stories-questions.jsonl"].map {
      Self.hash(try Data(contentsOf: folder.appendingPathComponent($0)))
    }
    // A change here changes every score measured on the corpus: say so in the change log.
    #expect(hashes == [3819109193312153143, 13701838649871997076, 12366222261053648289])
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 3)
  }

  @Test func linesAreTheStoriesInJSON() throws {
    struct Line: Decodable { var text: String }
    struct Question: Decodable { var context: String, choices: [String], answer: Int }
    let temporary = try TemporaryFolder()
    let folder = URL(fileURLWithPath: temporary("stories"))
    try StoryCorpus.write(to: folder, documents: 120, heldOut: 30, questions: 40, seed: 9)
    func lines(_ name: String) throws -> [Data] {
      let bytes = try Data(contentsOf: folder.appendingPathComponent(name))
      #expect(bytes.last == 0x0A)
      return bytes.split(separator: 0x0A)
    }
    let decoder = JSONDecoder()
    let training = try lines(StoryCorpus.trainingFileName)
      .map { try decoder.decode(Line.self, from: $0).text }
    #expect(training == (0..<120).map { StoryGenerator(seed: 9).story($0).text })
    let held = StoryGenerator(seed: 9, part: .heldOut)
    let heldOut = try lines(StoryCorpus.heldOutFileName)
      .map { try decoder.decode(Line.self, from: $0).text }
    #expect(heldOut == (0..<30).map { held.story($0).text })
    let questions = try lines(StoryCorpus.questionsFileName)
      .map { try decoder.decode(Question.self, from: $0) }
    #expect(questions.map(\.context) == (30..<70).map { held.story($0).question.context })
    #expect(questions.map(\.choices) == (30..<70).map { held.story($0).question.choices })
    #expect(questions.map(\.answer) == (30..<70).map { held.story($0).question.answer })
  }

  @Test func theDefaultCorpusHasItsSizeAndTellsItsProgress() throws {
    let temporary = try TemporaryFolder()
    let folder = URL(fileURLWithPath: temporary("stories"))
    var reports: [Int] = []
    try StoryCorpus.write(to: folder) { written, total in
      #expect(total == StoryCorpus.defaultDocumentCount + 1_000)
      reports.append(written)
    }
    #expect(reports == Array(stride(from: 1_000, through: 31_000, by: 1_000)))
    let path = folder.appendingPathComponent(StoryCorpus.trainingFileName).path
    let size = try #require(
      FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
    #expect((13_000_000...17_000_000).contains(size))
  }

  @Test func aFolderThatCannotBeWrittenIsAnError() throws {
    let folder = try TemporaryFolder()
    let file = URL(fileURLWithPath: try folder.write([1], to: "file"))
    let inside = file.appendingPathComponent("in")
    let error = #expect(throws: FileError.self) { try StoryCorpus.write(to: inside, documents: 1) }
    #expect(error?.path == inside.path)
    #expect(error?.code == ENOTDIR)
    #expect(throws: StoryError.negativeCount(name: "questions", found: -1)) {
      try StoryCorpus.write(to: file, documents: 1, questions: -1)
    }
    #expect(try Data(contentsOf: file) == Data([1]))
  }
}
