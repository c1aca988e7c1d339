/// `detectable_content:number_placeholders`: at least so many `[…]`, none over two lines.
struct PlaceholderCount: Instruction {
  static let id = "detectable_content:number_placeholders"
  private static let pattern = PythonPattern(known: #"\[.*?\]"#)
  private let minimum: Int

  init(_ arguments: inout InstructionArguments) throws(InstructionError) {
    minimum = try arguments.count("num_placeholders")
  }

  func isFollowed(by response: [Unicode.Scalar]) throws(PythonPatternError) -> Bool {
    try Self.pattern.matches(in: response).count >= minimum
  }
}

/// `detectable_content:postscript`: the marker stands somewhere. Any but the two usual ones is a
/// pattern to the reference; case does not matter.
struct Postscript: Instruction {
  static let id = "detectable_content:postscript"
  private let pattern: PythonPattern

  init(_ arguments: inout InstructionArguments) throws(InstructionError) {
    let marker = PythonText.stripping(try arguments.string("postscript_marker"))
    let source =
      switch marker {
      case "P.P.S": #"\s*p\.\s?p\.\s?s.*$"#
      case "P.S.": #"\s*p\.\s?s\..*$"#
      default: #"\s*"# + PythonText.lowercasing(marker) + ".*$"
      }
    pattern = try arguments.pattern(source, options: .multiline)
  }

  func isFollowed(by response: [Unicode.Scalar]) throws(PythonPatternError) -> Bool {
    try pattern.firstMatch(in: PythonText.lowercasing(response)) != nil
  }
}
