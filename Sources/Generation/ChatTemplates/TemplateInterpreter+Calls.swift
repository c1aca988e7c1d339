/// Arguments with names, in the order in which they are given.
struct TemplateNames {
  private(set) var entries: [(name: String, value: TemplateValue)] = []

  subscript(_ name: String) -> TemplateValue? {
    get { entries.first { $0.name == name }?.value }
    set {
      let place = entries.firstIndex { $0.name == name }
      if let newValue, let place {
        entries[place].value = newValue
      } else if let newValue {
        entries.append((name, newValue))
      } else if let place {
        entries.remove(at: place)
      }
    }
  }

  mutating func remove(_ name: String) -> TemplateValue? {
    defer { self[name] = nil }
    return self[name]
  }
}

/// The values that a call is made with.
struct TemplateCall {
  var positional: [TemplateValue] = []
  var named = TemplateNames()

  init(_ positional: [TemplateValue] = []) { self.positional = positional }

  /// The argument at a place or of a name.
  func argument(_ place: Int, _ name: String) -> TemplateValue? {
    place < positional.count ? positional[place] : named[name]
  }

  func text(_ place: Int, _ name: String) throws(TemplateFault) -> TemplateText? {
    switch argument(place, name) {
    case nil, .some(.none): return nil
    case .text(let text)?: return text
    case .some(let other):
      throw TemplateFault(.value, "\(name) is \(other.kindName), expected a text")
    }
  }

  func integer(_ place: Int, _ name: String) throws(TemplateFault) -> Int? {
    guard let value = argument(place, name) else { return nil }
    if case .none = value { return nil }
    guard let index = value.index else {
      throw TemplateFault(.value, "\(name) is \(value.kindName), expected an integer")
    }
    return index
  }

  func bool(_ place: Int, _ name: String) -> Bool { argument(place, name)?.isTrue ?? false }

  /// Refuses arguments that are not looked at.
  func allow(_ count: Int, _ names: String...) throws(TemplateFault) {
    guard positional.count <= count else {
      throw TemplateFault(.value, "\(positional.count) arguments, expected at most \(count)")
    }
    if let other = named.entries.first(where: { !names.contains($0.name) }) {
      throw TemplateFault(.value, "there is no argument \(other.name)")
    }
  }
}

extension TemplateInterpreter {
  func call(with arguments: TemplateArguments) throws(TemplateFault) -> TemplateCall {
    var call = TemplateCall()
    for argument in arguments.positional { call.positional.append(try evaluate(argument)) }
    if let spread = arguments.spread {
      call.positional += try elements(of: try evaluate(spread))
    }
    for (name, value) in arguments.named { call.named[name] = try evaluate(value) }
    if let spread = arguments.namedSpread {
      guard case .mapping(let mapping) = try evaluate(spread) else {
        throw TemplateFault(.value, "** needs a mapping")
      }
      for entry in mapping.entries {
        if case .text(let name) = entry.key { call.named[name.string] = entry.value }
      }
    }
    return call
  }

  /// Calls what an expression of a call names.
  func call(
    _ expression: TemplateExpression, caller: TemplateFunction? = nil
  ) throws(TemplateFault) -> TemplateValue {
    guard case .call(let callee, let arguments) = expression.node else {
      throw TemplateFault(.syntax, "expected a call", line: expression.line)
    }
    let value = try evaluate(callee)
    guard case .function(let function) = value else {
      if case .undefined(let name) = value {
        throw TemplateFault(.value, "\(name) is not defined, so that it cannot be called")
      }
      throw TemplateFault(.value, "\(value.kindName) cannot be called")
    }
    var call = try call(with: arguments)
    if let caller { call.named["caller"] = .function(caller) }
    do throws(TemplateFault) {
      return try function.body(self, call)
    } catch {
      throw error.line == nil && error.kind == .value
        ? TemplateFault(.value, "\(function.name): \(error.reason)") : error
    }
  }

  /// Applies filters to the text of a block.
  func apply(
    _ expression: TemplateExpression, to value: TemplateValue
  ) throws(TemplateFault) -> TemplateValue {
    guard case .filter(let inner, let name, let arguments) = expression.node else {
      throw TemplateFault(.syntax, "expected a filter", line: expression.line)
    }
    let input =
      try inner.map { (inner) throws(TemplateFault) in try apply(inner, to: value) } ?? value
    return try filter(name, input, try call(with: arguments))
  }

  func filter(
    _ name: String, _ value: TemplateValue, _ call: TemplateCall
  ) throws(TemplateFault) -> TemplateValue {
    guard let body = TemplateFilters.all[name] else {
      throw TemplateFault(
        TemplateFilters.known.contains(name) ? .unsupported : .value, "the filter \(name)")
    }
    try charge(value.weight)
    do throws(TemplateFault) {
      return try body(self, value, call)
    } catch {
      throw error.line == nil && error.kind == .value
        ? TemplateFault(.value, "\(name): \(error.reason)") : error
    }
  }

  func test(
    _ name: String, _ value: TemplateValue, _ call: TemplateCall
  ) throws(TemplateFault) -> Bool {
    guard let body = TemplateTests.all[name] else {
      throw TemplateFault(name == "escaped" ? .unsupported : .value, "there is no test \(name)")
    }
    return try body(self, value, call)
  }
}
