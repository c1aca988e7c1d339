/// Which of a prompt's instructions a response follows.
package struct InstructionOutcome: Sendable, Equatable {
  /// By the response as it is: `inst_level_strict_acc` of the document.
  package var strict: [Bool]
  /// By any of eight readings of it: `inst_level_loose_acc`.
  package var loose: [Bool]

  package init(strict: [Bool], loose: [Bool]) {
    self.strict = strict
    self.loose = loose
  }

  /// `prompt_level_strict_acc`: whether all are followed.
  package var followsAllStrictly: Bool { strict.allSatisfy { $0 } }
  /// `prompt_level_loose_acc`.
  package var followsAllLoosely: Bool { loose.allSatisfy { $0 } }

  /// The share of all documents' instructions that are followed, each counting once; nil without any.
  package static func instructionLevelAccuracy(_ documents: [[Bool]]) -> Double? {
    let all = documents.joined()
    return all.isEmpty ? nil : Double(all.count { $0 }) / Double(all.count)
  }
}

/// A prompt's instructions, ready to judge responses.
package struct InstructionList: Sendable {
  private let instructions: [any Instruction]
  private let location: DocumentLocation
  private let ids: [String]

  /// - Throws: `InstructionError` for an unknown name or arguments that do not fit.
  package init(
    ids: [String], arguments: [[String: DocumentValue]], location: DocumentLocation
  ) throws(InstructionError) {
    guard ids.count == arguments.count else {
      throw .countsDiffer(location, instructions: ids.count, arguments: arguments.count)
    }
    var instructions: [any Instruction] = []
    for (id, arguments) in zip(ids, arguments) {
      instructions.append(
        try InstructionRegistry.instruction(id, arguments: arguments, location: location))
    }
    self.instructions = instructions
    self.ids = ids
    self.location = location
  }

  /// Judges a response both ways.
  package func judge(_ response: String) throws(InstructionError) -> InstructionOutcome {
    let readings = Self.readings(of: Array(response.unicodeScalars))
    var outcome = InstructionOutcome(strict: [], loose: [])
    for (instruction, id) in zip(instructions, ids) {
      do {
        let isStrict = try Self.isFollowed(instruction, by: readings[0])
        var isLoose = isStrict
        for reading in readings.dropFirst() where !isLoose {
          isLoose = try Self.isFollowed(instruction, by: reading)
        }
        outcome.strict.append(isStrict)
        outcome.loose.append(isLoose)
      } catch {
        throw .unusablePattern(location, instruction: id, error)
      }
    }
    return outcome
  }

  private static func isFollowed(
    _ instruction: any Instruction, by reading: [Unicode.Scalar]
  ) throws(PythonPatternError) -> Bool {
    if reading.allSatisfy(PythonText.isWhitespace) { return false }
    return try instruction.isFollowed(by: reading)
  }

  /// The response; without asterisks; without its first line, its last, both; and those without
  /// asterisks. Introductions, closing remarks and emphasis are forgiven so.
  static func readings(of response: [Unicode.Scalar]) -> [[Unicode.Scalar]] {
    let lines = response.split(separator: "\n", omittingEmptySubsequences: false)
    let cut = [lines.dropFirst(), lines.dropLast(), lines.dropFirst().dropLast()]
      .map { PythonText.stripping(Array($0.joined(separator: ["\n"]))) }
    return [response, response.filter { $0 != "*" }] + cut + cut.map { $0.filter { $0 != "*" } }
  }
}
