import Evaluation
import Tokenization

/// One token a byte, after four special ones.
struct ByteTokenizer: Tokenizer {
  var vocabularySize: Int { 260 }
  var startToken: Int32? = 1
  var endToken: Int32? = 2
  var paddingToken: Int32? { nil }
  var fingerprint: String { "bytes" }
  /// Whether `encode` itself puts the start token first.
  var startsItself = false

  func encode(_ text: UnsafeBufferPointer<UInt8>) -> [Int32] {
    let tokens = text.map { Int32($0) + 4 }
    guard startsItself, let startToken else { return tokens }
    return [startToken] + tokens
  }

  func decodeBytes(_ tokens: some Sequence<Int32>) -> [UInt8] {
    tokens.compactMap { $0 >= 4 ? UInt8($0 - 4) : nil }
  }

  func appendBytes(of token: Int32, to bytes: inout [UInt8], isAtStart: inout Bool) {
    bytes += decodeBytes([token])
    isAtStart = false
  }

  func piece(_ token: Int32) -> String { "<\(token)>" }
}

/// As `ByteTokenizer`, but `ab` is one token (300), so that texts do not encode piece by piece.
struct MergingTokenizer: Tokenizer {
  var vocabularySize: Int { 301 }
  var startToken: Int32? { 1 }
  var endToken: Int32? { nil }
  var paddingToken: Int32? { nil }
  var fingerprint: String { "merging" }

  func encode(_ text: UnsafeBufferPointer<UInt8>) -> [Int32] {
    var tokens: [Int32] = []
    for byte in text {
      if byte == UInt8(ascii: "b"), tokens.last == Int32(UInt8(ascii: "a")) + 4 {
        tokens[tokens.count - 1] = 300
      } else {
        tokens.append(Int32(byte) + 4)
      }
    }
    return tokens
  }

  func decodeBytes(_ tokens: some Sequence<Int32>) -> [UInt8] {
    tokens.flatMap { $0 == 300 ? Array("ab".utf8) : [UInt8($0 - 4)] }
  }

  func appendBytes(of token: Int32, to bytes: inout [UInt8], isAtStart: inout Bool) {
    bytes += decodeBytes([token])
    isAtStart = false
  }

  func piece(_ token: Int32) -> String { "<\(token)>" }
}

/// Scores by a function of the request, and remembers what it was asked.
struct FunctionScorer: LanguageModelScorer {
  var contextLength = 1_000_000
  var vocabularySize = 32_000
  var batches: [[TokenizedRequest]] = []
  var function: (TokenizedRequest) throws -> RequestScore

  init(
    contextLength: Int = 1_000_000, vocabularySize: Int = 32_000,
    _ function: @escaping (TokenizedRequest) throws -> RequestScore
  ) {
    self.contextLength = contextLength
    self.vocabularySize = vocabularySize
    self.function = function
  }

  mutating func score(_ requests: [TokenizedRequest]) throws -> [RequestScore] {
    batches.append(requests)
    return try requests.map(function)
  }
}

func document(_ fields: [String: DocumentValue]) -> TaskDocument {
  TaskDocument(
    fields: fields, location: DocumentLocation(task: "test", path: "test.jsonl", line: 7))
}

/// The error that a body throws, if it is one of the module's.
func evaluationError(_ body: () throws -> Void) -> EvaluationError? {
  do {
    try body()
    return nil
  } catch {
    return error as? EvaluationError
  }
}

extension TaskQuestion {
  /// The multiple-choice question that this is; one without choices where it is another kind.
  var choice: MultipleChoiceQuestion {
    if case .choice(let question) = self { return question }
    return MultipleChoiceQuestion(context: "", choices: [], gold: -1)
  }

  var gold: Int { choice.gold }
  var requests: [Completion] { choice.requests }
  var choiceLengths: [Int] { choice.choices.map(\.unicodeScalars.count) }
}
