import Evaluation
import Foundation

/// A text or response and what the originals make of it (`Tests/Interop/make_answer_cases.py`).
struct AnswerCase: Decodable {
  var kind: String
  var given: DocumentValue
  var expected: DocumentValue

  /// What this project makes of it.
  func found() throws -> DocumentValue {
    switch (kind, given) {
    case ("numeric", .string(let text)):
      return [
        .string(NumericAnswer.strict(in: text)), .string(NumericAnswer.chainOfThought(in: text)),
        .string(NumericAnswer.flexible(in: text)),
      ]
    case ("match", .array(let texts)):
      return .bool(NumericAnswer.isMatch(texts[0].text, target: texts[1].text))
    case ("wikitext", .string(let text)):
      return [
        .string(WikiTextDetokenizer.detokenize(text)),
        .integer(PythonText.countOfWhitespaceSeparated(text)),
      ]
    case ("text", .string(let text)): return Self.slices(of: text)
    case ("literal", .string(let text)):
      do { return [try PythonLiteral.evaluate(text)] } catch { return .null }
    case ("json", .string(let text)): return .bool(PythonJSONValidity.isValid(text))
    case ("pattern", .array(let parts)): return try Self.matches(parts)
    case ("sentences", .string(let text)):
      return .array(
        PunktSentences.english.ranges(in: Array(text.unicodeScalars)).map {
          [.integer($0.lowerBound), .integer($0.upperBound)]
        })
    case ("words", .string(let text)):
      return .array(
        try TreebankWords.words(in: Array(text.unicodeScalars)).map {
          .string(PythonText.string($0))
        })
    case ("language", .string(let text)):
      switch try LanguageDetector.detect(text) {
      case .language(let code): return .string(code)
      case .unknown: return "unknown"
      case .noFeatures: return .null
      }
    case ("instructions", .object(let fields)): return try Self.judge(fields)
    default: return .string("no such kind: \(kind)")
    }
  }

  private static func slices(of text: String) -> DocumentValue {
    [
      PythonText.lowercasingFirst(text).map(DocumentValue.string) ?? .null,
      .string(PythonText.droppingLast(PythonText.stripping(text))),
      .array((PythonText.split(text, separator: " ") ?? []).map(DocumentValue.string)),
      .array(PythonText.words(text).map(DocumentValue.string)),
      .string(PythonText.lowercasing(text)),
      .bool(PythonText.isUppercase(text.unicodeScalars)),
      .bool(PythonText.isLowercase(text.unicodeScalars)),
    ]
  }

  private static func matches(_ parts: [DocumentValue]) throws -> DocumentValue {
    var options: PythonPattern.Options = []
    if parts[2] == true { options.insert(.ignoreCase) }
    if parts[3] == true { options.insert(.multiline) }
    guard let pattern = try? PythonPattern(parts[0].text, options: options) else { return .null }
    return .array(
      try pattern.matches(in: Array(parts[1].text.unicodeScalars)).map { match in
        .array(
          match.groups.map { group in
            group.map { [.integer($0.lowerBound), .integer($0.upperBound)] } ?? .null
          })
      })
  }

  private static func judge(_ fields: [String: DocumentValue]) throws -> DocumentValue {
    let list = try InstructionList(
      ids: fields["ids"]?.elements.map(\.text) ?? [],
      arguments: fields["kwargs"]?.elements.map(\.members) ?? [],
      location: DocumentLocation(task: "ifeval", path: "cases", line: 1))
    let outcome = try list.judge(fields["response"]?.text ?? "")
    return [
      .array(outcome.strict.map(DocumentValue.bool)),
      .array(outcome.loose.map(DocumentValue.bool)),
      .bool(outcome.followsAllStrictly), .bool(outcome.followsAllLoosely),
    ]
  }

  /// The cases of a file, one a line.
  static func read(_ path: String) throws -> [AnswerCase] {
    let decoder = JSONDecoder()
    return try Data(contentsOf: URL(fileURLWithPath: path)).split(separator: UInt8(ascii: "\n"))
      .map { try decoder.decode(AnswerCase.self, from: $0) }
  }
}

extension DocumentValue {
  var text: String {
    if case .string(let text) = self { text } else { "" }
  }

  var elements: [DocumentValue] {
    if case .array(let values) = self { values } else { [] }
  }

  var members: [String: DocumentValue] {
    if case .object(let fields) = self { fields } else { [:] }
  }

  /// Whether texts have the same scalars, where `==` asks for canonical equivalence only, and numbers
  /// the same value, of which JSON keeps no kind.
  func isIdentical(to other: DocumentValue) -> Bool {
    switch (self, other) {
    case (.string(let one), .string(let other)):
      one.unicodeScalars.elementsEqual(other.unicodeScalars)
    case (.array(let one), .array(let other)):
      one.count == other.count && zip(one, other).allSatisfy { $0.isIdentical(to: $1) }
    case (.object(let one), .object(let other)):
      one.count == other.count
        && one.allSatisfy { key, value in other[key]?.isIdentical(to: value) ?? false }
    case (.integer(let one), .number(let other)), (.number(let other), .integer(let one)):
      Double(one) == other
    default: self == other
    }
  }
}
