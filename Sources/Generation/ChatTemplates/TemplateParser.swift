/// Builds statements of a template's words (Jinja 3.1's grammar without inheritance and imports).
struct TemplateParser {
  private let tokens: [TemplateToken]
  private var position = 0
  private var nesting = 0
  private var loopDepth = 0

  /// - Throws: `TemplateFault` of kind syntax, unsupported or limit.
  static func statements(of source: String) throws(TemplateFault) -> [TemplateStatement] {
    var parser = TemplateParser(tokens: try TemplateLexer.tokens(of: source))
    let statements = try parser.body(until: [])
    return statements
  }

  private init(tokens: [TemplateToken]) { self.tokens = tokens }

  // MARK: Words

  var current: TemplateToken { tokens[position] }

  func look() -> TemplateToken { tokens[min(position + 1, tokens.count - 1)] }

  mutating func advance() { position = min(position + 1, tokens.count - 1) }

  func isSign(_ sign: String) -> Bool { current.kind == .sign(sign) }

  func isName(_ name: String) -> Bool { current.kind == .name(name) }

  mutating func skip(_ kind: TemplateToken.Kind) -> Bool {
    guard current.kind == kind else { return false }
    advance()
    return true
  }

  mutating func skipSign(_ sign: String) -> Bool { skip(.sign(sign)) }

  mutating func skipName(_ name: String) -> Bool { skip(.name(name)) }

  func expected(_ what: String) -> TemplateFault {
    TemplateFault(.syntax, "expected \(what), found \(current.summary)", line: current.line)
  }

  mutating func expectSign(_ sign: String) throws(TemplateFault) {
    guard skipSign(sign) else { throw expected(sign) }
  }

  mutating func expectName(_ what: String = "a name") throws(TemplateFault) -> String {
    guard case .name(let name) = current.kind else { throw expected(what) }
    advance()
    return name
  }

  /// Runs a part of the grammar that holds itself, as far as the stack reaches.
  mutating func nested<Result>(
    _ body: (inout TemplateParser) throws(TemplateFault) -> Result
  ) throws(TemplateFault) -> Result {
    nesting += 1
    defer { nesting -= 1 }
    guard nesting <= TemplateLimit.depth else {
      throw TemplateFault(
        .limit, "more than \(TemplateLimit.depth) levels within one another", line: current.line)
    }
    return try body(&self)
  }

  // MARK: Bodies

  /// Reads statements up to a tag of one of these names, which is left, or to the template's end.
  private mutating func body(until ends: [String]) throws(TemplateFault) -> [TemplateStatement] {
    var statements: [TemplateStatement] = []
    while true {
      let line = current.line
      switch current.kind {
      case .data(let text):
        advance()
        statements.append(TemplateStatement(node: .text(text), line: line))
      case .variableBegin:
        advance()
        let value = try tuple()
        guard skip(.variableEnd) else { throw expected("}}") }
        statements.append(TemplateStatement(node: .output([value]), line: line))
      case .blockBegin:
        if case .name(let name) = look().kind, ends.contains(name) {
          advance()
          return statements
        }
        advance()
        let node = try nested { (parser) throws(TemplateFault) in try parser.statement(until: ends)
        }
        try expectBlockEnd()
        statements.append(TemplateStatement(node: node, line: line))
      default:
        guard ends.isEmpty, current.kind == .end else {
          throw expected(ends.isEmpty ? "text or a tag" : ends.joined(separator: " or "))
        }
        return statements
      }
    }
  }

  private mutating func expectBlockEnd() throws(TemplateFault) {
    guard skip(.blockEnd) else { throw expected("%}") }
  }

  /// The body of a statement: the tag's end, statements, and the name that ends them.
  private mutating func block(
    until ends: String...
  ) throws(TemplateFault) -> (body: [TemplateStatement], end: String) {
    _ = skipSign(":")
    try expectBlockEnd()
    let statements = try body(until: ends)
    return (statements, try expectName())
  }

  // MARK: Statements

  private mutating func statement(
    until ends: [String]
  ) throws(TemplateFault) -> TemplateStatement.Node {
    let line = current.line
    let name = try expectName("a tag's name")
    switch name {
    case "if": return try conditional()
    case "for": return try loop()
    case "set": return try assignment()
    case "macro":
      let name = try expectName()
      return .macro(try macro(name, parameters: try signature(), end: "endmacro"))
    case "call":
      let parameters = isSign("(") ? try signature() : []
      let call = try expression()
      guard case .call = call.node else { throw expected("a call") }
      return .call(try macro("caller", parameters: parameters, end: "endcall"), call)
    case "filter":
      guard let filter = try filters(of: nil, startsInline: true) else {
        throw expected("a filter")
      }
      return .filtered(filter, body: try block(until: "endfilter").body)
    case "with": return try with()
    case "generation": return .generation(body: try block(until: "endgeneration").body)
    case "print":
      var values: [TemplateExpression] = []
      while current.kind != .blockEnd {
        if !values.isEmpty { try expectSign(",") }
        values.append(try expression())
      }
      return .output(values)
    case "break", "continue":
      guard loopDepth > 0 else {
        throw TemplateFault(.syntax, "\(name) outside of a loop", line: line)
      }
      return name == "break" ? .leaveLoop : .nextTurn
    case "extends", "include", "import", "from", "block", "autoescape", "do", "trans", "debug":
      throw TemplateFault(.unsupported, "the tag \(name)", line: line)
    default:
      let wanted =
        ends.isEmpty ? "" : "; what is open here ends with \(ends.joined(separator: " or "))"
      throw TemplateFault(.syntax, "there is no tag \(name)\(wanted)", line: line)
    }
  }

  private mutating func conditional() throws(TemplateFault) -> TemplateStatement.Node {
    var branches: [(test: TemplateExpression, body: [TemplateStatement])] = []
    var otherwise: [TemplateStatement] = []
    while true {
      let test = try tuple(withConditional: false)
      let (body, end) = try block(until: "elif", "else", "endif")
      branches.append((test, body))
      if end == "elif" { continue }
      if end == "else" { otherwise = try block(until: "endif").body }
      return .conditional(branches, otherwise: otherwise)
    }
  }

  private mutating func loop() throws(TemplateFault) -> TemplateStatement.Node {
    let target = try assignmentTarget(end: "in")
    guard skipName("in") else { throw expected("in") }
    let values = try tuple(withConditional: false, end: "recursive")
    let filter = skipName("if") ? try expression() : nil
    if isName("recursive") {
      throw TemplateFault(.unsupported, "recursive loops", line: current.line)
    }
    loopDepth += 1
    let (body, end) = try block(until: "endfor", "else")
    loopDepth -= 1
    let otherwise = end == "else" ? try block(until: "endfor").body : []
    return .loop(target, over: values, filter: filter, body: body, otherwise: otherwise)
  }

  private mutating func assignment() throws(TemplateFault) -> TemplateStatement.Node {
    let target = try assignmentTarget(takesAttributes: true)
    if skipSign("=") { return .assignment(target, try tuple()) }
    let filter = try filters(of: nil, startsInline: false)
    return .blockAssignment(target, filter: filter, body: try block(until: "endset").body)
  }

  private mutating func with() throws(TemplateFault) -> TemplateStatement.Node {
    var values: [(TemplateTarget, TemplateExpression)] = []
    while current.kind != .blockEnd {
      if !values.isEmpty { try expectSign(",") }
      let target = try assignmentTarget()
      try expectSign("=")
      values.append((target, try expression()))
    }
    return .with(values, body: try block(until: "endwith").body)
  }

  private mutating func signature() throws(TemplateFault) -> [(
    name: String, value: TemplateExpression?
  )] {
    var parameters: [(name: String, value: TemplateExpression?)] = []
    try expectSign("(")
    while !isSign(")") {
      if !parameters.isEmpty { try expectSign(",") }
      let name = try expectName()
      let value = skipSign("=") ? try expression() : nil
      if value == nil, parameters.last?.value != nil {
        throw TemplateFault(
          .syntax, "\(name) needs a default, as the parameter before it has one", line: current.line
        )
      }
      parameters.append((name, value))
    }
    try expectSign(")")
    return parameters
  }

  private mutating func macro(
    _ name: String, parameters: [(name: String, value: TemplateExpression?)], end: String
  ) throws(TemplateFault) -> TemplateMacro {
    // What is inside a macro is in no loop of what is around it.
    let outer = loopDepth
    loopDepth = 0
    defer { loopDepth = outer }
    return TemplateMacro(name: name, parameters: parameters, body: try block(until: end).body)
  }

  // MARK: Targets

  private mutating func assignmentTarget(
    takesAttributes: Bool = false, end: String? = nil
  ) throws(TemplateFault) -> TemplateTarget {
    var targets: [TemplateTarget] = []
    var isTuple = false
    while true {
      if isTuple,
        isSign("=") || isSign(")") || current.kind == .blockEnd
          || end.map({ isName($0) }) == true
      {
        break
      }
      targets.append(try oneTarget(takesAttributes: takesAttributes))
      guard skipSign(",") else { break }
      isTuple = true
    }
    return isTuple ? .tuple(targets) : targets[0]
  }

  private mutating func oneTarget(takesAttributes: Bool) throws(TemplateFault) -> TemplateTarget {
    if skipSign("(") {
      let target = try nested { (parser) throws(TemplateFault) in
        try parser.assignmentTarget(takesAttributes: takesAttributes)
      }
      try expectSign(")")
      return target
    }
    let name = try expectName("a name to assign to")
    guard !["true", "false", "none", "True", "False", "None"].contains(name) else {
      throw TemplateFault(.syntax, "\(name) cannot be assigned to", line: current.line)
    }
    guard takesAttributes, skipSign(".") else { return .name(name) }
    return .attribute(of: name, try expectName())
  }
}
