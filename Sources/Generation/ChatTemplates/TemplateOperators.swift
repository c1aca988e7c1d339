import Foundation

/// Python's operators.
enum TemplateOperators {
  static func negative(_ value: TemplateValue) throws(TemplateFault) -> TemplateValue {
    switch value.numericValue {
    case .integer(let value)?:
      let (result, overflows) = (0).subtractingReportingOverflow(value)
      guard !overflows else { throw tooLarge }
      return .integer(result)
    case .fraction(let value)?: return .number(-value)
    case nil: throw TemplateFault(.value, "- needs a number, found \(value.kindName)")
    }
  }

  private static let tooLarge = TemplateFault(.unsupported, "integers of more than 64 bits")

  static func arithmetic(
    _ operation: TemplateArithmetic, _ left: TemplateValue, _ right: TemplateValue,
    _ interpreter: TemplateInterpreter
  ) throws(TemplateFault) -> TemplateValue {
    if let a = left.numericValue, let b = right.numericValue {
      if case .integer(let a) = a, case .integer(let b) = b {
        return try integers(operation, a, b)
      }
      return .number(try fractions(operation, a.double, b.double))
    }
    switch (operation, left, right) {
    case (.sum, .text(let a), .text(let b)):
      try interpreter.charge(a.count + b.count)
      return .text(a + b)
    case (.sum, .list(let a), .list(let b))
    where a.kind == b.kind && [.list, .tuple].contains(a.kind):
      try interpreter.charge(a.elements.count + b.elements.count)
      return .list(TemplateList(kind: a.kind, elements: a.elements + b.elements))
    case (.product, .text(let text), _):
      if let count = right.index { return .text(try repeated(text, count, interpreter)) }
    case (.product, _, .text(let text)):
      if let count = left.index { return .text(try repeated(text, count, interpreter)) }
    case (.product, _, .list(let list)) where [.list, .tuple].contains(list.kind):
      if let count = left.index { return .list(try repeated(list, count, interpreter)) }
    case (.product, .list(let list), _) where [.list, .tuple].contains(list.kind):
      if let count = right.index { return .list(try repeated(list, count, interpreter)) }
    case (.remainder, .text, _):
      throw TemplateFault(.unsupported, "texts formatted with %; join parts with ~")
    default: break
    }
    if case .undefined(let name) = left { throw undefined(name, operation) }
    if case .undefined(let name) = right { throw undefined(name, operation) }
    throw TemplateFault(
      .value, "\(operation.rawValue) between \(left.kindName) and \(right.kindName)")
  }

  private static func undefined(_ name: String, _ operation: TemplateArithmetic) -> TemplateFault {
    TemplateFault(.value, "\(operation.rawValue) with \(name), which is not defined")
  }

  private static func repeated(
    _ text: TemplateText, _ count: Int, _ interpreter: TemplateInterpreter
  ) throws(TemplateFault) -> TemplateText {
    let (length, overflows) = text.count.multipliedReportingOverflow(by: max(count, 0))
    try interpreter.charge(overflows ? .max : length)
    return TemplateText(
      units: (0..<max(length / max(text.count, 1), 0)).flatMap { _ in text.units })
  }

  private static func repeated(
    _ list: TemplateList, _ count: Int, _ interpreter: TemplateInterpreter
  ) throws(TemplateFault) -> TemplateList {
    let (length, overflows) = list.elements.count.multipliedReportingOverflow(by: max(count, 0))
    try interpreter.charge(overflows ? .max : length)
    let turns = list.elements.isEmpty ? 0 : length / list.elements.count
    return TemplateList(kind: list.kind, elements: (0..<turns).flatMap { _ in list.elements })
  }

  // MARK: Numbers

  private static func integers(
    _ operation: TemplateArithmetic, _ a: Int, _ b: Int
  ) throws(TemplateFault) -> TemplateValue {
    func checked(_ result: (partialValue: Int, overflow: Bool)) throws(TemplateFault)
      -> TemplateValue
    {
      guard !result.overflow else { throw tooLarge }
      return .integer(result.partialValue)
    }
    switch operation {
    case .sum: return try checked(a.addingReportingOverflow(b))
    case .difference: return try checked(a.subtractingReportingOverflow(b))
    case .product: return try checked(a.multipliedReportingOverflow(by: b))
    case .quotient: return .number(try fractions(.quotient, Double(a), Double(b)))
    case .floorQuotient, .remainder:
      guard b != 0 else { throw TemplateFault(.value, "a division by 0") }
      guard !(a == .min && b == -1) else { throw tooLarge }
      let (quotient, remainder) = a.quotientAndRemainder(dividingBy: b)
      // Python rounds down, so that the remainder has the divisor's sign.
      let isOff = remainder != 0 && (remainder < 0) != (b < 0)
      if operation == .floorQuotient { return .integer(isOff ? quotient - 1 : quotient) }
      return .integer(isOff ? remainder + b : remainder)
    case .power:
      guard b >= 0 else { return .number(try fractions(.power, Double(a), Double(b))) }
      var result = 1
      if a == 0 || a == 1 { return .integer(b == 0 ? 1 : a) }
      if a == -1 { return .integer(b % 2 == 0 ? 1 : -1) }
      for _ in 0..<min(b, 64) {
        let (product, overflows) = result.multipliedReportingOverflow(by: a)
        guard !overflows else { throw tooLarge }
        result = product
      }
      guard b <= 64 else { throw tooLarge }
      return .integer(result)
    }
  }

  private static func fractions(
    _ operation: TemplateArithmetic, _ a: Double, _ b: Double
  ) throws(TemplateFault) -> Double {
    switch operation {
    case .sum: return a + b
    case .difference: return a - b
    case .product: return a * b
    case .power:
      guard !(a == 0 && b < 0) else { throw TemplateFault(.value, "0 to a negative power") }
      let result = pow(a, b)
      guard !(a < 0 && result.isNaN) else {
        throw TemplateFault(.unsupported, "complex numbers")
      }
      return result
    case .quotient, .floorQuotient, .remainder:
      guard b != 0 else { throw TemplateFault(.value, "a division by 0") }
      if operation == .quotient { return a / b }
      var remainder = fmod(a, b)
      if remainder != 0, (remainder < 0) != (b < 0) { remainder += b }
      if operation == .remainder {
        return remainder == 0 ? Double(signOf: b, magnitudeOf: 0) : remainder
      }
      return ((a - remainder) / b).rounded()
    }
  }

  // MARK: Comparisons

  static func holds(
    _ comparison: TemplateComparison, _ left: TemplateValue, _ right: TemplateValue,
    _ interpreter: TemplateInterpreter
  ) throws(TemplateFault) -> Bool {
    switch comparison {
    case .equal: try areEqual(left, right, interpreter)
    case .notEqual: !(try areEqual(left, right, interpreter))
    case .less: try isLess(left, right, "<", interpreter)
    case .greater: try isLess(right, left, ">", interpreter)
    case .lessOrEqual: try isLessOrEqual(left, right, "<=", interpreter)
    case .greaterOrEqual: try isLessOrEqual(right, left, ">=", interpreter)
    case .contained: try contains(right, left, interpreter)
    case .notContained: !(try contains(right, left, interpreter))
    }
  }

  /// Python's `==`. What is compared is charged for: a value may hold another many times over.
  static func areEqual(
    _ left: TemplateValue, _ right: TemplateValue, _ interpreter: TemplateInterpreter
  ) throws(TemplateFault) -> Bool {
    if let a = left.numericValue, let b = right.numericValue { return a.isEqual(to: b) }
    switch (left, right) {
    case (.none, .none), (.undefined, .undefined): return true
    case (.text(let a), .text(let b)):
      guard a.count == b.count else { return false }
      try interpreter.charge(a.count)
      return a == b
    case (.list(let a), .list(let b)):
      guard a.kind == b.kind, a.kind != .generator, a.elements.count == b.elements.count else {
        return false
      }
      try interpreter.charge(4 * a.elements.count)
      for (x, y) in zip(a.elements, b.elements) where !(try areEqual(x, y, interpreter)) {
        return false
      }
      return true
    case (.mapping(let a), .mapping(let b)):
      guard a.entries.count == b.entries.count else { return false }
      try interpreter.charge(8 * a.entries.count)
      for entry in a.entries {
        guard let key = TemplateKey(entry.key), let other = b.value(key),
          try areEqual(entry.value, other, interpreter)
        else { return false }
      }
      return true
    case (.namespace(let a), .namespace(let b)): return a === b
    case (.loop(let a), .loop(let b)): return a === b
    default: return false
    }
  }

  private static func isLessOrEqual(
    _ left: TemplateValue, _ right: TemplateValue, _ sign: String,
    _ interpreter: TemplateInterpreter
  ) throws(TemplateFault) -> Bool {
    if case .fraction(let value)? = left.numericValue, value.isNaN { return false }
    if case .fraction(let value)? = right.numericValue, value.isNaN { return false }
    return !(try isLess(right, left, sign, interpreter))
  }

  static func isLess(
    _ left: TemplateValue, _ right: TemplateValue, _ sign: String,
    _ interpreter: TemplateInterpreter
  ) throws(TemplateFault) -> Bool {
    if let a = left.numericValue, let b = right.numericValue {
      if case .integer(let a) = a, case .integer(let b) = b { return a < b }
      return a.double < b.double
    }
    switch (left, right) {
    case (.text(let a), .text(let b)):
      try interpreter.charge(min(a.count, b.count))
      return a < b
    case (.list(let a), .list(let b))
    where a.kind == b.kind && [.list, .tuple].contains(a.kind):
      try interpreter.charge(4 * min(a.elements.count, b.elements.count))
      for (x, y) in zip(a.elements, b.elements) where !(try areEqual(x, y, interpreter)) {
        return try isLess(x, y, sign, interpreter)
      }
      return a.elements.count < b.elements.count
    default:
      throw TemplateFault(.value, "\(sign) between \(left.kindName) and \(right.kindName)")
    }
  }

  /// Whether a value is among the elements, the keys or the parts of another.
  static func contains(
    _ container: TemplateValue, _ value: TemplateValue, _ interpreter: TemplateInterpreter
  ) throws(TemplateFault) -> Bool {
    switch (container, value) {
    case (.undefined, _): return false
    case (.text(let text), .text(let part)):
      try interpreter.charge(text.count + part.count)
      return text.contains(part)
    case (.text, _):
      throw TemplateFault(.value, "a text cannot hold \(value.kindName); in needs a text there")
    case (.list(let list), _):
      try interpreter.charge(list.elements.count)
      for element in list.elements where try areEqual(element, value, interpreter) { return true }
      return false
    case (.mapping(let mapping), _):
      if case .text(let text) = value { try interpreter.charge(text.count) }
      guard let key = TemplateKey(value) else {
        throw TemplateFault(.value, "\(value.kindName) cannot be a key")
      }
      return mapping.value(key) != nil
    default:
      throw TemplateFault(.value, "in needs something with elements, found \(container.kindName)")
    }
  }
}

extension Double {
  fileprivate init(signOf sign: Double, magnitudeOf magnitude: Double) {
    self = sign.sign == .minus ? -magnitude : magnitude
  }
}
