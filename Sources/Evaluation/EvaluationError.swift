/// What can be wrong with an evaluation's tasks, data, tokenizer or model.
public enum EvaluationError: Error, Sendable, Equatable {
  /// No task of the catalogue has the name.
  case unknownTask(name: String, suggestions: [String], known: [String])
  /// No file was found for a task; `lookedAt` has every place.
  case missingData(task: String, lookedAt: [String])
  /// The hub has no such data set, configuration or split; `found` says what it has instead.
  case notOnHub(task: String, dataset: String, lookedFor: [String], found: String)
  /// The operating system does not give the file.
  case unreadableFile(task: String, path: String, reason: String)
  /// The files hold no document, or the caller gave none.
  case noDocuments(task: String, paths: [String])
  /// A line is not a JSON object.
  case malformedDocument(DocumentLocation, reason: String)
  /// A document lacks a field; `present` has those that it has.
  case missingField(DocumentLocation, field: String, expected: String, present: [String])
  /// A field is of another type than the task reads.
  case wrongType(DocumentLocation, field: String, expected: String, found: String)
  /// A field is of the right type but its value makes no sense.
  case invalidValue(DocumentLocation, field: String, expected: String, found: String)
  /// The right answer is none of the choices.
  case goldOutOfRange(DocumentLocation, field: String, gold: Int, choiceCount: Int)
  /// A document has nothing to choose from.
  case noChoices(DocumentLocation, field: String)
  /// A choice adds no token to its context.
  case emptyContinuation(DocumentLocation, choice: Int)
  /// A choice alone exceeds the model's context, so that it cannot be scored whole.
  case continuationTooLong(DocumentLocation, choice: Int, tokens: Int, contextLength: Int)
  /// A metric was asked of a question that it says nothing about.
  case metricDoesNotFit(DocumentLocation, metric: String, expected: String)
  /// Fewer documents to take examples from than examples wanted.
  case tooFewExamples(task: String, needed: Int, found: Int)
  /// A prompt is to be continued by something that only scores.
  case cannotGenerate(DocumentLocation)
  /// None of the documents asked for is there.
  case emptyRange(task: String, range: Range<Int>, found: Int)
  /// An answer of so many tokens leaves no room for a prompt.
  case noRoomForPrompt(DocumentLocation, maximumTokens: Int, contextLength: Int)
  /// The scorer gave NaN for a choice.
  case notANumber(DocumentLocation, choice: Int)
  /// A line of an interrupted evaluation's journal is not as it was written.
  case corruptJournal(path: String, line: Int, found: String)
  /// The journal to go on with is of another checkpoint, other tasks or other settings.
  case journalOfAnotherEvaluation(path: String, key: String, expected: String, found: String)
  /// The journal cannot be written.
  case unwritableJournal(path: String, reason: String)
  /// The tokenizer has more ids than the model has probabilities.
  case vocabularyMismatch(tokenizer: Int, model: Int)
  /// Nothing can stand before a text that nothing precedes.
  case noStartToken
  /// Held-out text without a byte.
  case noBytes(DocumentLocation)
  /// A results file that cannot be opened, or is no JSON.
  case unreadableResults(path: String, reason: String)
  /// A results file in which a key has another value than the harness's schema gives it.
  case malformedResults(path: String, key: String, expected: String, found: String)
}

extension EvaluationError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unknownTask(let name, let suggestions, let known):
      if suggestions.isEmpty {
        "there is no evaluation task \"\(name)\"; known are \(known.joined(separator: ", "))"
      } else {
        "there is no evaluation task \"\(name)\"; "
          + "did you mean \(suggestions.joined(separator: " or "))?"
      }
    case .missingData(let task, let lookedAt):
      "\(task): no data found; looked at \(lookedAt.joined(separator: ", ")). "
        + "Put the split there as the hub's Parquet files, or as JSON lines with the hub's field "
        + "names, one document a line"
    case .notOnHub(let task, let dataset, let lookedFor, let found):
      "\(task): hf://datasets/\(dataset): \(found); looked for \(lookedFor.joined(separator: ", "))"
    case .unreadableFile(let task, let path, let reason):
      "\(task): cannot read \(path): \(reason)"
    case .noDocuments(let task, let paths):
      "\(task): no documents in \(paths.joined(separator: ", ")); expected at least one"
    case .malformedDocument(let location, let reason):
      "\(location): expected one JSON object a line, found \(reason)"
    case .missingField(let location, let field, let expected, let present):
      "\(location): field \"\(field)\" is missing; expected \(expected), "
        + "found only \(present.isEmpty ? "an empty object" : present.joined(separator: ", "))"
    case .wrongType(let location, let field, let expected, let found),
      .invalidValue(let location, let field, let expected, let found):
      "\(location): field \"\(field)\": expected \(expected), found \(found)"
    case .goldOutOfRange(let location, let field, let gold, let choiceCount):
      "\(location): field \"\(field)\": expected the number of a choice, 0 to \(choiceCount - 1), "
        + "found \(gold)"
    case .noChoices(let location, let field):
      "\(location): field \"\(field)\": expected at least one choice, found none"
    case .emptyContinuation(let location, let choice):
      "\(location): choice \(choice): expected a continuation of at least one token, found none; "
        + "there is nothing to score"
    case .continuationTooLong(let location, let choice, let tokens, let contextLength):
      "\(location): choice \(choice): expected a continuation within the model's context of "
        + "\(contextLength) tokens, found \(tokens); shorten it or use a model with more context"
    case .notANumber(let location, let choice):
      "\(location): choice \(choice): the model's log-likelihood is not a number; "
        + "check that its weights are finite"
    case .metricDoesNotFit(let location, let metric, let expected):
      "\(location): \(metric): expected \(expected), found a question of another kind"
    case .tooFewExamples(let task, let needed, let found):
      "\(task): expected at least \(needed) documents to take examples from, found \(found); "
        + "ask for fewer with --shots"
    case .cannotGenerate(let location):
      "\(location): expected a model that writes, found one that only scores"
    case .emptyRange(let task, let range, let found):
      "\(task): expected documents \(range.lowerBound)..<\(range.upperBound), "
        + "found only 0..<\(found); ask for documents within these"
    case .noRoomForPrompt(let location, let maximumTokens, let contextLength):
      "\(location): expected an answer shorter than the model's context of \(contextLength) "
        + "tokens, found room asked for \(maximumTokens); use a model with more context"
    case .corruptJournal(let path, let line, let found):
      "\(path), line \(line): expected what an evaluation wrote, found \"\(found)\"; "
        + "remove the file, or leave out --resume, to start anew"
    case .journalOfAnotherEvaluation(let path, let key, let expected, let found):
      "\(path): it belongs to another evaluation: expected \(key) \(expected), found \(found); "
        + "give the options of that evaluation, or leave out --resume to start anew"
    case .unwritableJournal(let path, let reason):
      "\(path): the scores so far cannot be kept: \(reason)"
    case .vocabularyMismatch(let tokenizer, let model):
      "the tokenizer has \(tokenizer) tokens but the model only \(model); "
        + "evaluate with the tokenizer that the model was trained with"
    case .noStartToken:
      "the tokenizer has neither a start nor an end token to stand before an empty context; "
        + "use a tokenizer that has one"
    case .noBytes(let location):
      "\(location): expected held-out text, found no bytes; bits per byte is undefined"
    case .unreadableResults(let path, let reason):
      "\(path): cannot read these results: \(reason); "
        + "give a file that samara evaluate --output or lm-evaluation-harness wrote"
    case .malformedResults(let path, let key, let expected, let found):
      "\(path): \(key): expected \(expected), found \(found); "
        + "give a file that samara evaluate --output or lm-evaluation-harness wrote"
    }
  }
}
