/// The methods of Python's texts that templates may call.
enum TemplateTextMethods {
  private typealias Method = TemplateAttributes.Method<TemplateText>

  static let all: [String: TemplateAttributes.Method<TemplateText>] =
    cases.merging(trimming) { $1 }.merging(parting) { $1 }.merging(searching) { $1 }
    .merging(questions) { $1 }.merging(filling) { $1 }.merging(unsupported) { $1 }

  private static func required(
    _ call: TemplateCall, _ place: Int, _ name: String
  ) throws(TemplateFault) -> TemplateText {
    guard let text = try call.text(place, name) else {
      throw TemplateFault(.value, "expected a text for \(name)")
    }
    return text
  }

  private static func list(_ texts: [TemplateText]) -> TemplateValue {
    .array(texts.map { .text($0) })
  }

  private static func plain(_ body: @escaping @Sendable (TemplateText) -> TemplateText) -> Method {
    { _, text, call throws(TemplateFault) in
      try call.allow(0)
      return .text(body(text))
    }
  }

  private static let cases: [String: Method] = [
    "upper": plain { $0.uppercased },
    "lower": plain { $0.lowercased },
    "casefold": plain { $0.lowercased },
    "title": plain { $0.titlecased },
    "capitalize": plain { $0.capitalized },
    "swapcase": plain { $0.swappedCase },
  ]

  // MARK: Ends

  private static let trimming: [String: Method] = [
    "strip": { _, text, call throws(TemplateFault) in
      .text(text.stripped(of: try call.text(0, "chars")))
    },
    "lstrip": { _, text, call throws(TemplateFault) in
      .text(text.stripped(of: try call.text(0, "chars"), right: false))
    },
    "rstrip": { _, text, call throws(TemplateFault) in
      .text(text.stripped(of: try call.text(0, "chars"), left: false))
    },
    "removeprefix": { _, text, call throws(TemplateFault) in
      let prefix = try required(call, 0, "prefix")
      return .text(text.starts(with: prefix) ? text[prefix.count..<text.count] : text)
    },
    "removesuffix": { _, text, call throws(TemplateFault) in
      let suffix = try required(call, 0, "suffix")
      return .text(text.ends(with: suffix) ? text[0..<(text.count - suffix.count)] : text)
    },
    "startswith": { _, text, call throws(TemplateFault) in
      .bool(try has(text, call) { $0.starts(with: $1) })
    },
    "endswith": { _, text, call throws(TemplateFault) in
      .bool(try has(text, call) { $0.ends(with: $1) })
    },
  ]

  /// Whether one of the texts given stands at an end of a part of a text.
  private static func has(
    _ text: TemplateText, _ call: TemplateCall, _ matches: (TemplateText, TemplateText) -> Bool
  ) throws(TemplateFault) -> Bool {
    guard let part = try self.part(of: text, call, from: 1) else { return false }
    var candidates: [TemplateValue] = []
    switch call.argument(0, "prefix") {
    case .list(let list)? where list.kind == .tuple: candidates = list.elements
    case let value?: candidates = [value]
    case nil: break
    }
    guard !candidates.isEmpty || call.argument(0, "prefix") != nil else {
      throw TemplateFault(.value, "expected a text")
    }
    for candidate in candidates {
      guard case .text(let other) = candidate else {
        throw TemplateFault(
          .value, "expected a text or a tuple of texts, found \(candidate.kindName)")
      }
      if matches(text[part], other) { return true }
    }
    return false
  }

  /// The places that `start` and `end` bound; nil where there are none.
  private static func part(
    of text: TemplateText, _ call: TemplateCall, from place: Int
  ) throws(TemplateFault) -> Range<Int>? {
    func bound(_ value: Int?, _ missing: Int) -> Int {
      guard let value else { return missing }
      return value < 0 ? max(value + text.count, 0) : value
    }
    let start = bound(try call.integer(place, "start"), 0)
    let end = min(bound(try call.integer(place + 1, "end"), text.count), text.count)
    return start <= end ? start..<end : nil
  }

  // MARK: Parts

  private static let parting: [String: Method] = [
    "split": { _, text, call throws(TemplateFault) in try split(text, call, fromRight: false) },
    "rsplit": { _, text, call throws(TemplateFault) in try split(text, call, fromRight: true) },
    "splitlines": { _, text, call throws(TemplateFault) in
      list(text.lines(keepingEnds: call.bool(0, "keepends")))
    },
    "partition": { _, text, call throws(TemplateFault) in
      try partition(text, call, fromRight: false)
    },
    "rpartition": { _, text, call throws(TemplateFault) in
      try partition(text, call, fromRight: true)
    },
    "join": { interpreter, text, call throws(TemplateFault) in
      guard let value = call.argument(0, "iterable") else {
        throw TemplateFault(.value, "expected a list of texts")
      }
      var result = TemplateText()
      for (place, element) in try interpreter.elements(of: value).enumerated() {
        guard case .text(let part) = element else {
          throw TemplateFault(.value, "element \(place) is \(element.kindName), expected a text")
        }
        try interpreter.charge(text.count + part.count)
        if place > 0 { result.append(text) }
        result.append(part)
      }
      return .text(result)
    },
    "replace": { interpreter, text, call throws(TemplateFault) in
      let (old, new) = (try required(call, 0, "old"), try required(call, 1, "new"))
      return .text(
        try replaced(text, old, new, limit: try call.integer(2, "count") ?? -1, interpreter))
    },
  ]

  static func replaced(
    _ text: TemplateText, _ old: TemplateText, _ new: TemplateText, limit: Int,
    _ interpreter: TemplateInterpreter
  ) throws(TemplateFault) -> TemplateText {
    let limit = limit < 0 ? Int.max : limit
    let count = text.separateOccurrences(of: old, atMost: limit).count
    let (added, overflows) = count.multipliedReportingOverflow(by: new.count)
    try interpreter.charge(overflows ? .max : added)
    return text.replacing(old, by: new, limit: limit)
  }

  private static func split(
    _ text: TemplateText, _ call: TemplateCall, fromRight: Bool
  ) throws(TemplateFault) -> TemplateValue {
    let limit = try call.integer(1, "maxsplit") ?? -1
    let most = limit < 0 ? Int.max : limit
    guard let separator = try call.text(0, "sep") else {
      return list(
        fromRight && limit >= 0 ? text.wordsFromRight(limit: most) : text.words(limit: most))
    }
    guard !separator.isEmpty else { throw TemplateFault(.value, "an empty separator") }
    return list(text.split(at: separator, limit: most, fromRight: fromRight))
  }

  private static func partition(
    _ text: TemplateText, _ call: TemplateCall, fromRight: Bool
  ) throws(TemplateFault) -> TemplateValue {
    let separator = try required(call, 0, "sep")
    guard !separator.isEmpty else { throw TemplateFault(.value, "an empty separator") }
    let parts = text.split(at: separator, limit: 1, fromRight: fromRight)
    let empty = TemplateText()
    let three =
      parts.count == 2
      ? [parts[0], separator, parts[1]] : fromRight ? [empty, empty, text] : [text, empty, empty]
    return .tuple(three.map { .text($0) })
  }

  // MARK: Places

  private static let searching: [String: Method] = [
    "find": { _, text, call throws(TemplateFault) in
      .integer(try places(text, call).first ?? -1)
    },
    "rfind": { _, text, call throws(TemplateFault) in
      .integer(try places(text, call).last ?? -1)
    },
    "index": { _, text, call throws(TemplateFault) in
      guard let place = try places(text, call).first else {
        throw TemplateFault(.value, "the text is not there")
      }
      return .integer(place)
    },
    "count": { _, text, call throws(TemplateFault) in
      guard let part = try part(of: text, call, from: 1) else { return .integer(0) }
      return .integer(
        text[part].separateOccurrences(of: try required(call, 0, "sub"), atMost: .max).count)
    },
  ]

  private static func places(
    _ text: TemplateText, _ call: TemplateCall
  ) throws(TemplateFault) -> [Int] {
    guard let part = try part(of: text, call, from: 1) else { return [] }
    return text[part].occurrences(of: try required(call, 0, "sub")).map { $0 + part.lowerBound }
  }

  private static func question(_ body: @escaping @Sendable (TemplateText) -> Bool) -> Method {
    { _, text, call throws(TemplateFault) in
      try call.allow(0)
      return .bool(body(text))
    }
  }

  private static let unsupported: [String: Method] = [
    "format": { _, _, _ throws(TemplateFault) in
      throw TemplateFault(.unsupported, "texts formatted with format(); join parts with ~")
    }
  ]

  private static let questions: [String: Method] = [
    "isspace": question { $0.isSpace },
    "isalpha": question { $0.isAlphabetic },
    "isdigit": question { $0.isDigits },
    "isdecimal": question { $0.isDecimal },
    "isnumeric": question { $0.isNumeric },
    "isalnum": question { $0.isAlphanumeric },
    "isupper": question { $0.isCase(upper: true) },
    "islower": question { $0.isCase(upper: false) },
    "isascii": question { $0.units.allSatisfy { TemplateText.codePoint($0) < 0x80 } },
  ]

  // MARK: Widths

  private static let filling: [String: Method] = [
    "ljust": { interpreter, text, call throws(TemplateFault) in
      let fill = try filling(text, call, interpreter)
      return .text(text + fill)
    },
    "rjust": { interpreter, text, call throws(TemplateFault) in
      .text(try filling(text, call, interpreter) + text)
    },
    "center": { interpreter, text, call throws(TemplateFault) in
      .text(centered(text, try filling(text, call, interpreter)))
    },
    "zfill": { interpreter, text, call throws(TemplateFault) in
      var call = TemplateCall([call.argument(0, "width") ?? .undefined("width")])
      call.positional.append(.text("0"))
      let zeros = try filling(text, call, interpreter)
      let isSigned = text.starts(with: TemplateText("-")) || text.starts(with: TemplateText("+"))
      return .text(isSigned ? text[0..<1] + zeros + text[1..<text.count] : zeros + text)
    },
  ]

  /// Python puts the odd character of an odd width on the left.
  static func centered(_ text: TemplateText, _ fill: TemplateText) -> TemplateText {
    let width = fill.count + text.count
    let left = fill.count / 2 + (fill.count & width & 1)
    return fill[0..<left] + text + fill[left..<fill.count]
  }

  static func filling(
    _ text: TemplateText, _ call: TemplateCall, _ interpreter: TemplateInterpreter
  ) throws(TemplateFault) -> TemplateText {
    guard let width = try call.integer(0, "width") else {
      throw TemplateFault(.value, "expected a width")
    }
    let character = try call.text(1, "fillchar") ?? TemplateText(" ")
    guard character.count == 1 else {
      throw TemplateFault(.value, "expected one character to fill with")
    }
    let count = max(width - text.count, 0)
    try interpreter.charge(count)
    return TemplateText(units: repeatElement(character.units[0], count: count))
  }
}
