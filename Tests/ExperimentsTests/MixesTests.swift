import Corpora
import Experiments
import Recipes
import Testing

struct MixesTests {
  static let mixes: [[TextSource]] = [.refinedWeb, .pile, .redPajama, .dolma]

  @Test(arguments: mixes)
  func everySourceSaysAllOfItself(_ mix: [TextSource]) throws {
    for source in mix {
      #expect(!source.addresses.isEmpty && source.weight > 0)
      #expect(source.textField != nil, "\(source.name)")
      #expect(source.license?.isEmpty == false, "\(source.name)")
      for address in source.addresses {
        #expect(address.hasPrefix("hf://datasets/") || address.hasPrefix("list:"), "\(address)")
      }
    }
  }

  /// 1.8 trillion tokens in the paper, 26 billion of them books that can no longer be had.
  @Test func theSumIsThePapers() {
    let sum = [TextSource].openELMPretraining.reduce(0) { $0 + $1.weight }
    #expect(abs(sum + 26 - 1_784.3) < 0.01)
    let names = [TextSource].openELMPretraining.map(\.name)
    #expect(Set(names).count == names.count)
  }
}
