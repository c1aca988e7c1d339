import Foundation

/// Values as Python prints them.
enum TemplateRepresentation {
  /// `str(value)`. What is not text itself counts as the conversation's, as far as it may hold text.
  static func text(
    of value: TemplateValue, _ interpreter: TemplateInterpreter
  ) throws(TemplateFault) -> TemplateText {
    switch value {
    case .undefined: return TemplateText()
    case .text(let text): return text
    case .none: return TemplateText("None")
    case .bool(let value): return TemplateText(value ? "True" : "False")
    case .integer(let value): return TemplateText("\(value)")
    case .number(let value): return TemplateText(text(of: value))
    default:
      var result = TemplateText()
      try append(value, to: &result, interpreter)
      return result.distrusted
    }
  }

  /// The shortest digits that give the same number back.
  static func text(of number: Double) -> String { "\(number)" }

  /// `round(value, digits)`: exact halves of the decimal expansion go to the even digit.
  static func rounded(_ value: Double, digits: Int) -> Double {
    guard digits > 0 else {
      var scale = 1.0
      for _ in 0..<digits.magnitude { scale *= 10 }
      return (value / scale).rounded(.toNearestOrEven) * scale
    }
    return Double(String(format: "%.\(digits)f", value)) ?? value
  }

  private static func append(
    _ value: TemplateValue, to result: inout TemplateText, _ interpreter: TemplateInterpreter
  ) throws(TemplateFault) {
    switch value {
    case .text(let text):
      try interpreter.charge(text.count)
      result.append(quoted(text))
    case .list(let list):
      let brackets: (String, String)
      switch list.kind {
      case .list: brackets = ("[", "]")
      case .tuple: brackets = ("(", list.elements.count == 1 ? ",)" : ")")
      case .keys: brackets = ("dict_keys([", "])")
      case .values: brackets = ("dict_values([", "])")
      case .items: brackets = ("dict_items([", "])")
      case .range, .generator:
        throw TemplateFault(.value, "\(value.kindName) cannot be printed; put |list behind it")
      }
      result.append(brackets.0)
      for (place, element) in list.elements.enumerated() {
        try interpreter.charge(8)
        if place > 0 { result.append(", ") }
        try append(element, to: &result, interpreter)
      }
      result.append(brackets.1)
    case .mapping(let mapping):
      result.append("{")
      for (place, entry) in mapping.entries.enumerated() {
        try interpreter.charge(8)
        if place > 0 { result.append(", ") }
        try append(entry.key, to: &result, interpreter)
        result.append(": ")
        try append(entry.value, to: &result, interpreter)
      }
      result.append("}")
    case .undefined: result.append("Undefined")
    case .namespace, .function, .loop:
      throw TemplateFault(.value, "\(value.kindName) cannot be printed")
    default: result.append(try text(of: value, interpreter))
    }
  }

  /// `repr` of a text.
  private static func quoted(_ text: TemplateText) -> TemplateText {
    let points = text.units.map(TemplateText.codePoint)
    let quote: UInt32 = points.contains(0x27) && !points.contains(0x22) ? 0x22 : 0x27
    var units = [quote]
    for point in points {
      switch point {
      case 0x5C, quote: units += [0x5C, point]
      case 0x0A: units += [0x5C, 0x6E]
      case 0x0D: units += [0x5C, 0x72]
      case 0x09: units += [0x5C, 0x74]
      case _ where isPrintable(point): units.append(point)
      default:
        let digits = String(point, radix: 16)
        let (letter, width) =
          point < 0x100 ? ("x", 2) : point < 0x1_0000 ? ("u", 4) : ("U", 8)
        let zeros = String(repeating: "0", count: width - digits.utf8.count)
        units += "\\\(letter)\(zeros)\(digits)".unicodeScalars.map(\.value)
      }
    }
    units.append(quote)
    return TemplateText(units: units)
  }

  private static func isPrintable(_ point: UInt32) -> Bool {
    guard point != 0x20 else { return true }
    guard let scalar = Unicode.Scalar(point) else { return false }
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
      .paragraphSeparator, .spaceSeparator:
      return false
    default: return true
    }
  }
}
