/// The filters after `|`.
enum TemplateFilters {
  typealias Filter =
    @Sendable (TemplateInterpreter, TemplateValue, TemplateCall)
    throws(TemplateFault) -> TemplateValue

  static let all: [String: Filter] =
    TemplateTextFilters.all.merging(values) { $1 }.merging(numbers) { $1 }
    .merging(TemplateListFilters.all) { $1 }

  /// Every filter that Jinja has.
  static let known: Set<String> = Set(all.keys).union([
    "filesizeformat", "forceescape", "format", "groupby", "pprint", "random", "slice", "striptags",
    "truncate", "urlencode", "urlize", "wordwrap", "xmlattr",
  ])

  private static let length: Filter = { _, value, call throws(TemplateFault) in
    try call.allow(0)
    switch value {
    case .undefined: return .integer(0)
    case .text(let text): return .integer(text.count)
    case .mapping(let mapping): return .integer(mapping.entries.count)
    case .list(let list) where list.hasLength: return .integer(list.elements.count)
    case .loop(let loop): return .integer(loop.elements.elements.count)
    default: throw TemplateFault(.value, "\(value.kindName) has no length")
    }
  }

  private static let fallback: Filter = { _, value, call throws(TemplateFault) in
    let other = call.argument(0, "default_value") ?? .text("")
    if case .undefined = value { return other }
    return call.bool(1, "boolean") && !value.isTrue ? other : value
  }

  private static let values: [String: Filter] = [
    "length": length,
    "count": length,
    "default": fallback,
    "d": fallback,
    "string": { interpreter, value, _ throws(TemplateFault) in
      .text(try interpreter.text(of: value))
    },
    // Nothing is escaped unless asked for, so that all text is safe.
    "safe": { interpreter, value, _ throws(TemplateFault) in
      .text(try interpreter.text(of: value))
    },
    "attr": { interpreter, value, call throws(TemplateFault) in
      guard let name = try call.text(0, "name") else {
        throw TemplateFault(.value, "expected a name")
      }
      return try TemplateAttributes.attribute(name.string, of: value) ?? .undefined(name.string)
    },
    "items": { _, value, call throws(TemplateFault) in
      try call.allow(0)
      switch value {
      case .undefined: return .generator([])
      case .mapping(let mapping):
        return .generator(mapping.entries.map { .tuple([$0.key, $0.value]) })
      default: throw TemplateFault(.value, "\(value.kindName) has no items; only a mapping has")
      }
    },
    "tojson": { interpreter, value, call throws(TemplateFault) in
      try TemplateJSON.text(of: value, call, interpreter)
    },
  ]

  // MARK: Numbers

  private static let numbers: [String: Filter] = [
    "abs": { _, value, _ throws(TemplateFault) in
      switch value.numericValue {
      case .integer(let number)?:
        return number < 0 ? try TemplateOperators.negative(.integer(number)) : .integer(number)
      case .fraction(let number)?: return .number(number.magnitude)
      case nil: throw TemplateFault(.value, "expected a number, found \(value.kindName)")
      }
    },
    "int": { _, value, call throws(TemplateFault) in
      let base = try call.integer(1, "base") ?? 10
      return try integer(value, base: base) ?? call.argument(0, "default") ?? .integer(0)
    },
    "float": { _, value, call throws(TemplateFault) in
      if case .undefined = value { throw TemplateFault(.value, "the value is not defined") }
      return fraction(value).map { .number($0) } ?? call.argument(0, "default") ?? .number(0)
    },
    "round": { _, value, call throws(TemplateFault) in
      let precision = try call.integer(0, "precision") ?? 0
      let method = try call.text(1, "method")?.string ?? "common"
      guard let number = value.numericValue, (-300...300).contains(precision) else {
        throw TemplateFault(.value, "expected a number, found \(value.kindName)")
      }
      if case .integer(let whole) = number, method == "common" {
        guard precision < 0 else { return .integer(whole) }
        let near = TemplateRepresentation.rounded(Double(whole), digits: precision)
        return .integer(Int(exactly: near) ?? whole)
      }
      return .number(try rounded(number.double, precision, method))
    },
  ]

  private static func rounded(
    _ value: Double, _ precision: Int, _ method: String
  ) throws(TemplateFault) -> Double {
    var scale = 1.0
    for _ in 0..<precision.magnitude { scale *= 10 }
    if precision < 0 { scale = 1 / scale }
    switch method {
    case "ceil": return (value * scale).rounded(.up) / scale
    case "floor": return (value * scale).rounded(.down) / scale
    case "common": return TemplateRepresentation.rounded(value, digits: precision)
    default: throw TemplateFault(.value, "the method \(method); there are common, ceil and floor")
    }
  }

  private static func integer(
    _ value: TemplateValue, base: Int
  ) throws(TemplateFault) -> TemplateValue? {
    switch value {
    case .undefined: throw TemplateFault(.value, "the value is not defined")
    case .text(let text):
      guard (2...36).contains(base) else {
        throw TemplateFault(.unsupported, "integers to base \(base)")
      }
      let digits = text.stripped().string.replacing("_", with: "")
      if let number = Int(digits, radix: base) { return .integer(number) }
    default:
      if case .integer(let number)? = value.numericValue { return .integer(number) }
    }
    guard let number = fraction(value), number.isFinite else { return nil }
    guard let whole = Int(exactly: number.rounded(.towardZero)) else {
      throw TemplateFault(.unsupported, "integers of more than 64 bits")
    }
    return .integer(whole)
  }

  private static func fraction(_ value: TemplateValue) -> Double? {
    guard case .text(let text) = value else { return value.numericValue?.double }
    let digits = text.stripped().string.replacing("_", with: "")
    // Python knows no hexadecimal fractions here.
    return digits.lowercased().contains("x") ? nil : Double(digits)
  }
}
