import Experiments
import Generation
import Foundation
import TestSupport
import Testing
import Tokenization

/// Runs whose tokenizer is not a SentencePiece model.
@Suite struct TokenizerKindsTests {
  /// A `tokenizer.json` of the 256 bytes and an end token, in a folder.
  private func describedBytes(_ folder: TinyWorkspace) throws -> String {
    let visible = Set(0x21...0x7E).union(0xA1...0xAC).union(0xAE...0xFF)
    var next: UInt32 = 0x100
    var vocabulary: [String: Int] = ["<|endoftext|>": 256]
    for byte in 0..<256 {
      let value = visible.contains(byte) ? UInt32(byte) : next
      if !visible.contains(byte) { next += 1 }
      vocabulary[String(try #require(Unicode.Scalar(value)))] = byte
    }
    let byteLevel: [String: Any] = [
      "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true,
    ]
    let description: [String: Any] = [
      "added_tokens": [
        ["id": 256, "content": "<|endoftext|>", "special": true, "normalized": false]
      ],
      "pre_tokenizer": byteLevel, "decoder": byteLevel,
      "model": ["type": "BPE", "vocab": vocabulary, "merges": [String]()],
    ]
    let data = try JSONSerialization.data(withJSONObject: description)
    try folder.folder.write([UInt8](data), to: "bytes/tokenizer.json")
    return folder.folder("bytes")
  }

  @Test func anyTokenizerFileTrains() throws {
    let folder = try TinyWorkspace()
    let source = try describedBytes(folder)
    let recipe = tinyRecipe(corpus: [folder.corpus], tokenizer: .tokenizerFile(source))
    let kept = "\(folder.workspace.checkpoints)/run/step-00000020"
    try folder.start("run", recipe)

    // The checkpoint keeps the file under the name of its kind, and needs no other.
    let file = FileManager.default.contents(atPath: "\(source)/tokenizer.json")
    #expect(folder.bytes("run/step-00000020/tokenizer.json") == file)
    #expect(folder.bytes("run/step-00000020/tokenizer.model") == nil)
    try FileManager.default.moveItem(atPath: source, toPath: source + "-moved")
    let tokenizer = try RunCheckpoint(path: kept).tokenizer()
    #expect(tokenizer.encode("ab\n") == [0x61, 0x62, 0x0A])
    #expect(tokenizer.endToken == 256)
    let model = try WritingModel(
      named: kept, recipes: RecipeCatalog([recipe]), in: folder.workspace)
    let prompt = model.tokens(of: "the red")
    #expect(prompt.suffix(7) == Array("the red".utf8.map(Int32.init))[...])
    let writer = TextWriter(
      model.decoder, tokenizer: model.tokenizer, options: WritingOptions(maximumTokens: 4))
    let text = try writer.texts(continuing: [prompt])[0].text
    #expect(text.utf8.count <= 12)

    let average = try Averaging.average(folder.run("run"), last: 2, in: folder.workspace)
    #expect(
      try RunCheckpoint(path: average.path).tokenizer().fingerprint == tokenizer.fingerprint)

    // A resume finds the ids of the first start.
    try FileManager.default.moveItem(atPath: source + "-moved", toPath: source)
    let weights = folder.bytes("run/step-00000020/weights.safetensors")
    try FileManager.default.removeItem(atPath: kept)
    try folder.resume("run", recipe)
    #expect(folder.bytes("run/step-00000020/weights.safetensors") == weights)
  }
}
