/// Filters that take or make lists.
enum TemplateListFilters {
  private typealias Filter = TemplateFilters.Filter

  static let all: [String: TemplateFilters.Filter] =
    plain.merging(choosing) { $1 }.merging(ordering) { $1 }

  private static let plain: [String: Filter] = [
    "list": { interpreter, value, _ throws(TemplateFault) in
      .array(try interpreter.elements(of: value))
    },
    "first": { interpreter, value, _ throws(TemplateFault) in
      try interpreter.elements(of: value).first ?? .undefined("the first of nothing")
    },
    "last": { interpreter, value, _ throws(TemplateFault) in
      try interpreter.elements(of: value).last ?? .undefined("the last of nothing")
    },
    "reverse": { interpreter, value, _ throws(TemplateFault) in
      if case .text(let text) = value { return .text(TemplateText(units: text.units.reversed())) }
      return .generator(try interpreter.elements(of: value).reversed())
    },
    "join": { interpreter, value, call throws(TemplateFault) in
      let separator = try call.argument(0, "d").map { (value) throws(TemplateFault) in
        try interpreter.text(of: value)
      }
      let attribute = call.argument(1, "attribute")
      var result = TemplateText()
      for (place, element) in try interpreter.elements(of: value).enumerated() {
        let part = try interpreter.text(
          of: try attribute.map { (attribute) throws(TemplateFault) in
            try picked(attribute, of: element, interpreter)
          } ?? element)
        try interpreter.charge(part.count + (separator?.count ?? 0))
        if place > 0, let separator { result.append(separator) }
        result.append(part)
      }
      return .text(result)
    },
    "batch": { interpreter, value, call throws(TemplateFault) in
      guard let count = try call.integer(0, "linecount"), count > 0 else {
        throw TemplateFault(.value, "expected how many belong together")
      }
      let elements = try interpreter.elements(of: value)
      var batches: [TemplateValue] = []
      for start in stride(from: 0, to: elements.count, by: count) {
        var batch = Array(elements[start..<min(elements.count, start + min(count, elements.count))])
        if let fill = call.argument(1, "fill_with"), batch.count < count {
          try interpreter.charge(count - batch.count)
          batch += repeatElement(fill, count: count - batch.count)
        }
        batches.append(.array(batch))
      }
      return .generator(batches)
    },
  ]

  /// A part of a value by a dotted name, such as `function.name`.
  private static func picked(
    _ name: TemplateValue, of value: TemplateValue, _ interpreter: TemplateInterpreter
  ) throws(TemplateFault) -> TemplateValue {
    guard case .text(let path) = name else { return try interpreter.item(name, of: value) }
    var found = value
    for part in path.split(at: TemplateText(".")) {
      let key = Int(part.string).map { TemplateValue.integer($0) } ?? .text(part)
      found = try interpreter.item(key, of: found)
    }
    return found
  }

  // MARK: Choosing

  private static let choosing: [String: Filter] = [
    "map": { interpreter, value, call throws(TemplateFault) in
      var call = call
      var results: [TemplateValue] = []
      if call.positional.isEmpty, let name = call.named["attribute"] {
        for element in try interpreter.elements(of: value) {
          let found = try picked(name, of: element, interpreter)
          if case .undefined = found, let other = call.named["default"] {
            results.append(other)
          } else {
            results.append(found)
          }
        }
        return .generator(results)
      }
      guard case .text(let name)? = call.positional.first else {
        throw TemplateFault(.value, "expected a filter's name or attribute=")
      }
      call.positional.removeFirst()
      for element in try interpreter.elements(of: value) {
        results.append(try interpreter.filter(name.string, element, call))
      }
      return .generator(results)
    },
    "select": { interpreter, value, call throws(TemplateFault) in
      try chosen(value, call, keeps: true, interpreter)
    },
    "reject": { interpreter, value, call throws(TemplateFault) in
      try chosen(value, call, keeps: false, interpreter)
    },
    "selectattr": { interpreter, value, call throws(TemplateFault) in
      try chosenByAttribute(value, call, keeps: true, interpreter)
    },
    "rejectattr": { interpreter, value, call throws(TemplateFault) in
      try chosenByAttribute(value, call, keeps: false, interpreter)
    },
  ]

  private static func chosenByAttribute(
    _ value: TemplateValue, _ call: TemplateCall, keeps: Bool, _ interpreter: TemplateInterpreter
  ) throws(TemplateFault) -> TemplateValue {
    guard let name = call.positional.first else {
      throw TemplateFault(.value, "expected an attribute")
    }
    var call = call
    call.positional.removeFirst()
    return try chosen(value, call, by: name, keeps: keeps, interpreter)
  }

  private static func chosen(
    _ value: TemplateValue, _ call: TemplateCall, by attribute: TemplateValue? = nil, keeps: Bool,
    _ interpreter: TemplateInterpreter
  ) throws(TemplateFault) -> TemplateValue {
    var call = call
    var test: String?
    if let first = call.positional.first {
      guard case .text(let name) = first else {
        throw TemplateFault(.value, "the test is \(first.kindName), expected its name")
      }
      test = name.string
      call.positional.removeFirst()
    }
    var kept: [TemplateValue] = []
    for element in try interpreter.elements(of: value) {
      var subject = element
      if let attribute { subject = try picked(attribute, of: element, interpreter) }
      let holds =
        if let test { try interpreter.test(test, subject, call) } else { subject.isTrue }
      if holds == keeps { kept.append(element) }
    }
    return .generator(kept)
  }

  // MARK: Order

  private static let ordering: [String: Filter] = [
    "sort": { interpreter, value, call throws(TemplateFault) in
      let attribute = call.argument(2, "attribute")
      let elements = try sorted(
        try interpreter.elements(of: value), ignoringCase: !call.bool(1, "case_sensitive"),
        reversed: call.bool(0, "reverse"), interpreter
      ) { (element) throws(TemplateFault) in
        try attribute.map { (name) throws(TemplateFault) in
          try picked(name, of: element, interpreter)
        } ?? element
      }
      return .array(elements)
    },
    "dictsort": { interpreter, value, call throws(TemplateFault) in
      guard case .mapping(let mapping) = value else {
        throw TemplateFault(.value, "expected a mapping, found \(value.kindName)")
      }
      let byValue = try call.text(1, "by")?.string == "value"
      let pairs = mapping.entries.map { TemplateValue.tuple([$0.key, $0.value]) }
      return .array(
        try sorted(
          pairs, ignoringCase: !call.bool(0, "case_sensitive"), reversed: call.bool(2, "reverse"),
          interpreter
        ) { (pair) throws(TemplateFault) in
          try interpreter.item(.integer(byValue ? 1 : 0), of: pair)
        })
    },
    "unique": { interpreter, value, call throws(TemplateFault) in
      var seen: Set<TemplateKey> = []
      var kept: [TemplateValue] = []
      for element in try interpreter.elements(of: value) {
        var subject = element
        if let name = call.argument(1, "attribute") {
          subject = try picked(name, of: element, interpreter)
        }
        try interpreter.charge(subject.weight)
        guard let key = TemplateKey(folded(subject, !call.bool(0, "case_sensitive"))) else {
          throw TemplateFault(.value, "\(subject.kindName) cannot be told apart")
        }
        if seen.insert(key).inserted { kept.append(element) }
      }
      return .generator(kept)
    },
    "min": { interpreter, value, call throws(TemplateFault) in
      try extreme(value, call, isLeast: true, interpreter)
    },
    "max": { interpreter, value, call throws(TemplateFault) in
      try extreme(value, call, isLeast: false, interpreter)
    },
    "sum": { interpreter, value, call throws(TemplateFault) in
      var sum = call.argument(1, "start") ?? .integer(0)
      for element in try interpreter.elements(of: value) {
        var part = element
        if let name = call.argument(0, "attribute") {
          part = try picked(name, of: element, interpreter)
        }
        sum = try TemplateOperators.arithmetic(.sum, sum, part, interpreter)
      }
      return sum
    },
  ]

  private static func folded(_ value: TemplateValue, _ ignoresCase: Bool) -> TemplateValue {
    if ignoresCase, case .text(let text) = value { .text(text.lowercased) } else { value }
  }

  private static func extreme(
    _ value: TemplateValue, _ call: TemplateCall, isLeast: Bool, _ interpreter: TemplateInterpreter
  ) throws(TemplateFault) -> TemplateValue {
    let ignoresCase = !call.bool(0, "case_sensitive")
    var best: (element: TemplateValue, key: TemplateValue)?
    for element in try interpreter.elements(of: value) {
      var key = element
      if let name = call.argument(1, "attribute") {
        key = try picked(name, of: element, interpreter)
      }
      key = folded(key, ignoresCase)
      guard let current = best else {
        best = (element, key)
        continue
      }
      let isBetter =
        isLeast
        ? try TemplateOperators.isLess(key, current.key, "<", interpreter)
        : try TemplateOperators.isLess(current.key, key, ">", interpreter)
      if isBetter { best = (element, key) }
    }
    return best?.element ?? .undefined("the least or greatest of nothing")
  }

  /// A stable order by keys, which are made once.
  private static func sorted(
    _ elements: [TemplateValue], ignoringCase: Bool, reversed: Bool,
    _ interpreter: TemplateInterpreter,
    key: (TemplateValue) throws(TemplateFault) -> TemplateValue
  ) throws(TemplateFault) -> [TemplateValue] {
    var entries: [(element: TemplateValue, key: TemplateValue)] = []
    for element in elements { entries.append((element, folded(try key(element), ignoringCase))) }
    var failure: TemplateFault?
    // Swift's sort is stable, and so is Python's, also when it is reversed.
    entries.sort { left, right in
      guard failure == nil else { return false }
      do throws(TemplateFault) {
        return reversed
          ? try TemplateOperators.isLess(right.key, left.key, "<", interpreter)
          : try TemplateOperators.isLess(left.key, right.key, "<", interpreter)
      } catch {
        failure = error
        return false
      }
    }
    if let failure { throw failure }
    return entries.map(\.element)
  }
}
