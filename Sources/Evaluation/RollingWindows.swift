/// Cuts a long text into requests that predict each of its tokens exactly once.
///
/// lm-evaluation-harness's rolling windows with a context of one token, made disjoint: the first
/// window follows the prefix token, every full window follows the last token before it, and the
/// last, shorter one is given as much of the text before it as fits the model's context.
package enum RollingWindows {
  /// Returns the windows of `tokens` in order; none where there are no tokens.
  package static func windows(over tokens: [Int32], prefix: Int32, contextLength: Int)
    -> [TokenizedRequest]
  {
    precondition(contextLength > 0, "context length \(contextLength) is not positive")
    guard !tokens.isEmpty else { return [] }
    var end = min(contextLength, tokens.count)
    var windows = [TokenizedRequest(context: [prefix], continuation: Array(tokens[..<end]))]
    while end < tokens.count {
      let start = end
      end = min(start + contextLength, tokens.count)
      windows.append(
        TokenizedRequest(
          context: Array(tokens[(end - contextLength - 1)..<start]),
          continuation: Array(tokens[start..<end])))
    }
    return windows
  }
}
