/// Filters after `|` and tests after `is`.
extension TemplateParser {
  mutating func filtered(
    _ operand: TemplateExpression
  ) throws(TemplateFault) -> TemplateExpression {
    var value = operand
    while true {
      if isSign("|") {
        value = try filters(of: value, startsInline: false) ?? value
      } else if isName("is") {
        value = try test(of: value)
      } else if isSign("(") {
        value = try call(value)
      } else {
        return value
      }
    }
  }

  /// Filters one after another; nil where there is none and no value.
  mutating func filters(
    of operand: TemplateExpression?, startsInline: Bool
  ) throws(TemplateFault) -> TemplateExpression? {
    var value = operand
    var isInline = startsInline
    while isInline || skipSign("|") {
      isInline = false
      let line = current.line
      let name = try dottedName("a filter's name")
      let arguments = isSign("(") ? try arguments() : TemplateArguments()
      value = try make(
        .filter(value, name, arguments), line: line, [value] + arguments.expressions)
    }
    return value
  }

  private mutating func dottedName(_ what: String) throws(TemplateFault) -> String {
    var name = try expectName(what)
    while skipSign(".") { name += "." + (try expectName(what)) }
    return name
  }

  private mutating func test(
    of value: TemplateExpression
  ) throws(TemplateFault) -> TemplateExpression {
    let line = current.line
    advance()
    let isNegated = skipName("not")
    let name = try dottedName("a test's name")
    var arguments = TemplateArguments()
    if isSign("(") {
      arguments = try self.arguments()
    } else if try beginsTestArgument() {
      arguments.positional = [try postfix(try primary())]
    }
    let test = try make(.test(value, name, arguments), line: line, [value] + arguments.expressions)
    return isNegated ? try make(.not(test), line: line, [test]) : test
  }

  private func beginsTestArgument() throws(TemplateFault) -> Bool {
    switch current.kind {
    case .name("else"), .name("or"), .name("and"): return false
    case .name("is"): throw expected("no second test: put parentheses around the first")
    case .name(let name): return name != "if" || look().kind == .sign("=")
    case .text, .integer, .number, .sign("["), .sign("{"): return true
    default: return false
    }
  }
}
