import Foundation
import Interchange
import TestSupport
import Testing

/// What a path is, told by its contents.
@Suite struct ModelReaderTests {
  @Test func formatsAreToldByContents() throws {
    let folder = try TinyModel.folder()
    #expect(try ModelReader.format(at: folder("m")) == .huggingFace)
    #expect(try ModelReader.format(at: folder("m/")) == .huggingFace)
    #expect(try ModelReader.format(at: folder("m/model.safetensors")) == .huggingFace)
    // Names say nothing.
    try folder.write(Array("GGUF".utf8) + [3, 0, 0, 0], to: "a.pt")
    try folder.write([0x50, 0x4B, 0x03, 0x04, 0, 0], to: "b.gguf")
    #expect(try ModelReader.format(at: folder("a.pt")) == .gguf)
    #expect(try ModelReader.format(at: folder("b.gguf")) == .coreNet)
    try folder.write(Array("GGUF".utf8), to: "one/model.gguf")
    #expect(try ModelReader.format(at: folder("one")) == .gguf)
  }

  @Test func whatIsNoModelIsTold() throws {
    let folder = try TemporaryFolder()
    try folder.write("", to: "empty")
    try folder.write("text", to: "text")
    try folder.write([0x80, 0x02, 0x8A, 0x0A], to: "old.pt")
    try folder.write("GGUF", to: "two/a.gguf")
    try folder.write("GGUF", to: "two/b.gguf")
    try folder.write([2, 0, 0, 0, 0, 0, 0, 0] + Array("{}".utf8), to: "lone.safetensors")
    try FileManager.default.createDirectory(
      atPath: folder("none"), withIntermediateDirectories: true)
    for (name, message) in [
      ("missing", "no such file or folder"), ("empty", "begins with nothing"),
      ("text", "74 65 78 74"), ("old.pt", "PyTorch before 1.6"), ("two", "several: a.gguf, b.gguf"),
      ("none", "an empty folder"), ("lone.safetensors", "without a config.json beside it"),
    ] {
      let fault = try #require(TinyModel.fault(folder(name)))
      #expect(fault.contains(message), "\(fault)")
    }
  }

  @Test func aPaddedTableIsCut() throws {
    var contents = TinyModel.contents()
    let table = try TinyModel.numbers("token_embeddings.weight", of: contents.weights)
    try contents.cutVocabulary(to: 40)
    #expect(contents.configuration.vocabularySize == 40)
    #expect(contents.weights.shape(of: "token_embeddings.weight") == [40, 32])
    #expect(
      try TinyModel.numbers("token_embeddings.weight", of: contents.weights)
        == Array(table.prefix(40 * 32)))
    #expect(contents.weights.shape(of: "norm.weight") == [32])
    #expect(throws: InterchangeError.invalidVocabulary(path: "tiny", asked: 41, found: 40)) {
      try contents.cutVocabulary(to: 41)
    }
    let folder = try TinyModel.folder(contents)
    #expect(
      try TinyModel.numbers(
        "token_embeddings.weight", of: ModelReader.contents(at: folder("m")).weights)
        == Array(table.prefix(40 * 32)))
  }
}
