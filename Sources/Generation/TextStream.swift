import Tokenization

/// Turns the tokens of one continuation into text that may be shown at once: whole characters, and
/// nothing that may still become a stop text.
struct TextStream {
  private var decoder: any TokenDecoding
  private var stops: StopTexts

  /// - Parameter prompt: What the text goes on from; the decoder has to see it, since a first token
  ///   may end a character that the prompt began, or stand without the space of a beginning.
  init(_ tokenizer: some Tokenizer, stops: StopTexts, after prompt: [Int32]) {
    var decoder = StreamingDecoder(tokenizer)
    for token in prompt { _ = decoder.append(token) }
    self.decoder = decoder
    self.stops = stops
  }

  /// The text that a token sets free, and whether a stop text has come.
  mutating func append(_ token: Int32) -> (text: String, isStopped: Bool) {
    let (text, isFound) = stops.append(decoder.append(token))
    return (text, isFound)
  }

  /// What was held back, where no stop text has come.
  mutating func finish() -> String {
    let (text, isFound) = stops.append(decoder.finish())
    return isFound ? text : text + stops.finish()
  }
}

/// A streaming decoder of any tokenizer.
private protocol TokenDecoding {
  mutating func append(_ token: Int32) -> String
  mutating func finish() -> String
}

extension StreamingDecoder: TokenDecoding {}
