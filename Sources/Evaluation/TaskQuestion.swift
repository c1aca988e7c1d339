/// What a model is asked about one document: one of lm-evaluation-harness's four kinds of request.
public enum TaskQuestion: Sendable, Equatable {
  /// Which of several texts is the likeliest (`multiple_choice`).
  case choice(MultipleChoiceQuestion)
  /// How likely one text is after another (`loglikelihood`).
  case completion(Completion)
  /// How likely a whole text is (`loglikelihood_rolling`).
  case text(String)
  /// What the model writes after a text (`generate_until`).
  case generation(GenerationQuestion)
}

/// A text and what follows it.
public struct Completion: Sendable, Equatable {
  public var context: String
  /// What is scored, with the whitespace that it begins with.
  public var continuation: String

  public init(context: String, continuation: String) {
    self.context = context
    self.continuation = continuation
  }
}

/// A prompt that the model continues greedily.
public struct GenerationQuestion: Sendable, Equatable {
  public var context: String
  /// The answer that is looked for, as an example shows it.
  public var reference: String
  /// Texts that end the answer and are no part of it; the end token's text always does.
  public var stops: [String]
  /// The most tokens written.
  public var maximumTokens: Int

  /// - Parameter maximumTokens: 256 unless told, the harness's default.
  public init(
    context: String, reference: String = "", stops: [String] = [], maximumTokens: Int = 256
  ) {
    self.context = context
    self.reference = reference
    self.stops = stops
    self.maximumTokens = maximumTokens
  }
}

extension TaskQuestion {
  /// One context, followed by each of the choices; ``MultipleChoiceQuestion/init(context:choices:gold:delimiter:)``.
  public static func choice(
    context: String, choices: [String], gold: Int, delimiter: String = " "
  ) -> TaskQuestion {
    .choice(
      MultipleChoiceQuestion(
        context: context, choices: choices, gold: gold, delimiter: delimiter))
  }

  /// Several contexts, each followed by the same text.
  public static func choice(contexts: [String], continuation: String, gold: Int) -> TaskQuestion {
    .choice(MultipleChoiceQuestion(contexts: contexts, continuation: continuation, gold: gold))
  }

  /// The question with a text before it: the description and the examples.
  func preceded(by text: String) -> TaskQuestion {
    if text.isEmpty { return self }
    switch self {
    case .choice(var question):
      question.requests = question.requests.map {
        Completion(context: text + $0.context, continuation: $0.continuation)
      }
      return .choice(question)
    case .completion(var completion):
      completion.context = text + completion.context
      return .completion(completion)
    case .text: return self
    case .generation(var question):
      question.context = text + question.context
      return .generation(question)
    }
  }

  /// The question with its answer and what ends it, as an example before another question; nil where
  /// it has no answer.
  ///
  /// Where the answer is a text of its own that is empty, lm-evaluation-harness leaves out what stands
  /// before and after it; an empty choice keeps both.
  func example(endingWith delimiter: String) -> String? {
    switch self {
    case .choice(let question):
      guard question.requests.indices.contains(question.gold) else { return nil }
      let right = question.requests[question.gold]
      return question.answerIsEmpty
        ? right.context : right.context + right.continuation + delimiter
    // The harness puts its delimiter before a target that brings its own space.
    case .completion(let completion):
      return completion.context + " " + completion.continuation + delimiter
    case .text: return nil
    case .generation(let question):
      return question.reference.isEmpty
        ? question.context : question.context + " " + question.reference + delimiter
    }
  }

  /// The texts whose log-likelihoods are asked for, in the order of the answers.
  var completions: [Completion] {
    switch self {
    case .choice(let question): question.requests
    case .completion(let completion): [completion]
    case .text, .generation: []
    }
  }

  /// All that the question says with each of its answers: what a corpus must not hold.
  package var texts: [String] {
    switch self {
    case .choice, .completion: completions.map { $0.context + $0.continuation }
    case .text(let text): [text]
    case .generation(let question): [question.context + " " + question.reference]
    }
  }

  /// The harness's name for the kind of request.
  package var outputType: String {
    switch self {
    case .choice: "multiple_choice"
    case .completion: "loglikelihood"
    case .text: "loglikelihood_rolling"
    case .generation: "generate_until"
    }
  }

  /// Throws where there is nothing to score or no right answer among the choices.
  func validate(at location: DocumentLocation) throws {
    switch self {
    case .choice(let question): try question.validate(at: location)
    case .completion(let completion):
      if completion.continuation.isEmpty {
        throw EvaluationError.emptyContinuation(location, choice: 0)
      }
    case .text, .generation: break
    }
  }
}
