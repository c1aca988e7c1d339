import Tokenization

/// Lets a model write its answers to prompts, greedily, until a stop text or the end token.
///
/// lm-evaluation-harness's `generate_until`: the end token's text is a stop text like the task's own;
/// what is kept of an answer is cut at the first of each stop text in turn.
struct AnswerWriting {
  /// The prompts of a batch, which a journal keeps together.
  private static let promptsPerBatch = 32

  var tokenizer: any Tokenizer
  var journal: EvaluationJournal?

  /// Returns what the model writes after every prompt.
  ///
  /// - Parameter afterBatch: Told how many are done.
  /// - Throws: What the generator and the journal throw.
  func answers(
    to questions: [(question: GenerationQuestion, prompt: [Int32])],
    with generator: inout some LanguageModelGenerator, afterBatch: (Int) throws -> Void
  ) throws -> [String] {
    var answers = [String](repeating: "", count: questions.count)
    var done = 0
    // One limit a batch, the longest prompts first, so that the greatest demand comes at the start.
    let order = questions.indices.sorted { first, second in
      let (left, right) = (questions[first], questions[second])
      return (right.question.maximumTokens, right.prompt.count, first)
        < (left.question.maximumTokens, left.prompt.count, second)
    }
    var position = 0
    while position < order.count {
      let limit = questions[order[position]].question.maximumTokens
      let batch = order[position...].prefix(Self.promptsPerBatch)
        .prefix { questions[$0].question.maximumTokens == limit }
      let prompts = batch.map { questions[$0].prompt }
      let texts =
        try journal?.texts(of: prompts)
        ?? written(batch.map { questions[$0] }, limit: limit, with: &generator)
      try journal?.record(texts, of: prompts)
      for (index, text) in zip(batch, texts) { answers[index] = text }
      position += batch.count
      done += batch.count
      try afterBatch(done)
    }
    return answers
  }

  private func written(
    _ batch: [(question: GenerationQuestion, prompt: [Int32])], limit: Int,
    with generator: inout some LanguageModelGenerator
  ) throws -> [String] {
    let tokens = try generator.generate(batch.map(\.prompt), maximumTokens: limit) {
      prompt, tokens in
      if let end = tokenizer.endToken, tokens.last == end { return true }
      let text = tokenizer.decode(tokens)
      return batch[prompt].question.stops.contains { !$0.isEmpty && text.contains(exactly: $0) }
    }
    return zip(batch, tokens).map { item, tokens in
      var tokens = tokens
      if let end = tokenizer.endToken, tokens.last == end { tokens.removeLast() }
      return item.question.stops.reduce(tokenizer.decode(tokens)) { $0.cut(before: $1) }
    }
  }
}

extension String {
  /// Whether the text has another's bytes in it; equivalent spellings are not the same.
  fileprivate func contains(exactly other: String) -> Bool {
    utf8.firstRange(of: other.utf8) != nil
  }

  /// The text up to the first occurrence of another.
  fileprivate func cut(before other: String) -> String {
    guard !other.isEmpty, let range = utf8.firstRange(of: other.utf8) else { return self }
    return String(decoding: utf8[..<range.lowerBound], as: UTF8.self)
  }
}
