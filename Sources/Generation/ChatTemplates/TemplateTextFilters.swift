/// Filters that make text of any value's text.
enum TemplateTextFilters {
  private typealias Filter = TemplateFilters.Filter

  static let all: [String: TemplateFilters.Filter] = plain.merging(shaping) { $1 }

  private static func mapping(_ body: @escaping @Sendable (TemplateText) -> TemplateText) -> Filter
  {
    { interpreter, value, call throws(TemplateFault) in
      try call.allow(0)
      return .text(body(try interpreter.text(of: value)))
    }
  }

  private static let escape = mapping { text in
    let names: [UInt32: String] = [
      0x26: "&amp;", 0x3C: "&lt;", 0x3E: "&gt;", 0x22: "&#34;", 0x27: "&#39;",
    ]
    return TemplateText(
      units: text.units.flatMap { unit -> [UInt32] in
        guard let name = names[TemplateText.codePoint(unit)] else { return [unit] }
        return name.unicodeScalars.map { TemplateText.replacing(unit, by: $0.value) }
      })
  }

  private static let plain: [String: Filter] = [
    "upper": mapping(\.uppercased),
    "lower": mapping(\.lowercased),
    "capitalize": mapping(\.capitalized),
    "title": mapping(\.titlecasedWords),
    "e": escape,
    "escape": escape,
  ]

  private static let shaping: [String: Filter] = [
    "trim": { interpreter, value, call throws(TemplateFault) in
      .text(try interpreter.text(of: value).stripped(of: try call.text(0, "chars")))
    },
    "replace": { interpreter, value, call throws(TemplateFault) in
      guard let old = call.argument(0, "old"), let new = call.argument(1, "new") else {
        throw TemplateFault(.value, "expected two texts")
      }
      return .text(
        try TemplateTextMethods.replaced(
          try interpreter.text(of: value), try interpreter.text(of: old),
          try interpreter.text(of: new), limit: try call.integer(2, "count") ?? -1, interpreter))
    },
    "center": { interpreter, value, call throws(TemplateFault) in
      let text = try interpreter.text(of: value)
      let width = TemplateCall([call.argument(0, "width") ?? .integer(80)])
      return .text(
        TemplateTextMethods.centered(
          text, try TemplateTextMethods.filling(text, width, interpreter)))
    },
    "wordcount": { interpreter, value, _ throws(TemplateFault) in
      let text = try interpreter.text(of: value)
      var (count, isInside) = (0, false)
      for unit in text.units {
        let properties = Unicode.Scalar(TemplateText.codePoint(unit))?.properties
        let isWord =
          TemplateText.codePoint(unit) == 0x5F
          || properties.map { isWordCategory($0.generalCategory) } == true
        if isWord, !isInside { count += 1 }
        isInside = isWord
      }
      return .integer(count)
    },
    "indent": { interpreter, value, call throws(TemplateFault) in
      guard case .text(let text) = value else {
        throw TemplateFault(.value, "expected a text, found \(value.kindName)")
      }
      return .text(try indented(text, call, interpreter))
    },
  ]

  private static func isWordCategory(_ category: Unicode.GeneralCategory) -> Bool {
    switch category {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
      .decimalNumber, .letterNumber, .otherNumber:
      true
    default: false
    }
  }

  private static func indented(
    _ text: TemplateText, _ call: TemplateCall, _ interpreter: TemplateInterpreter
  ) throws(TemplateFault) -> TemplateText {
    var indentation = TemplateText()
    switch call.argument(0, "width") {
    case .text(let given)?: indentation = given
    case let given?:
      guard let width = given.index else {
        throw TemplateFault(.value, "the width is \(given.kindName)")
      }
      try interpreter.charge(max(width, 0))
      indentation = TemplateText(units: repeatElement(0x20, count: max(width, 0)))
    case nil: indentation = TemplateText("    ")
    }
    let (first, blank) = (call.bool(1, "first"), call.bool(2, "blank"))
    var result = first ? indentation : TemplateText()
    for (place, line) in (text + TemplateText("\n")).lines().enumerated() {
      try interpreter.charge(indentation.count + line.count)
      if place > 0 {
        result.append("\n")
        if blank || !line.isEmpty { result.append(indentation) }
      }
      result.append(line)
    }
    return result
  }
}
