/// What an instruction asks for, with accessors that say what is wrong when an argument is.
package struct InstructionArguments {
  private let values: [String: DocumentValue]
  private let instruction: String
  private let location: DocumentLocation
  private var known: [String] = []

  /// Arguments without a value are left out: null, zero, false and what is empty, as the reference does
  /// (`if v`).
  init(_ values: [String: DocumentValue], instruction: String, location: DocumentLocation) {
    self.values = values.filter { !Self.isFalsy($0.value) }
    self.instruction = instruction
    self.location = location
  }

  /// A count of at least one.
  mutating func count(_ name: String) throws(InstructionError) -> Int {
    let expected = "a count of at least one"
    let value = try value(name, expected: expected)
    let count: Int? =
      switch value {
      case .integer(let count): count
      case .number(let number): Int(exactly: number)
      default: nil
      }
    guard let count, count > 0 else { throw invalid(name, expected: expected, found: value) }
    return count
  }

  /// A text that is not empty.
  mutating func string(_ name: String) throws(InstructionError) -> String {
    let value = try value(name, expected: "a text")
    guard case .string(let text) = value else {
      throw invalid(name, expected: "a text", found: value)
    }
    return text
  }

  /// At least one text.
  mutating func strings(_ name: String) throws(InstructionError) -> [String] {
    let expected = "a list of texts"
    let value = try value(name, expected: expected)
    guard case .array(let values) = value else {
      throw invalid(name, expected: expected, found: value)
    }
    var texts: [String] = []
    for value in values {
      guard case .string(let text) = value else {
        throw invalid(name, expected: "nothing but texts in the list", found: value)
      }
      texts.append(text)
    }
    return texts
  }

  /// How a count is compared: `less than` or `at least`.
  mutating func relation(_ name: String) throws(InstructionError) -> CountRelation {
    let text = try string(name)
    guard let relation = CountRelation(rawValue: text) else {
      throw invalid(name, expected: "\"less than\" or \"at least\"", found: .string(text))
    }
    return relation
  }

  /// A text that is a pattern to Python, made into one.
  func pattern(
    _ source: String, options: PythonPattern.Options = []
  ) throws(InstructionError) -> PythonPattern {
    do {
      return try PythonPattern(source, options: options)
    } catch {
      throw .unusablePattern(location, instruction: instruction, error)
    }
  }

  /// Says that arguments are left which nothing asked for.
  func finish() throws(InstructionError) {
    if let name = values.keys.sorted().first(where: { !known.contains($0) }) {
      throw .unexpectedArgument(
        location, instruction: instruction, argument: name, known: known)
    }
  }

  func invalid(_ name: String, expected: String, found: DocumentValue) -> InstructionError {
    .invalidArgument(
      location, instruction: instruction, argument: name, expected: expected,
      found: found.summary)
  }

  private mutating func value(
    _ name: String, expected: String
  ) throws(InstructionError) -> DocumentValue {
    known.append(name)
    guard let value = values[name] else {
      throw .missingArgument(
        location, instruction: instruction, argument: name, expected: expected)
    }
    return value
  }

  private static func isFalsy(_ value: DocumentValue) -> Bool {
    switch value {
    case .null: true
    case .bool(let value): !value
    case .integer(let value): value == 0
    case .number(let value): value == 0
    case .string(let value): value.isEmpty
    case .array(let values): values.isEmpty
    case .object(let fields): fields.isEmpty
    }
  }
}

/// How a count is compared with what was asked for.
package enum CountRelation: String, Sendable {
  case lessThan = "less than"
  case atLeast = "at least"

  func holds(_ count: Int, _ threshold: Int) -> Bool {
    switch self {
    case .lessThan: count < threshold
    case .atLeast: count >= threshold
    }
  }
}
