import Tokenization

/// Turns a context and a continuation into token ids as lm-evaluation-harness 0.4.13 does.
///
/// - Whitespace at the end of the context moves to the continuation, where tokenizers expect it.
/// - Both are encoded together and split at the length of the context encoded alone, because a
///   continuation encoded alone may begin with other tokens.
/// - The start token stands first, once. An empty context is the start token, or the end token where
///   the tokenizer has no other.
/// - A request longer than the model's context plus one loses tokens on the left.
package struct RequestEncoder {
  let tokenizer: any Tokenizer
  let contextLength: Int
  /// The last context and its ids: the choices of a question mostly share it.
  private var lastContext: (text: [UInt8], tokens: [Int32])?

  package init(tokenizer: any Tokenizer, contextLength: Int) {
    precondition(contextLength > 0, "context length \(contextLength) is not positive")
    self.tokenizer = tokenizer
    self.contextLength = contextLength
  }

  /// Returns the requests whose scores answer a question: one a completion, or a text's windows.
  ///
  /// - Throws: As for one request.
  package mutating func encode(_ question: TaskQuestion, at location: DocumentLocation) throws
    -> [TokenizedRequest]
  {
    if case .text(let text) = question {
      return RollingWindows.windows(
        over: Self.textTokens(of: text, tokenizer: tokenizer),
        prefix: try Self.prefixToken(of: tokenizer), contextLength: contextLength)
    }
    return try question.completions.enumerated().map { choice, request in
      try encode(request, choice: choice, at: location)
    }
  }

  /// Returns the ids of a prompt that the model goes on with, cut on the left so that prompt and answer
  /// fit its context.
  ///
  /// - Throws: `EvaluationError.noRoomForPrompt`, `.noStartToken`.
  package func encode(_ question: GenerationQuestion, at location: DocumentLocation) throws
    -> [Int32]
  {
    let room = contextLength - question.maximumTokens
    guard room > 0 else {
      throw EvaluationError.noRoomForPrompt(
        location, maximumTokens: question.maximumTokens, contextLength: contextLength)
    }
    var tokens = Self.textTokens(of: question.context, tokenizer: tokenizer)
    if let start = tokenizer.startToken {
      tokens.insert(start, at: 0)
    } else if tokens.isEmpty {
      tokens = [try Self.prefixToken(of: tokenizer)]
    }
    return Array(tokens.suffix(room))
  }

  /// Returns the ids of one request.
  ///
  /// - Throws: `EvaluationError.emptyContinuation`, `.continuationTooLong`, `.noStartToken`.
  package mutating func encode(
    _ request: Completion, choice: Int, at location: DocumentLocation
  ) throws -> TokenizedRequest {
    let (context, spaces) = PythonText.splittingTrailing(request.context)
    let continuation = spaces + request.continuation
    var contextTokens = encodeContext(context)
    let whole = Self.textTokens(of: context + continuation, tokenizer: tokenizer)
    var continuationTokens = Array(whole.dropFirst(contextTokens.count))
    if let start = tokenizer.startToken {
      contextTokens.insert(start, at: 0)
    } else if contextTokens.isEmpty {
      let prefix = try Self.prefixToken(of: tokenizer)
      // Only a text that spells the token out can begin with it: then it is its own context.
      if continuationTokens.first == prefix { continuationTokens.removeFirst() }
      contextTokens = [prefix]
    }
    if continuationTokens.isEmpty {
      throw EvaluationError.emptyContinuation(location, choice: choice)
    }
    if continuationTokens.count > contextLength {
      throw EvaluationError.continuationTooLong(
        location, choice: choice, tokens: continuationTokens.count, contextLength: contextLength)
    }
    let room = contextLength + 1 - continuationTokens.count
    return TokenizedRequest(
      context: Array(contextTokens.suffix(room)), continuation: continuationTokens)
  }

  private mutating func encodeContext(_ text: String) -> [Int32] {
    let bytes = Array(text.utf8)
    if let lastContext, lastContext.text == bytes { return lastContext.tokens }
    let tokens = Self.textTokens(of: text, tokenizer: tokenizer)
    lastContext = (bytes, tokens)
    return tokens
  }

  /// The token that stands before text that nothing precedes.
  static func prefixToken(of tokenizer: any Tokenizer) throws -> Int32 {
    guard let token = tokenizer.startToken ?? tokenizer.endToken else {
      throw EvaluationError.noStartToken
    }
    return token
  }

  /// Returns a text's ids without a start token.
  static func textTokens(of text: String, tokenizer: any Tokenizer) -> [Int32] {
    withoutStart(tokenizer.encode(text), tokenizer)
  }

  static func textTokens(of text: [UInt8], tokenizer: any Tokenizer) -> [Int32] {
    withoutStart(text.withUnsafeBufferPointer { tokenizer.encode($0) }, tokenizer)
  }

  /// Takes away a start token that the tokenizer put first itself or that the text spells out.
  private static func withoutStart(_ tokens: [Int32], _ tokenizer: any Tokenizer) -> [Int32] {
    guard let start = tokenizer.startToken, tokens.first == start else { return tokens }
    return Array(tokens.dropFirst())
  }

  /// Throws where the tokenizer has ids that the model has no probability for.
  static func checkVocabulary(_ tokenizer: any Tokenizer, fits scorer: some LanguageModelScorer)
    throws
  {
    if tokenizer.vocabularySize > scorer.vocabularySize {
      throw EvaluationError.vocabularyMismatch(
        tokenizer: tokenizer.vocabularySize, model: scorer.vocabularySize)
    }
  }
}
