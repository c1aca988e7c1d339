import Foundation
import Testing

/// `samara convert` and `samara inspect` as a user types them.
@Suite struct ConvertTests {
  @Test func aRunGoesOutAndIsLookedAt() throws {
    let program = try Program()
    try program.run("pretrain", "seedling", "--steps", "1", "--sequences-per-step", "1")
    let converted = try program.run(
      "convert", "seedling", "out", "--to", "mlx", "--type", "bf16")
    #expect(converted.status == 0, "\(converted.errors)")
    #expect(converted.output.contains("out: mlx, weights in bf16, read back and compared"))
    for name in ["config.json", "model.safetensors", "tokenizer.json", "README.md"] {
      #expect(converted.output.contains(name))
    }
    let card = String(decoding: program.bytes("out/README.md") ?? Data(), as: UTF8.self)
    #expect(card.contains("samara convert seedling out --to mlx --type bf16"))
    let again = try program.run("convert", "seedling", "out", "--to", "mlx")
    #expect(again.status != 0 && again.errors.contains("--force"), "\(again.errors)")
    let forced = try program.run("convert", "out", "out", "--to", "huggingface", "--force")
    #expect(forced.status == 0, "\(forced.errors)")
    let table = try program.run("inspect", "out", "--tensors")
    #expect(table.status == 0, "\(table.errors)")
    for text in ["Hugging Face folder", "bf16: ", "0 NaN", "SentencePiece BPE model"] {
      #expect(table.output.contains(text), "\(text)")
    }
    let lines = table.output.split(separator: "\n")
    #expect(lines.allSatisfy { $0.count <= 120 })
    let json = try program.run("inspect", "seedling", "--json")
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
    #expect(object["format"] as? String == "samara")
    #expect(object["checksums_match"] as? Bool == true)
    #expect((object["training"] as? [String: Any])?["step"] as? Int == 1)
    #expect((object["layers"] as? [Any])?.isEmpty == false)
    #expect(object["tensors"] == nil)
    let generated = try program.run("evaluate", "out", "--tasks", "stories", "--limit", "2")
    #expect(generated.status == 0, "\(generated.errors)")
  }
}
