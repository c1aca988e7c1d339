/// `tojson` as transformers has it: Python's `json.dumps(…, ensure_ascii=False)`.
///
/// All of it counts as the conversation's.
struct TemplateJSON {
  private let interpreter: TemplateInterpreter
  private let isASCII: Bool
  private let indentation: TemplateText?
  private let itemSeparator: TemplateText
  private let keySeparator: TemplateText
  private let sortsKeys: Bool
  private var result = TemplateText()

  static func text(
    of value: TemplateValue, _ call: TemplateCall, _ interpreter: TemplateInterpreter
  ) throws(TemplateFault) -> TemplateValue {
    var writer = try TemplateJSON(call, interpreter)
    try writer.append(value, depth: 0)
    return .text(writer.result.distrusted)
  }

  private init(
    _ call: TemplateCall, _ interpreter: TemplateInterpreter
  ) throws(TemplateFault) {
    try call.allow(4, "ensure_ascii", "indent", "separators", "sort_keys")
    self.interpreter = interpreter
    isASCII = call.bool(0, "ensure_ascii")
    sortsKeys = call.bool(3, "sort_keys")
    switch call.argument(1, "indent") {
    case nil, .some(.none): indentation = nil
    case .text(let text)?: indentation = text
    case let value?:
      guard let width = value.index else {
        throw TemplateFault(.value, "the indent is \(value.kindName)")
      }
      try interpreter.charge(max(width, 0))
      indentation = TemplateText(units: repeatElement(0x20, count: max(width, 0)))
    }
    if case .list(let list)? = call.argument(2, "separators") {
      guard list.elements.count == 2, case .text(let item) = list.elements[0],
        case .text(let key) = list.elements[1]
      else { throw TemplateFault(.value, "the separators are not two texts") }
      (itemSeparator, keySeparator) = (item, key)
    } else {
      (itemSeparator, keySeparator) = (
        TemplateText(indentation == nil ? ", " : ","), TemplateText(": ")
      )
    }
  }

  private mutating func append(_ value: TemplateValue, depth: Int) throws(TemplateFault) {
    switch value {
    case .none: result.append("null")
    case .bool(let value): result.append(value ? "true" : "false")
    case .integer(let value): result.append("\(value)")
    case .number(let value): result.append(Self.text(of: value))
    case .text(let text): try appendQuoted(text)
    case .list(let list) where [.list, .tuple].contains(list.kind):
      try appendAll(list.elements, "[", "]", depth: depth) {
        (writer, element) throws(TemplateFault) in
        try writer.append(element, depth: depth + 1)
      }
    case .mapping(let mapping):
      var entries: [(key: TemplateText, value: TemplateValue)] = []
      for entry in mapping.entries { entries.append((try Self.key(entry.key), entry.value)) }
      if sortsKeys { entries.sort { $0.key < $1.key } }
      try appendAll(entries, "{", "}", depth: depth) { (writer, entry) throws(TemplateFault) in
        try writer.appendQuoted(entry.key)
        writer.result.append(writer.keySeparator)
        try writer.append(entry.value, depth: depth + 1)
      }
    default: throw TemplateFault(.value, "\(value.kindName) cannot be written as JSON")
    }
  }

  private static func text(of number: Double) -> String {
    number.isNaN ? "NaN" : number.isInfinite ? (number < 0 ? "-Infinity" : "Infinity") : "\(number)"
  }

  private static func key(_ key: TemplateValue) throws(TemplateFault) -> TemplateText {
    switch key {
    case .text(let text): return text
    case .none: return TemplateText("null")
    case .bool(let value): return TemplateText(value ? "true" : "false")
    case .integer(let value): return TemplateText("\(value)")
    case .number(let value): return TemplateText(text(of: value))
    default: throw TemplateFault(.value, "\(key.kindName) cannot be a key of JSON")
    }
  }

  private mutating func appendAll<Element>(
    _ elements: [Element], _ open: String, _ close: String, depth: Int,
    _ body: (inout TemplateJSON, Element) throws(TemplateFault) -> Void
  ) throws(TemplateFault) {
    result.append(open)
    for (place, element) in elements.enumerated() {
      try interpreter.charge(itemSeparator.count + keySeparator.count + 2)
      if place > 0 { result.append(itemSeparator) }
      try breakLine(depth: depth + 1)
      try body(&self, element)
    }
    if !elements.isEmpty { try breakLine(depth: depth) }
    result.append(close)
  }

  private mutating func breakLine(depth: Int) throws(TemplateFault) {
    guard let indentation else { return }
    try interpreter.charge(1 + depth * indentation.count)
    result.append("\n")
    for _ in 0..<depth { result.append(indentation) }
  }

  private static let escapes: [UInt32: String] = [
    0x22: "\\\"", 0x5C: "\\\\", 0x08: "\\b", 0x0C: "\\f", 0x0A: "\\n", 0x0D: "\\r", 0x09: "\\t",
  ]

  private mutating func appendQuoted(_ text: TemplateText) throws(TemplateFault) {
    try interpreter.charge(text.count + 2)
    result.append("\"")
    var plain: [UInt32] = []
    for unit in text.units {
      let point = TemplateText.codePoint(unit)
      if let escape = Self.escapes[point] {
        plain += escape.unicodeScalars.map(\.value)
      } else if point < 0x20 || isASCII && point > 0x7E {
        // Beyond U+FFFF two surrogates stand for one character.
        let units =
          point > 0xFFFF
          ? [0xD7C0 + point >> 10, 0xDC00 + point & 0x3FF] : [point]
        for unit in units {
          let digits = String(unit, radix: 16)
          let zeros = String(repeating: "0", count: 4 - digits.utf8.count)
          plain += "\\u\(zeros)\(digits)".unicodeScalars.map(\.value)
        }
      } else {
        plain.append(unit)
      }
    }
    result.append(TemplateText(units: plain))
    result.append("\"")
  }
}
