/// What a value has beside its elements: the methods of texts, lists and mappings, and what a loop
/// tells of itself.
enum TemplateAttributes {
  typealias Method<Value> =
    @Sendable (TemplateInterpreter, Value, TemplateCall)
    throws(TemplateFault) -> TemplateValue

  /// The attribute of a name; nil where there is none.
  static func attribute(
    _ name: String, of value: TemplateValue
  ) throws(TemplateFault) -> TemplateValue? {
    switch value {
    case .text(let text): return try method(name, of: text, in: TemplateTextMethods.all, value)
    case .mapping(let mapping): return try method(name, of: mapping, in: mappingMethods, value)
    case .list(let list) where list.isSequence:
      return try method(name, of: list, in: sequenceMethods, value)
    case .namespace(let namespace): return namespace.attributes[name]
    case .loop(let loop): return self.loop(name, loop)
    case .function(let function) where name == "name": return .text(function.name)
    default: return nil
    }
  }

  private static let changing: Set<String> = [
    "append", "extend", "insert", "pop", "popitem", "remove", "clear", "update", "setdefault",
    "sort", "reverse",
  ]

  private static func method<Value>(
    _ name: String, of receiver: Value, in methods: [String: Method<Value>], _ value: TemplateValue
  ) throws(TemplateFault) -> TemplateValue? {
    guard let body = methods[name] else {
      if case .text = value { return nil }
      if changing.contains(name), (receiver as? TemplateMapping)?[name] == nil {
        throw TemplateFault(
          .value, "\(name) would change \(value.kindName), which no template may do")
      }
      return nil
    }
    return .function(
      TemplateFunction(name, depth: value.depth) { interpreter, call throws(TemplateFault) in
        try interpreter.charge(value.weight)
        return try body(interpreter, receiver, call)
      })
  }

  // MARK: Mappings

  private static let mappingMethods: [String: Method<TemplateMapping>] = [
    "items": { _, mapping, call throws(TemplateFault) in
      try call.allow(0)
      return view(.items, mapping.entries.map { .tuple([$0.key, $0.value]) })
    },
    "keys": { _, mapping, call throws(TemplateFault) in
      try call.allow(0)
      return view(.keys, mapping.entries.map(\.key))
    },
    "values": { _, mapping, call throws(TemplateFault) in
      try call.allow(0)
      return view(.values, mapping.entries.map(\.value))
    },
    "get": { _, mapping, call throws(TemplateFault) in
      try call.allow(2)
      guard let value = call.argument(0, ""), let key = TemplateKey(value) else {
        throw TemplateFault(.value, "expected a key")
      }
      return mapping.value(key) ?? call.argument(1, "") ?? .none
    },
    "copy": { _, mapping, _ throws(TemplateFault) in .mapping(mapping) },
  ]

  private static func view(_ kind: TemplateList.Kind, _ elements: [TemplateValue]) -> TemplateValue
  {
    .list(TemplateList(kind: kind, elements: elements))
  }

  // MARK: Lists

  private static let sequenceMethods: [String: Method<TemplateList>] = [
    "index": { interpreter, list, call throws(TemplateFault) in
      try call.allow(1)
      guard let value = call.argument(0, "") else {
        throw TemplateFault(.value, "expected a value")
      }
      for (place, element) in list.elements.enumerated()
      where try TemplateOperators.areEqual(element, value, interpreter) { return .integer(place) }
      throw TemplateFault(.value, "the value is not in the list")
    },
    "count": { interpreter, list, call throws(TemplateFault) in
      try call.allow(1)
      guard let value = call.argument(0, "") else {
        throw TemplateFault(.value, "expected a value")
      }
      var count = 0
      for element in list.elements
      where try TemplateOperators.areEqual(element, value, interpreter) { count += 1 }
      return .integer(count)
    },
    "copy": { _, list, _ throws(TemplateFault) in .list(list) },
  ]

  // MARK: Loops

  private static func loop(_ name: String, _ loop: TemplateLoop) -> TemplateValue? {
    let (index, elements) = (loop.index, loop.elements.elements)
    switch name {
    case "index": return .integer(index + 1)
    case "index0": return .integer(index)
    case "revindex": return .integer(elements.count - index)
    case "revindex0": return .integer(elements.count - index - 1)
    case "first": return .bool(index == 0)
    case "last": return .bool(index == elements.count - 1)
    case "length": return .integer(elements.count)
    // Only recursion, which is left out, goes deeper.
    case "depth": return .integer(1)
    case "depth0": return .integer(0)
    case "previtem":
      return index > 0 ? elements[index - 1] : .undefined("the element before the first")
    case "nextitem":
      return index + 1 < elements.count
        ? elements[index + 1] : .undefined("the element after the last")
    case "cycle":
      return .function(
        TemplateFunction("cycle") { [weak loop] _, call throws(TemplateFault) in
          guard !call.positional.isEmpty else { throw TemplateFault(.value, "expected values") }
          return call.positional[(loop?.index ?? 0) % call.positional.count]
        })
    case "changed":
      return .function(
        TemplateFunction("changed") { [weak loop] interpreter, call throws(TemplateFault) in
          let before = loop?.lastChecked
          loop?.lastChecked = call.positional
          guard let before else { return .bool(true) }
          return .bool(
            !(try TemplateOperators.areEqual(.array(before), .array(call.positional), interpreter)))
        })
    default: return nil
    }
  }
}

extension TemplateValue {
  /// What going through it once costs.
  var weight: Int {
    switch self {
    case .text(let text): text.count
    case .list(let list): list.elements.count
    case .mapping(let mapping): mapping.entries.count
    default: 0
    }
  }
}
