/// Runs a template's statements once, within bounds.
final class TemplateInterpreter {
  /// The names of a body, and those around it.
  final class Scope {
    var variables: [String: TemplateValue] = [:]
    let parent: Scope?

    init(parent: Scope?) { self.parent = parent }

    func value(_ name: String) -> TemplateValue? {
      var scope: Scope? = self
      while let current = scope {
        if let value = current.variables[name] { return value }
        scope = current.parent
      }
      return nil
    }
  }

  private enum Flow {
    case on
    case nextTurn
    case leaveLoop
  }

  /// When the template runs, for `strftime_now`.
  let clock: TemplateClock
  private(set) var scope: Scope
  private let root: Scope
  private var namespaces: [TemplateNamespace] = []
  private var output = TemplateText()
  private var steps = 0
  private var made = 0
  private var depth = 0

  init(variables: [String: TemplateValue], clock: TemplateClock) {
    self.clock = clock
    let globals = Scope(parent: nil)
    globals.variables = TemplateGlobals.all.merging(variables) { _, given in given }
    root = Scope(parent: globals)
    scope = root
  }

  /// Returns what the statements write.
  func run(_ statements: [TemplateStatement]) throws(TemplateFault) -> TemplateText {
    // Whatever refers to itself, or goes deep, is taken apart piece by piece.
    defer {
      root.variables = [:]
      for namespace in namespaces { namespace.attributes = TemplateMapping() }
    }
    _ = try execute(statements)
    return output
  }

  // MARK: Bounds

  private func countStep() throws(TemplateFault) {
    steps += 1
    guard steps <= TemplateLimit.steps else {
      throw TemplateFault(.limit, "more than \(TemplateLimit.steps) steps")
    }
  }

  private func enter(line: Int) throws(TemplateFault) {
    try countStep()
    depth += 1
    guard depth <= TemplateLimit.runningDepth else {
      throw TemplateFault(
        .limit,
        "more than \(TemplateLimit.runningDepth) levels while running; does a macro call itself?",
        line: line)
    }
  }

  /// Counts characters or elements that are about to be made.
  func charge(_ count: Int) throws(TemplateFault) {
    let (sum, overflows) = made.addingReportingOverflow(count)
    guard !overflows, sum <= TemplateLimit.made else {
      throw TemplateFault(
        .limit, "it makes more than \(TemplateLimit.made) characters and elements")
    }
    made = sum
  }

  func evaluate(_ expression: TemplateExpression) throws(TemplateFault) -> TemplateValue {
    // What failed is left at once, so that the count of levels no longer matters.
    do throws(TemplateFault) {
      try enter(line: expression.line)
      let value = try value(of: expression)
      depth -= 1
      guard value.depth <= TemplateLimit.depth else {
        throw TemplateFault(
          .limit, "more than \(TemplateLimit.depth) lists or mappings in one another")
      }
      return value
    } catch {
      throw error.line == nil
        ? TemplateFault(error.kind, error.reason, line: expression.line) : error
    }
  }

  // MARK: Statements

  private func execute(_ statements: [TemplateStatement]) throws(TemplateFault) -> Flow {
    for statement in statements {
      do throws(TemplateFault) {
        try enter(line: statement.line)
        let flow = try execute(statement)
        depth -= 1
        guard flow == .on else { return flow }
      } catch {
        throw error.line == nil
          ? TemplateFault(error.kind, error.reason, line: statement.line) : error
      }
    }
    return .on
  }

  private func execute(_ statement: TemplateStatement) throws(TemplateFault) -> Flow {
    switch statement.node {
    case .text(let text): try write(text)
    case .output(let values):
      for value in values { try write(try self.text(of: try evaluate(value))) }
    case .conditional(let branches, let otherwise):
      for (test, body) in branches where try evaluate(test).isTrue { return try execute(body) }
      return try execute(otherwise)
    case .loop(let target, let values, let filter, let body, let otherwise):
      return try loop(target, values, filter, body, otherwise)
    case .assignment(let target, let value): try assign(try evaluate(value), to: target)
    case .blockAssignment(let target, let filter, let body):
      let text = try captured(body)
      try assign(
        try filter.map { (filter) throws(TemplateFault) in
          try apply(filter, to: .text(text))
        } ?? .text(text), to: target)
    case .macro(let macro): scope.variables[macro.name] = .function(function(macro))
    case .call(let body, let call):
      try write(try text(of: try self.call(call, caller: function(body))))
    case .filtered(let filter, let body):
      try write(try text(of: try apply(filter, to: .text(try captured(body)))))
    case .with(let values, let body):
      let inner = Scope(parent: scope)
      for (target, value) in values { try assign(try evaluate(value), to: target, in: inner) }
      return try execute(body, in: inner)
    case .generation(let body): _ = try execute(body, in: Scope(parent: scope))
    case .leaveLoop: return .leaveLoop
    case .nextTurn: return .nextTurn
    }
    return .on
  }

  private func write(_ text: TemplateText) throws(TemplateFault) {
    try charge(text.count)
    output.append(text)
  }

  private func execute(
    _ statements: [TemplateStatement], in inner: Scope
  ) throws(TemplateFault) -> Flow {
    let outer = scope
    scope = inner
    defer { scope = outer }
    return try execute(statements)
  }

  /// What a body writes, in a scope of its own.
  private func captured(
    _ body: [TemplateStatement], in inner: Scope? = nil
  ) throws(TemplateFault) -> TemplateText {
    let before = output
    output = TemplateText()
    defer { output = before }
    _ = try execute(body, in: inner ?? Scope(parent: scope))
    return output
  }

  private func loop(
    _ target: TemplateTarget, _ values: TemplateExpression, _ filter: TemplateExpression?,
    _ body: [TemplateStatement], _ otherwise: [TemplateStatement]
  ) throws(TemplateFault) -> Flow {
    var elements = try elements(of: try evaluate(values))
    if let filter {
      let outer = scope
      defer { scope = outer }
      var kept: [TemplateValue] = []
      for element in elements {
        try countStep()
        scope = Scope(parent: outer)
        try assign(element, to: target)
        if try evaluate(filter).isTrue { kept.append(element) }
      }
      elements = kept
    }
    guard !elements.isEmpty else { return try execute(otherwise, in: Scope(parent: scope)) }
    let loop = TemplateLoop(elements)
    for (index, element) in elements.enumerated() {
      try countStep()
      loop.index = index
      let inner = Scope(parent: scope)
      inner.variables["loop"] = .loop(loop)
      try assign(element, to: target, in: inner)
      if try execute(body, in: inner) == .leaveLoop { break }
    }
    return .on
  }

  // MARK: Assignments

  private func assign(
    _ value: TemplateValue, to target: TemplateTarget, in inner: Scope? = nil
  ) throws(TemplateFault) {
    switch target {
    case .name(let name): (inner ?? scope).variables[name] = value
    case .attribute(let name, let attribute):
      guard case .namespace(let namespace)? = scope.value(name) else {
        throw TemplateFault(
          .value,
          "only attributes of a namespace() can be set, and \(name) is "
            + (scope.value(name)?.kindName ?? "not defined"))
      }
      guard !attribute.hasPrefix("_") else {
        throw TemplateFault(.value, "a namespace keeps no names that begin with an underscore")
      }
      namespace.attributes.set(attribute, value)
    case .tuple(let targets):
      let elements = try elements(of: value)
      guard elements.count == targets.count else {
        throw TemplateFault(
          .value, "\(targets.count) names for \(elements.count) values")
      }
      for (target, element) in zip(targets, elements) { try assign(element, to: target, in: inner) }
    }
  }

  func makeNamespace() -> TemplateNamespace {
    let namespace = TemplateNamespace()
    namespaces.append(namespace)
    return namespace
  }

  // MARK: Macros

  /// A macro knows the names around it as they are when it runs.
  private func function(_ macro: TemplateMacro) -> TemplateFunction {
    weak let home = scope
    return TemplateFunction(macro.name) { [weak root] interpreter, call throws(TemplateFault) in
      let inner = Scope(parent: home ?? root)
      var call = call
      if case .function? = call.named["caller"] {
        inner.variables["caller"] = call.named.remove("caller")
      }
      let extra = call.positional.dropFirst(macro.parameters.count)
      inner.variables["varargs"] = .tuple(Array(extra))
      for (index, parameter) in macro.parameters.enumerated() {
        if index < call.positional.count {
          inner.variables[parameter.name] = call.positional[index]
        } else if let value = call.named.remove(parameter.name) {
          inner.variables[parameter.name] = value
        } else {
          inner.variables[parameter.name] = .undefined(parameter.name)
          if let value = parameter.value {
            inner.variables[parameter.name] = try interpreter.evaluate(value, in: inner)
          }
        }
      }
      inner.variables["kwargs"] = .mapping(
        TemplateMapping(call.named.entries.map { ($0.name, $0.value) }))
      return .text(try interpreter.captured(macro.body, in: inner))
    }
  }

  private func evaluate(
    _ expression: TemplateExpression, in inner: Scope
  ) throws(TemplateFault) -> TemplateValue {
    let outer = scope
    scope = inner
    defer { scope = outer }
    return try evaluate(expression)
  }
}
