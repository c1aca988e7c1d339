import Kernels
import Layers

/// Weights whose table of tokens is cut to its first rows: what pads a vocabulary stands at its end.
struct CutVocabulary: WeightSource {
  let source: any WeightSource
  let rows: Int

  private static let tables = ["token_embeddings.weight", "classifier.weight"]

  var path: String { source.path }
  var weightNames: [String] { source.weightNames }
  func format(of name: String) -> WeightFormat? { source.format(of: name) }

  func shape(of name: String) -> [Int]? {
    guard let shape = source.shape(of: name), Self.tables.contains(name), shape.count == 2 else {
      return source.shape(of: name)
    }
    return [min(rows, shape[0]), shape[1]]
  }

  func withWeight<Result>(_ name: String, _ body: ([WeightPart]) throws -> Result) throws -> Result
  {
    guard let shape = shape(of: name), Self.tables.contains(name) else {
      return try source.withWeight(name, body)
    }
    return try source.withWeight(name) { parts in
      var rest = shape.reduce(1, *)
      var kept: [WeightPart] = []
      // Parts end where rows end.
      for part in parts where rest > 0 {
        let count = min(rest, part.elementCount)
        kept.append(part.part(0..<count))
        rest -= count
      }
      return try body(kept)
    }
  }
}

extension ModelContents {
  /// Cuts the table of tokens to its first `size` rows, as those of a padded vocabulary.
  ///
  /// - Throws: ``InterchangeError`` where the table has fewer.
  public mutating func cutVocabulary(to size: Int) throws(InterchangeError) {
    guard (1...configuration.vocabularySize).contains(size) else {
      throw .invalidVocabulary(path: path, asked: size, found: configuration.vocabularySize)
    }
    guard size < configuration.vocabularySize else { return }
    weights = CutVocabulary(source: weights, rows: size)
    configuration.vocabularySize = size
  }
}
