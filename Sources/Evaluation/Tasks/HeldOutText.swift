import Foundation

/// How well a model predicts a text of one's own: in bits a byte, which no tokenizer can flatter, and
/// in lm-evaluation-harness's word and byte perplexity.
///
/// The documents are the lines of a `.jsonl` file, or any other file as a whole. Each stands by itself
/// after the start token, cut into windows of the model's context. The start token is given, never
/// predicted: a harness whose tokenizer puts it first also counts the prediction of a start token after
/// a start token, which says nothing about the text.
public struct HeldOutText: EvaluationTask {
  public var name: String
  public let version = 1.0
  public var dataset: TaskDataset
  /// The field of a `.jsonl` file's lines that holds the text.
  public var textField: String
  public let metrics = EvaluationMetric.perplexities { $0.question.text }
  public let shots = ShotCount.fixed(0)

  /// - Parameters:
  ///   - file: The path of the text.
  ///   - name: The name in reports and errors.
  public init(file: String, textField: String = "text", name: String = "bits_per_byte") {
    self.name = name
    self.textField = textField
    dataset = .file(file)
  }

  /// The same text under another name.
  public func named(_ name: String) -> HeldOutText {
    var copy = self
    copy.name = name
    return copy
  }

  public func documents(from data: TaskData) throws -> [TaskDocument] {
    let documents = try allDocuments(from: data)
    if try documents.allSatisfy({ try $0.string(textField).isEmpty }), let first = documents.first {
      throw EvaluationError.noBytes(first.location)
    }
    return documents
  }

  private func allDocuments(from data: TaskData) throws -> [TaskDocument] {
    guard case .file(let path) = dataset, !path.hasSuffix(".jsonl") else {
      return try data.documents(of: dataset, task: name)
    }
    let bytes = try JSONLines.read(path, task: name)
    let location = DocumentLocation(task: name, path: path, line: 1)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw EvaluationError.malformedDocument(location, reason: "bytes that are no UTF-8")
    }
    return [TaskDocument(fields: [textField: .string(text)], location: location)]
  }

  public func question(from document: TaskDocument) throws -> TaskQuestion {
    .text(try document.string(textField))
  }
}

extension TaskQuestion {
  /// The whole text that is scored; empty for other kinds of question.
  fileprivate var text: String {
    if case .text(let text) = self { return text }
    return ""
  }
}

extension EvaluationMetric {
  /// `word_perplexity`, `byte_perplexity` and `bits_per_byte` of whole texts.
  ///
  /// Words are what whitespace separates, by Python's `re.split(r"\s+", text)`: whitespace at an end
  /// makes an empty word.
  ///
  /// - Parameter counted: The text whose words and bytes are counted.
  static func perplexities(
    countedIn counted: @escaping @Sendable (AnsweredDocument) throws -> String
  ) -> [EvaluationMetric] {
    func metric(
      _ name: String, _ aggregation: MetricAggregation,
      _ count: @escaping @Sendable (String) -> Int
    ) -> EvaluationMetric {
      EvaluationMetric(name: name, higherIsBetter: false, aggregation: aggregation) { answered in
        .weighted(
          sum: answered.answer.scores.reduce(0) { $0 + $1.logLikelihood },
          weight: count(try counted(answered)))
      }
    }
    return [
      metric("word_perplexity", .weightedPerplexity, PythonText.countOfWhitespaceSeparated),
      metric("byte_perplexity", .weightedPerplexity, \.utf8.count),
      metric("bits_per_byte", .bitsPerByte, \.utf8.count),
    ]
  }
}

extension EvaluationTask where Self == HeldOutText {
  /// A text of one's own.
  public static func heldOutText(_ file: String) -> HeldOutText { HeldOutText(file: file) }
}
