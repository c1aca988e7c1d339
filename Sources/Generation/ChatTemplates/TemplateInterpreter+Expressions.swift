extension TemplateInterpreter {
  /// What an expression gives; `evaluate` counts the step and knows the line.
  func value(of expression: TemplateExpression) throws(TemplateFault) -> TemplateValue {
    switch expression.node {
    case .literal(let literal): return Self.value(of: literal)
    case .name(let name): return scope.value(name) ?? .undefined(name)
    case .list(let parts): return .array(try values(of: parts))
    case .tuple(let parts): return .tuple(try values(of: parts))
    case .mapping(let entries): return try mapping(entries)
    case .attribute(let value, let name):
      return try attribute(name, of: try evaluate(value))
    case .item(let value, let key):
      return try item(try evaluate(key), of: try evaluate(value))
    case .slice(let value, let from, let to, let step):
      return try slice(
        try evaluate(value), from: try bound(from), to: try bound(to), step: try bound(step) ?? 1)
    case .call: return try call(expression)
    case .filter(let value, let name, let arguments):
      guard let value else { throw TemplateFault(.syntax, "a filter without a value") }
      return try filter(name, try evaluate(value), try call(with: arguments))
    case .test(let value, let name, let arguments):
      return .bool(try test(name, try evaluate(value), try call(with: arguments)))
    case .not(let value): return .bool(!(try evaluate(value).isTrue))
    case .negative(let value): return try TemplateOperators.negative(try evaluate(value))
    case .positive(let value):
      let value = try evaluate(value)
      guard value.numericValue != nil else {
        throw TemplateFault(.value, "+ needs a number, found \(value.kindName)")
      }
      return value
    case .and(let left, let right):
      let value = try evaluate(left)
      return value.isTrue ? try evaluate(right) : value
    case .or(let left, let right):
      let value = try evaluate(left)
      return value.isTrue ? value : try evaluate(right)
    case .comparison(let first, let others): return try comparison(first, others)
    case .concatenation(let parts):
      var text = TemplateText()
      for part in parts {
        let next = try self.text(of: try evaluate(part))
        try charge(next.count)
        text.append(next)
      }
      return .text(text)
    case .arithmetic(let operation, let left, let right):
      return try TemplateOperators.arithmetic(
        operation, try evaluate(left), try evaluate(right), self)
    case .conditional(let test, let then, let otherwise):
      if try evaluate(test).isTrue { return try evaluate(then) }
      guard let otherwise else { return .undefined("what an if without else gives") }
      return try evaluate(otherwise)
    }
  }

  private static func value(of literal: TemplateLiteral) -> TemplateValue {
    switch literal {
    case .none: .none
    case .bool(let value): .bool(value)
    case .integer(let value): .integer(value)
    case .number(let value): .number(value)
    case .text(let text): .text(text)
    }
  }

  private func values(of parts: [TemplateExpression]) throws(TemplateFault) -> [TemplateValue] {
    var values: [TemplateValue] = []
    try charge(parts.count)
    for part in parts { values.append(try evaluate(part)) }
    return values
  }

  private func mapping(
    _ entries: [(key: TemplateExpression, value: TemplateExpression)]
  ) throws(TemplateFault) -> TemplateValue {
    var mapping = TemplateMapping()
    try charge(entries.count)
    for entry in entries {
      let value = try evaluate(entry.key)
      guard let key = TemplateKey(value) else {
        throw TemplateFault(.value, "\(value.kindName) cannot be a key")
      }
      mapping.set(key, .init(key: value, value: try evaluate(entry.value)))
    }
    return .mapping(mapping)
  }

  private func comparison(
    _ first: TemplateExpression, _ others: [(TemplateComparison, TemplateExpression)]
  ) throws(TemplateFault) -> TemplateValue {
    var left = try evaluate(first)
    for (comparison, operand) in others {
      let right = try evaluate(operand)
      guard try TemplateOperators.holds(comparison, left, right, self) else { return .bool(false) }
      left = right
    }
    return .bool(true)
  }

  // MARK: Parts of values

  private func attribute(
    _ name: String, of value: TemplateValue
  ) throws(TemplateFault) -> TemplateValue {
    if case .undefined(let missing) = value {
      throw TemplateFault(.value, "\(missing) is not defined, so that it has no \(name)")
    }
    if let found = try TemplateAttributes.attribute(name, of: value) { return found }
    if case .mapping(let mapping) = value, let found = mapping[name] { return found }
    return .undefined(name)
  }

  func item(
    _ key: TemplateValue, of value: TemplateValue
  ) throws(TemplateFault) -> TemplateValue {
    if case .text(let name) = key { try charge(name.count) }
    switch (value, key) {
    case (.undefined(let missing), _):
      throw TemplateFault(.value, "\(missing) is not defined, so that it has no elements")
    case (.mapping(let mapping), _):
      if let key = TemplateKey(key), let found = mapping.value(key) { return found }
    case (.list(let list), _) where list.isSequence:
      if let index = key.index, let place = Self.place(index, of: list.elements.count) {
        return list.elements[place]
      }
    case (.text(let text), _):
      if let index = key.index, let place = Self.place(index, of: text.count) {
        return .text(text[place..<(place + 1)])
      }
    default: break
    }
    if case .text(let name) = key { return try attribute(name.string, of: value) }
    return .undefined("an element that is not there")
  }

  /// A place counted from the end where it is below 0; nil outside.
  static func place(_ index: Int, of count: Int) -> Int? {
    let place = index < 0 ? index + count : index
    return place >= 0 && place < count ? place : nil
  }

  private func bound(_ expression: TemplateExpression?) throws(TemplateFault) -> Int? {
    guard let expression else { return nil }
    let value = try evaluate(expression)
    if case .none = value { return nil }
    guard let index = value.index else {
      throw TemplateFault(.value, "a slice needs integers, found \(value.kindName)")
    }
    return index
  }

  private func slice(
    _ value: TemplateValue, from: Int?, to: Int?, step: Int
  ) throws(TemplateFault) -> TemplateValue {
    guard step != 0 else { throw TemplateFault(.value, "a slice of step 0") }
    switch value {
    case .undefined(let missing):
      throw TemplateFault(.value, "\(missing) is not defined, so that it has no elements")
    case .text(let text):
      let places = Self.places(of: text.count, from: from, to: to, step: step)
      try charge(places.count)
      return .text(TemplateText(units: places.map { text.units[$0] }))
    case .list(let list) where list.isSequence:
      let places = Self.places(of: list.elements.count, from: from, to: to, step: step)
      try charge(places.count)
      return .list(TemplateList(kind: list.kind, elements: places.map { list.elements[$0] }))
    default: throw TemplateFault(.value, "\(value.kindName) cannot be sliced")
    }
  }

  /// The places that a slice takes, as Python's `slice.indices` has them.
  static func places(of count: Int, from: Int?, to: Int?, step: Int) -> [Int] {
    let (lowest, highest) = step > 0 ? (0, count) : (-1, count - 1)
    func clamped(_ bound: Int?, _ missing: Int) -> Int {
      guard let bound else { return missing }
      let (shifted, _) = bound.addingReportingOverflow(bound < 0 ? count : 0)
      return min(max(shifted, lowest), highest)
    }
    let start = clamped(from, step > 0 ? 0 : count - 1)
    let end = clamped(to, step > 0 ? count : -1)
    // A longer step takes the first place alone; `stride` would overflow.
    return Array(stride(from: start, to: end, by: max(min(step, count + 1), -count - 1)))
  }

  /// What a loop walks over.
  func elements(of value: TemplateValue) throws(TemplateFault) -> [TemplateValue] {
    switch value {
    case .undefined: return []
    case .list(let list):
      try charge(list.elements.count)
      return list.elements
    case .mapping(let mapping):
      try charge(mapping.entries.count)
      return mapping.entries.map(\.key)
    case .text(let text):
      try charge(text.count)
      return text.units.map { .text(TemplateText(units: CollectionOfOne($0))) }
    default: throw TemplateFault(.value, "\(value.kindName) has no elements to go through")
    }
  }

  func text(of value: TemplateValue) throws(TemplateFault) -> TemplateText {
    try TemplateRepresentation.text(of: value, self)
  }
}

extension TemplateValue {
  /// The value as a place: an integer or a truth value.
  var index: Int? {
    if case .integer(let value)? = numericValue { value } else { nil }
  }
}
