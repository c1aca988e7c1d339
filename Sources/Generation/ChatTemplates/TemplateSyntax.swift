/// An expression with the line that it begins on and the height of its tree.
struct TemplateExpression: Sendable {
  let node: Node
  let line: Int
  let depth: Int

  indirect enum Node: Sendable {
    case literal(TemplateLiteral)
    case name(String)
    case list([TemplateExpression])
    case tuple([TemplateExpression])
    case mapping([(key: TemplateExpression, value: TemplateExpression)])
    case attribute(TemplateExpression, String)
    case item(TemplateExpression, TemplateExpression)
    case slice(
      TemplateExpression, from: TemplateExpression?, to: TemplateExpression?,
      step: TemplateExpression?)
    case call(TemplateExpression, TemplateArguments)
    /// The input is nil where a filter is applied to a block.
    case filter(TemplateExpression?, String, TemplateArguments)
    case test(TemplateExpression, String, TemplateArguments)
    case not(TemplateExpression)
    case negative(TemplateExpression)
    case positive(TemplateExpression)
    case and(TemplateExpression, TemplateExpression)
    case or(TemplateExpression, TemplateExpression)
    case comparison(TemplateExpression, [(TemplateComparison, TemplateExpression)])
    case concatenation([TemplateExpression])
    case arithmetic(TemplateArithmetic, TemplateExpression, TemplateExpression)
    case conditional(
      test: TemplateExpression, then: TemplateExpression, otherwise: TemplateExpression?)
  }
}

enum TemplateLiteral: Sendable {
  case none
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case text(TemplateText)
}

enum TemplateComparison: String, Sendable {
  case equal = "=="
  case notEqual = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
  case contained = "in"
  case notContained = "not in"
}

enum TemplateArithmetic: String, Sendable {
  case sum = "+"
  case difference = "-"
  case product = "*"
  case quotient = "/"
  case floorQuotient = "//"
  case remainder = "%"
  case power = "**"
}

/// What stands between the parentheses of a call.
struct TemplateArguments: Sendable {
  var positional: [TemplateExpression] = []
  var named: [(name: String, value: TemplateExpression)] = []
  var spread: TemplateExpression?
  var namedSpread: TemplateExpression?
}

/// A statement with its line.
struct TemplateStatement: Sendable {
  let node: Node
  let line: Int

  indirect enum Node: Sendable {
    case text(TemplateText)
    case output([TemplateExpression])
    case conditional(
      [(test: TemplateExpression, body: [TemplateStatement])], otherwise: [TemplateStatement])
    case loop(
      TemplateTarget, over: TemplateExpression, filter: TemplateExpression?,
      body: [TemplateStatement], otherwise: [TemplateStatement])
    case assignment(TemplateTarget, TemplateExpression)
    case blockAssignment(TemplateTarget, filter: TemplateExpression?, body: [TemplateStatement])
    case macro(TemplateMacro)
    case call(TemplateMacro, TemplateExpression)
    case filtered(TemplateExpression, body: [TemplateStatement])
    case with([(TemplateTarget, TemplateExpression)], body: [TemplateStatement])
    case generation(body: [TemplateStatement])
    case leaveLoop
    case nextTurn
  }
}

/// What can be assigned to.
indirect enum TemplateTarget: Sendable {
  case name(String)
  case attribute(of: String, String)
  case tuple([TemplateTarget])
}

/// A macro, or the body of a call.
struct TemplateMacro: Sendable {
  var name: String
  var parameters: [(name: String, value: TemplateExpression?)]
  var body: [TemplateStatement]
}
