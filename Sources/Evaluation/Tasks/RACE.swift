/// RACE: questions about a passage from English examinations (arXiv:1704.04683), as GPT-3 asked them.
///
/// A document is a passage with several questions. Prompt: the passage, all questions but the last with
/// their answers (a blank filled in), then the last question, whose four options are the choices.
public struct RACE: EvaluationTask {
  public let name = "race"
  public let version = 3.0
  public var dataset = TaskDataset.hub("EleutherAI/race", configuration: "high", split: "test")
  public let metrics: [EvaluationMetric] = [.accuracy]

  public init() {}

  public var examples: ExampleSource { .drawn(from: dataset) }

  /// A question about the passage.
  private struct Problem {
    static let letters = ["A", "B", "C", "D"]
    var question: String
    var options: [String]
    var gold: Int

    init(_ record: TaskDocument) throws {
      question = try record.string("question")
      options = try record.choices("options")
      if options.count < Self.letters.count {
        throw record.invalidValue("options", expected: "\(Self.letters.count) answers")
      }
      gold = try LabelledChoices(texts: options, labels: Self.letters)
        .position(of: try record.string("answer"), in: record, field: "answer")
    }

    /// The question with its answer, in its blank if it ends with one.
    var solved: String {
      let scalars = Array(question.unicodeScalars)
      guard scalars.suffix(6).elementsEqual("  _  .".unicodeScalars) else {
        return "Question: \(question)\nAnswer: \(options[gold])\n"
      }
      return String(String.UnicodeScalarView(scalars.dropLast(5))) + options[gold] + "\n"
    }
  }

  public func question(from document: TaskDocument) throws -> TaskQuestion {
    let problems = try document.literalRecords("problems").map { try Problem($0) }
    guard let last = problems.last else {
      throw EvaluationError.noChoices(document.location, field: "problems")
    }
    let article = try document.string("article")
    return .choice(
      context: "Article: \(article)\n\n"
        + problems.dropLast().map(\.solved).joined() + last.question,
      choices: Array(last.options.prefix(Problem.letters.count)), gold: last.gold)
  }
}

extension TaskDocument {
  /// Reads a list of records: as such, or as a text that spells it the way Python does.
  fileprivate func literalRecords(_ field: String) throws -> [TaskDocument] {
    var record = self
    if case .string(let text)? = fields[field] {
      do {
        record.fields[field] = try PythonLiteral.evaluate(text)
      } catch {
        throw EvaluationError.invalidValue(
          location, field: field, expected: "a list of records as Python writes it",
          found: "\(error)")
      }
    }
    return try record.objects(field)
  }
}

extension EvaluationTask where Self == RACE {
  /// RACE's questions for high schools.
  public static var race: RACE { RACE() }
}
