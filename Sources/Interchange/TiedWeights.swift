import Kernels
import Layers

/// Weights of a model whose output projection is its token table, from a folder that may hold the
/// projection nevertheless, as some libraries write it: it is passed over.
struct TiedWeights: WeightSource {
  private let source: any WeightSource
  private let hides: Bool

  private static let classifier = "classifier.weight"
  private static let table = "token_embeddings.weight"

  init(_ source: any WeightSource, isTied: Bool) {
    self.source = source
    hides = isTied && source.shape(of: Self.classifier) != nil
  }

  var path: String { source.path }
  var weightNames: [String] {
    hides ? source.weightNames.filter { $0 != Self.classifier } : source.weightNames
  }

  func shape(of name: String) -> [Int]? { isHidden(name) ? nil : source.shape(of: name) }
  func format(of name: String) -> WeightFormat? { isHidden(name) ? nil : source.format(of: name) }

  func withWeight<Result>(_ name: String, _ body: ([WeightPart]) throws -> Result) throws -> Result
  {
    try source.withWeight(name, body)
  }

  private func isHidden(_ name: String) -> Bool { hides && name == Self.classifier }

  /// What is to be said of a projection that was passed over.
  func notes() throws -> [String] {
    guard hides else { return [] }
    let isEqual = try source.withWeight(Self.classifier) { first in
      try source.withWeight(Self.table) { second in
        first.count == second.count
          && zip(first, second).allSatisfy {
            $0.format == $1.format && $0.bytes.elementsEqual($1.bytes)
          }
      }
    }
    return isEqual
      ? []
      : [
        "passed over lm_head.weight, which differs from the token table: the configuration says that "
          + "the table is the output projection (share_input_output_layers)"
      ]
  }
}
