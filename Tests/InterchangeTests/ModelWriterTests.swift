import Foundation
import Interchange
import TestSupport
import Testing

/// What stands where a model is to be written.
@Suite struct ModelWriterTests {
  private func write(
    to path: String, as format: ModelFormat = .huggingFace, replacing replaces: Bool = false,
    _ contents: ModelContents = TinyModel.contents()
  ) throws {
    var options = WritingOptions(type: .float32)
    options.replaces = replaces
    _ = try ModelWriter.write(contents, to: path, as: format, options: options)
  }

  private func fault(_ body: () throws -> Void) -> String {
    do {
      try body()
      return ""
    } catch {
      return "\(error)"
    }
  }

  /// A state dictionary tells no context, which is no reason not to write one.
  @Test func aContextOfAnyLengthGoesOutToCoreNet() throws {
    let folder = try TemporaryFolder()
    #expect(TinyModel.configuration.contextLength != CoreNetFile.publishedContextLength)
    try write(to: folder("deep/er/m.pt"), as: .coreNet)
    let found = try ModelReader.contents(at: folder("deep/er/m.pt"))
    #expect(found.configuration.layers == TinyModel.configuration.layers)
  }

  /// Without norms of queries the file does not tell the width of a head.
  @Test func aModelWithoutNormsOfQueriesGoesOutToCoreNet() throws {
    let folder = try TemporaryFolder()
    var configuration = TinyModel.configuration
    configuration.normalizesQueriesAndKeys = false
    try write(to: folder("m.pt"), as: .coreNet, TinyModel.contents(configuration))
    #expect(TinyModel.fault(folder("m.pt"))?.contains("--head-width") == true)
    let found = try ModelReader.contents(at: folder("m.pt"), headWidth: configuration.headWidth)
    #expect(found.configuration.layers == configuration.layers)
  }

  @Test func whatIsNoModelIsNotReplaced() throws {
    let folder = try TemporaryFolder()
    try write(to: folder("m"))
    #expect(fault { try write(to: folder("m")) }.contains("--force"))
    try write(to: folder("m"), as: .mlx, replacing: true)
    _ = try folder.write("mine", to: "m/notes.txt")
    let told = fault { try write(to: folder("m"), replacing: true) }
    #expect(told.contains("notes.txt"))
    #expect(try String(contentsOfFile: folder("m/notes.txt"), encoding: .utf8) == "mine")
    let text = try folder.write("mine", to: "t.txt")
    #expect(fault { try write(to: text, as: .gguf, replacing: true) }.contains("no model"))
    #expect(try String(contentsOfFile: text, encoding: .utf8) == "mine")
  }

  @Test func aModelIsNotWrittenIntoItself() throws {
    let folder = try TemporaryFolder()
    try write(to: folder("m"))
    let contents = try ModelReader.contents(at: folder("m"))
    #expect(!fault { try write(to: folder("m/inner"), contents) }.isEmpty)
    // In its own place it is another matter: the files that are read live on until it is done.
    try write(to: folder("m"), as: .mlx, replacing: true, contents)
    #expect(TinyModel.fault(folder("m")) == nil)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder("")).sorted() == ["m"])
  }
}
