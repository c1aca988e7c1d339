import Models
import Tokenization

/// Continues a text with a checkpoint's model.
public struct Generation: Sendable {
  private let checkpoint: RunCheckpoint
  private let recipe: Recipe
  private let tokenizer: any Tokenizer

  /// - Throws: `ExperimentError.unknownRecipe`, `TokenizationError`.
  public init(_ checkpoint: RunCheckpoint, recipes: RecipeCatalog) throws {
    self.checkpoint = checkpoint
    recipe = checkpoint.state.overrides.applied(
      to: try recipes.recipe(named: checkpoint.state.recipe))
    tokenizer = try checkpoint.tokenizer()
  }

  /// Hands the continuation to `emit`, whole characters at a time, until the end token or
  /// `maximumTokens`.
  ///
  /// - Throws: `ExperimentError.emptyPrompt`, `.promptTooLong`.
  public func run(
    prompt: String, maximumTokens: Int, temperature: Double, seed: UInt64,
    emit: (String) throws -> Void
  ) throws {
    try run(
      recipe.model, tokenizer, prompt: prompt, maximumTokens: maximumTokens,
      temperature: temperature, seed: seed, emit: emit)
  }

  private func run<C: ModelConfiguration>(
    _ configuration: C, _ tokenizer: some Tokenizer, prompt: String, maximumTokens: Int,
    temperature: Double, seed: UInt64, emit: (String) throws -> Void
  ) throws {
    let tokens =
      (tokenizer.startToken.map { [$0] } ?? [])
      + tokenizer.encode(recipe.reading.normalization.applied(to: Array(prompt.utf8)))
    guard !tokens.isEmpty else { throw ExperimentError.emptyPrompt }
    guard tokens.count <= configuration.contextLength else {
      throw ExperimentError.promptTooLong(
        tokens: tokens.count, context: configuration.contextLength)
    }
    let model = try checkpoint.model(configuration)
    var generator = TokenGenerator(
      model, prompt: tokens,
      capacity: tokens.count + min(maximumTokens, model.contextLength - tokens.count))
    // The prompt goes first through the decoder, so that it sees where the text continues.
    var decoder = StreamingDecoder(tokenizer)
    for token in tokens { _ = decoder.append(token) }
    let choice: TokenGenerator<C.Model>.Choice =
      temperature > 0 ? .sampled(temperature: temperature, seed: seed) : .greedy
    for _ in 0..<maximumTokens where !generator.isFull {
      let token = generator.next(choice)
      if token == tokenizer.endToken { break }
      try emit(decoder.append(token))
    }
    try emit(decoder.finish())
  }
}
