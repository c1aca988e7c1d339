/// The tests after `is`.
enum TemplateTests {
  typealias Test =
    @Sendable (TemplateInterpreter, TemplateValue, TemplateCall)
    throws(TemplateFault) -> Bool

  static let all: [String: Test] = kinds.merging(comparisons) { $1 }

  private static func kind(_ body: @escaping @Sendable (TemplateValue) -> Bool) -> Test {
    { _, value, call throws(TemplateFault) in
      try call.allow(0)
      return body(value)
    }
  }

  private static let kinds: [String: Test] = [
    "defined": kind { if case .undefined = $0 { false } else { true } },
    "undefined": kind { if case .undefined = $0 { true } else { false } },
    "none": kind { if case .none = $0 { true } else { false } },
    "boolean": kind { if case .bool = $0 { true } else { false } },
    "true": kind { if case .bool(true) = $0 { true } else { false } },
    "false": kind { if case .bool(false) = $0 { true } else { false } },
    "integer": kind { if case .integer = $0 { true } else { false } },
    "float": kind { if case .number = $0 { true } else { false } },
    "number": kind { $0.numericValue != nil },
    "string": kind { if case .text = $0 { true } else { false } },
    "mapping": kind { if case .mapping = $0 { true } else { false } },
    "sequence": kind {
      switch $0 {
      case .text, .mapping, .undefined: true
      case .list(let list): list.isSequence
      default: false
      }
    },
    "iterable": kind {
      switch $0 {
      case .text, .mapping, .undefined, .list, .loop: true
      default: false
      }
    },
    "callable": kind { if case .function = $0 { true } else { false } },
    "lower": { interpreter, value, _ throws(TemplateFault) in
      try interpreter.text(of: value).isCase(upper: false)
    },
    "upper": { interpreter, value, _ throws(TemplateFault) in
      try interpreter.text(of: value).isCase(upper: true)
    },
    "filter": { _, value, _ throws(TemplateFault) in
      if case .text(let name) = value { TemplateFilters.known.contains(name.string) } else { false }
    },
    "test": { _, value, _ throws(TemplateFault) in
      if case .text(let name) = value { all[name.string] != nil } else { false }
    },
    "odd": { interpreter, value, _ throws(TemplateFault) in
      try remainder(value, 2, interpreter) == 1
    },
    "even": { interpreter, value, _ throws(TemplateFault) in
      try remainder(value, 2, interpreter) == 0
    },
    "divisibleby": { interpreter, value, call throws(TemplateFault) in
      guard let divisor = try call.integer(0, "num") else {
        throw TemplateFault(.value, "divisibleby needs a number")
      }
      return try remainder(value, divisor, interpreter) == 0
    },
  ]

  private static func remainder(
    _ value: TemplateValue, _ divisor: Int, _ interpreter: TemplateInterpreter
  ) throws(TemplateFault) -> Double? {
    try TemplateOperators.arithmetic(.remainder, value, .integer(divisor), interpreter)
      .numericValue?.double
  }

  private static func comparison(_ comparison: TemplateComparison) -> Test {
    { interpreter, value, call throws(TemplateFault) in
      try call.allow(1)
      guard let other = call.argument(0, "") else {
        throw TemplateFault(.value, "a test that compares needs a value")
      }
      return try TemplateOperators.holds(comparison, value, other, interpreter)
    }
  }

  private static let comparisons: [String: Test] = [
    "eq": comparison(.equal), "equalto": comparison(.equal), "==": comparison(.equal),
    "ne": comparison(.notEqual), "!=": comparison(.notEqual),
    "lt": comparison(.less), "lessthan": comparison(.less), "<": comparison(.less),
    "le": comparison(.lessOrEqual), "<=": comparison(.lessOrEqual),
    "gt": comparison(.greater), "greaterthan": comparison(.greater), ">": comparison(.greater),
    "ge": comparison(.greaterOrEqual), ">=": comparison(.greaterOrEqual),
    "in": comparison(.contained),
    // Only what is one of a kind is the same as itself everywhere.
    "sameas": { interpreter, value, call throws(TemplateFault) in
      guard let other = call.argument(0, "other") else {
        throw TemplateFault(.value, "sameas needs a value")
      }
      switch (value, other) {
      case (.none, .none): return true
      case (.bool(let a), .bool(let b)): return a == b
      case (.bool, _), (_, .bool): return false
      case (.integer, .number), (.number, .integer): return false
      default: return try TemplateOperators.areEqual(value, other, interpreter)
      }
    },
  ]
}
