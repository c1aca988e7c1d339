/// HellaSwag: which of four endings follows a description (arXiv:1905.07830).
///
/// Prompt: the activity, a colon, the description. WikiHow's brackets are taken out.
public struct HellaSwag: EvaluationTask {
  public let name = "hellaswag"
  public let version = 1.0
  public var dataset = TaskDataset.hub("Rowan/hellaswag", split: "validation")
  public let metrics: [EvaluationMetric] = [.accuracy, .normalizedAccuracy]

  public init() {}

  public var examples: ExampleSource {
    .drawn(from: dataset.split("train"), leavingOutQuestion: true)
  }

  public func question(from document: TaskDocument) throws -> TaskQuestion {
    let activity = try document.string("activity_label")
    let beginning = try document.string("ctx_a")
    let continued = PythonText.capitalizing(try document.string("ctx_b"))
    let endings = try document.choices("endings")
    return .choice(
      context: Self.cleaned("\(activity): \(beginning) \(continued)"),
      choices: endings.map(Self.cleaned),
      gold: try document.gold("label", choiceCount: endings.count))
  }

  /// Strips the text, makes `" [title]"` a full stop, drops other brackets, halves double spaces.
  ///
  /// The order matters: a bracket that is dropped leaves two spaces, of which one goes; three in a
  /// row become two.
  static func cleaned(_ text: String) -> String {
    var bytes = Array(PythonText.stripping(text).utf8)
    bytes = replacing(Array(" [title]".utf8), with: Array(". ".utf8), in: bytes)
    bytes = droppingBrackets(bytes)
    bytes = replacing(Array("  ".utf8), with: Array(" ".utf8), in: bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Replaces every occurrence, from the left, none overlapping.
  private static func replacing(_ pattern: [UInt8], with new: [UInt8], in text: [UInt8])
    -> [UInt8]
  {
    var result: [UInt8] = []
    result.reserveCapacity(text.count)
    var index = 0
    while index < text.count {
      if text[index] == pattern[0], text[index...].starts(with: pattern) {
        result += new
        index += pattern.count
      } else {
        result.append(text[index])
        index += 1
      }
    }
    return result
  }

  /// Drops every `[`, what follows it on the line, and the next `]`.
  private static func droppingBrackets(_ text: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(text.count)
    var index = 0
    while index < text.count {
      guard text[index] == UInt8(ascii: "["),
        let end = text[index...].firstIndex(where: {
          $0 == UInt8(ascii: "]") || $0 == UInt8(ascii: "\n")
        })
      else {
        // No bracket closes after one that does not: what is left holds nothing to drop.
        if text[index] == UInt8(ascii: "[") { return result + text[index...] }
        result.append(text[index])
        index += 1
        continue
      }
      // A line break before the bracket closes leaves all that was opened on the line.
      if text[end] == UInt8(ascii: "\n") { result += text[index...end] }
      index = end + 1
    }
    return result
  }
}

extension EvaluationTask where Self == HellaSwag {
  /// HellaSwag.
  public static var hellaSwag: HellaSwag { HellaSwag() }
}
