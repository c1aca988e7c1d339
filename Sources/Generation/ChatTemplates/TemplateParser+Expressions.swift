/// Expressions, the loosest binding first.
extension TemplateParser {
  /// A node over its children, whose tree may not be higher than the stack allows.
  func make(
    _ node: TemplateExpression.Node, line: Int, _ children: [TemplateExpression?] = []
  ) throws(TemplateFault) -> TemplateExpression {
    let depth = 1 + children.reduce(0) { max($0, $1?.depth ?? 0) }
    guard depth <= TemplateLimit.depth else {
      throw TemplateFault(
        .limit, "an expression of more than \(TemplateLimit.depth) levels", line: line)
    }
    return TemplateExpression(node: node, line: line, depth: depth)
  }

  /// One expression, or several with commas between them, which make a tuple.
  mutating func tuple(
    withConditional: Bool = true, end: String? = nil, isInParentheses: Bool = false
  ) throws(TemplateFault) -> TemplateExpression {
    let line = current.line
    var parts: [TemplateExpression] = []
    var isTuple = false
    while true {
      if isTuple || isInParentheses {
        let isEnd =
          isSign(")") || current.kind == .variableEnd || current.kind == .blockEnd
          || end.map { isName($0) } == true
        if isEnd { break }
      }
      parts.append(withConditional ? try expression() : try or())
      guard skipSign(",") else { break }
      isTuple = true
    }
    if !isTuple, let only = parts.first { return only }
    return try make(.tuple(parts), line: line, parts)
  }

  mutating func expression() throws(TemplateFault) -> TemplateExpression {
    try nested { (parser) throws(TemplateFault) in try parser.conditional() }
  }

  private mutating func conditional() throws(TemplateFault) -> TemplateExpression {
    let line = current.line
    var value = try or()
    while skipName("if") {
      let test = try or()
      let otherwise = skipName("else") ? try expression() : nil
      value = try make(
        .conditional(test: test, then: value, otherwise: otherwise), line: line,
        [value, test, otherwise])
    }
    return value
  }

  private mutating func or() throws(TemplateFault) -> TemplateExpression {
    var left = try and()
    while skipName("or") {
      let right = try and()
      left = try make(.or(left, right), line: left.line, [left, right])
    }
    return left
  }

  private mutating func and() throws(TemplateFault) -> TemplateExpression {
    var left = try not()
    while skipName("and") {
      let right = try not()
      left = try make(.and(left, right), line: left.line, [left, right])
    }
    return left
  }

  private mutating func not() throws(TemplateFault) -> TemplateExpression {
    let line = current.line
    guard skipName("not") else { return try comparison() }
    let value = try nested { (parser) throws(TemplateFault) in try parser.not() }
    return try make(.not(value), line: line, [value])
  }

  private mutating func comparison() throws(TemplateFault) -> TemplateExpression {
    let first = try sum()
    var others: [(TemplateComparison, TemplateExpression)] = []
    while let comparison = comparisonSign() { others.append((comparison, try sum())) }
    guard !others.isEmpty else { return first }
    return try make(.comparison(first, others), line: first.line, [first] + others.map(\.1))
  }

  private mutating func comparisonSign() -> TemplateComparison? {
    switch current.kind {
    case .sign(let sign):
      guard let comparison = TemplateComparison(rawValue: sign) else { return nil }
      advance()
      return comparison
    case .name("in"):
      advance()
      return .contained
    case .name("not") where look().kind == .name("in"):
      advance()
      advance()
      return .notContained
    default: return nil
    }
  }

  /// Operators of one strength, from the left.
  private mutating func chain(
    of signs: [TemplateArithmetic],
    _ operand: (inout TemplateParser) throws(TemplateFault) -> TemplateExpression
  ) throws(TemplateFault) -> TemplateExpression {
    var left = try operand(&self)
    while case .sign(let sign) = current.kind, let operation = TemplateArithmetic(rawValue: sign),
      signs.contains(operation)
    {
      advance()
      let right = try operand(&self)
      left = try make(.arithmetic(operation, left, right), line: left.line, [left, right])
    }
    return left
  }

  private mutating func sum() throws(TemplateFault) -> TemplateExpression {
    try chain(of: [.sum, .difference]) { (parser) throws(TemplateFault) in
      try parser.concatenation()
    }
  }

  private mutating func concatenation() throws(TemplateFault) -> TemplateExpression {
    var parts = [try product()]
    while skipSign("~") { parts.append(try product()) }
    return parts.count == 1 ? parts[0] : try make(.concatenation(parts), line: parts[0].line, parts)
  }

  private mutating func product() throws(TemplateFault) -> TemplateExpression {
    try chain(of: [.product, .quotient, .floorQuotient, .remainder]) {
      (parser) throws(TemplateFault) in try parser.power()
    }
  }

  private mutating func power() throws(TemplateFault) -> TemplateExpression {
    try chain(of: [.power]) { (parser) throws(TemplateFault) in try parser.unary() }
  }

  private mutating func unary(takesFilters: Bool = true) throws(TemplateFault) -> TemplateExpression
  {
    let line = current.line
    var value: TemplateExpression
    if isSign("-") || isSign("+") {
      let isNegative = isSign("-")
      advance()
      let operand = try nested { (parser) throws(TemplateFault) in
        try parser.unary(takesFilters: false)
      }
      value = try make(
        isNegative ? .negative(operand) : .positive(operand), line: line, [operand])
    } else {
      value = try primary()
    }
    value = try postfix(value)
    return takesFilters ? try filtered(value) : value
  }

  // MARK: The parts of an operand

  mutating func primary() throws(TemplateFault) -> TemplateExpression {
    let line = current.line
    switch current.kind {
    case .name(let name):
      advance()
      switch name {
      case "true", "True": return try make(.literal(.bool(true)), line: line)
      case "false", "False": return try make(.literal(.bool(false)), line: line)
      case "none", "None": return try make(.literal(.none), line: line)
      default: return try make(.name(name), line: line)
      }
    case .text(var text):
      advance()
      while case .text(let more) = current.kind {
        text.append(more)
        advance()
      }
      return try make(.literal(.text(text)), line: line)
    case .integer(let value):
      advance()
      return try make(.literal(.integer(value)), line: line)
    case .number(let value):
      advance()
      return try make(.literal(.number(value)), line: line)
    case .sign("("):
      advance()
      let value = try tuple(isInParentheses: true)
      try expectSign(")")
      return value
    case .sign("["): return try list()
    case .sign("{"): return try mapping()
    default: throw expected("a value")
    }
  }

  private mutating func list() throws(TemplateFault) -> TemplateExpression {
    let line = current.line
    advance()
    var elements: [TemplateExpression] = []
    while !isSign("]") {
      if !elements.isEmpty { try expectSign(",") }
      if isSign("]") { break }
      elements.append(try expression())
    }
    try expectSign("]")
    return try make(.list(elements), line: line, elements)
  }

  private mutating func mapping() throws(TemplateFault) -> TemplateExpression {
    let line = current.line
    advance()
    var entries: [(key: TemplateExpression, value: TemplateExpression)] = []
    while !isSign("}") {
      if !entries.isEmpty { try expectSign(",") }
      if isSign("}") { break }
      let key = try expression()
      try expectSign(":")
      entries.append((key, try expression()))
    }
    try expectSign("}")
    return try make(.mapping(entries), line: line, entries.flatMap { [$0.key, $0.value] })
  }

  mutating func postfix(
    _ operand: TemplateExpression
  ) throws(TemplateFault) -> TemplateExpression {
    var value = operand
    while true {
      if isSign(".") {
        value = try attribute(of: value)
      } else if isSign("[") {
        value = try item(of: value)
      } else if isSign("(") {
        value = try call(value)
      } else {
        return value
      }
    }
  }

  mutating func call(
    _ function: TemplateExpression
  ) throws(TemplateFault) -> TemplateExpression {
    let line = current.line
    let arguments = try arguments()
    return try make(.call(function, arguments), line: line, [function] + arguments.expressions)
  }

  private mutating func attribute(
    of value: TemplateExpression
  ) throws(TemplateFault) -> TemplateExpression {
    let line = current.line
    advance()
    if case .integer(let index) = current.kind {
      let key = try make(.literal(.integer(index)), line: line)
      advance()
      return try make(.item(value, key), line: line, [value])
    }
    return try make(.attribute(value, try expectName("an attribute")), line: line, [value])
  }

  private mutating func item(
    of value: TemplateExpression
  ) throws(TemplateFault) -> TemplateExpression {
    let line = current.line
    advance()
    var bounds: [TemplateExpression?] = [nil]
    var keys: [TemplateExpression] = []
    while !isSign("]") {
      if isSign(":") {
        advance()
        bounds.append(nil)
      } else if isSign(","), bounds.count == 1, let key = bounds[0] {
        advance()
        keys.append(key)
        bounds = [nil]
      } else if bounds[bounds.count - 1] == nil {
        bounds[bounds.count - 1] = try expression()
      } else {
        throw expected("]")
      }
    }
    advance()
    if bounds.count > 1 {
      guard bounds.count <= 3, keys.isEmpty else {
        throw TemplateFault(.unsupported, "an index of this form", line: line)
      }
      let step = bounds.count == 3 ? bounds[2] : nil
      return try make(
        .slice(value, from: bounds[0], to: bounds[1], step: step), line: line, [value] + bounds)
    }
    if let key = bounds[0] { keys.append(key) }
    guard !keys.isEmpty else { throw expected("an index") }
    let key = keys.count == 1 ? keys[0] : try make(.tuple(keys), line: line, keys)
    return try make(.item(value, key), line: line, [value, key])
  }

  mutating func arguments() throws(TemplateFault) -> TemplateArguments {
    var arguments = TemplateArguments()
    try expectSign("(")
    var isFirst = true
    while !isSign(")") {
      if !isFirst {
        try expectSign(",")
        if isSign(")") { break }
      }
      isFirst = false
      if arguments.namedSpread != nil { throw expected(")") }
      if skipSign("**") {
        arguments.namedSpread = try expression()
      } else if arguments.spread == nil, skipSign("*") {
        arguments.spread = try expression()
      } else if case .name(let name) = current.kind, look().kind == .sign("=") {
        advance()
        advance()
        arguments.named.append((name, try expression()))
      } else {
        guard arguments.named.isEmpty, arguments.spread == nil else {
          throw expected("an argument with a name")
        }
        arguments.positional.append(try expression())
      }
    }
    try expectSign(")")
    return arguments
  }
}

extension TemplateArguments {
  /// All expressions in it.
  var expressions: [TemplateExpression] {
    positional + named.map(\.value) + [spread, namedSpread].compactMap { $0 }
  }
}
