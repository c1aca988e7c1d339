import Models

/// Which tokens a text holds so far, for the repetition penalty: each of them once.
final class TokenHistory {
  private var seen: [Bool]
  private(set) var tokens: [Int32] = []

  init(vocabularySize: Int) { seen = Array(repeating: false, count: vocabularySize) }

  func append(_ token: Int32) {
    guard token >= 0, Int(token) < seen.count, !seen[Int(token)] else { return }
    seen[Int(token)] = true
    tokens.append(token)
  }
}
