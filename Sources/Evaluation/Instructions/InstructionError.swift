/// What can be wrong with a document's verifiable instructions.
package enum InstructionError: Error, Sendable, Equatable {
  /// No checker has the name.
  case unknownInstruction(DocumentLocation, id: String, known: [String])
  /// There are more instructions than sets of arguments, or fewer.
  case countsDiffer(DocumentLocation, instructions: Int, arguments: Int)
  /// An argument is absent or empty, for which the reference draws a value at random.
  case missingArgument(DocumentLocation, instruction: String, argument: String, expected: String)
  /// The instruction has no such argument.
  case unexpectedArgument(
    DocumentLocation, instruction: String, argument: String, known: [String])
  /// An argument's value makes no sense.
  case invalidArgument(
    DocumentLocation, instruction: String, argument: String, expected: String, found: String)
  /// A word to look for is a pattern that cannot be read, or takes too long.
  case unusablePattern(DocumentLocation, instruction: String, PythonPatternError)
}

extension InstructionError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unknownInstruction(let location, let id, let known):
      "\(location): there is no instruction \"\(id)\"; known are \(known.joined(separator: ", "))"
    case .countsDiffer(let location, let instructions, let arguments):
      "\(location): expected arguments for each of \(instructions) instructions, found "
        + "\(arguments)"
    case .missingArgument(let location, let instruction, let argument, let expected):
      "\(location): \(instruction): argument \"\(argument)\": expected \(expected), found none"
    case .unexpectedArgument(let location, let instruction, let argument, let known):
      "\(location): \(instruction): expected "
        + (known.isEmpty ? "no arguments" : "only \(known.joined(separator: ", "))")
        + ", found \"\(argument)\""
    case .invalidArgument(let location, let instruction, let argument, let expected, let found):
      "\(location): \(instruction): argument \"\(argument)\": expected \(expected), found \(found)"
    case .unusablePattern(let location, let instruction, let error):
      "\(location): \(instruction): \(error)"
    }
  }
}
