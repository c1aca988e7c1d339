import Foundation
import TestSupport
import Testing
import Tokenization

/// No text makes merging grow faster than n log n. Steps are counted, not timed.
struct MergeGrowthTests {
  private static let llamaModel = "data/tokenizers/llama2/tokenizer.model"

  private static let texts: [(name: String, make: @Sendable (Int) -> [UInt8])] = [
    ("one letter", { [UInt8](repeating: 0x61, count: $0) }),
    ("two letters", { count in (0..<count).map { 0x61 + UInt8($0 & 1) } }),
    ("spaces", { [UInt8](repeating: 0x20, count: $0) }),
    (
      "random bytes",
      { count in
        var random = SplitMix(state: 1)
        return (0..<count).map { _ in UInt8(random.below(256)) }
      }
    ),
    (
      "random letters",
      { count in
        var random = SplitMix(state: 2)
        return (0..<count).map { _ in 0x61 + UInt8(random.below(26)) }
      }
    ),
    (
      "Han characters",
      { count in
        (0..<(count / 3)).flatMap { index in
          Array(String(Unicode.Scalar(0x4E00 + UInt32(index % 20_992)) ?? "x").utf8)
        }
      }
    ),
  ]

  private func expectGrowth(_ tokenizer: SentencePieceTokenizer) {
    for (name, make) in Self.texts {
      let count = 1 << 18
      let few = tokenizer.mergeSteps(encoding: make(count))
      let many = tokenizer.mergeSteps(encoding: make(4 * count))
      // 4 · log 4n ÷ log n is 4.4; texts of a few thousand steps may round up.
      #expect(many <= Int(4.6 * Double(few)) + 10_000, "\(name): \(few) steps, then \(many)")
      // Each symbol enters the queue at most three times and leaves it as often, each time through
      // at most log n levels; words that are scanned instead have at most 48 symbols.
      #expect(many <= 6 * 4 * count * 22, "\(name): \(many) steps")
    }
  }

  @Test func madeOfLongPieces() throws {
    var model = HandmadeModel.plain.model
    for power in 2...10 {
      model.pieces.append(
        .init(String(repeating: "a", count: 1 << power), score: -30 - Float(power), kind: .normal))
    }
    let tokenizer = try SentencePieceTokenizer(model)
    expectGrowth(tokenizer)
    // The queue is what is counted: a million letters go through it.
    #expect(tokenizer.mergeSteps(encoding: [UInt8](repeating: 0x61, count: 1_000_000)) > 1_000_000)
  }

  @Test(
    .enabled(if: SharedData.has(llamaModel), "Llama 2's tokenizer is not here"))
  func llama() throws {
    expectGrowth(try SentencePieceTokenizer(contentsOf: SharedData.path(Self.llamaModel)))
  }
}
