/// A value as a template has it: what JSON knows, and what Jinja adds.
enum TemplateValue {
  /// What a name or attribute that is not there gives; printed as nothing. Its name is for messages.
  case undefined(String)
  case none
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case text(TemplateText)
  case list(TemplateList)
  case mapping(TemplateMapping)
  case namespace(TemplateNamespace)
  case function(TemplateFunction)
  case loop(TemplateLoop)

  static func text(_ text: String) -> TemplateValue { .text(TemplateText(text)) }
  static func array(_ elements: [TemplateValue]) -> TemplateValue {
    .list(TemplateList(kind: .list, elements: elements))
  }
  static func tuple(_ elements: [TemplateValue]) -> TemplateValue {
    .list(TemplateList(kind: .tuple, elements: elements))
  }
  static func generator(_ elements: [TemplateValue]) -> TemplateValue {
    .list(TemplateList(kind: .generator, elements: elements))
  }
}

/// Values one after another, in one of the ways that Python has for them.
struct TemplateList {
  enum Kind: Hashable {
    case list
    case tuple
    case range
    /// What `map` or `select` give: always true, without a length. Here it may be walked again.
    case generator
    case keys
    case values
    case items
  }

  let kind: Kind
  let elements: [TemplateValue]
  /// How many containers stand within one another.
  let depth: Int

  init(kind: Kind, elements: [TemplateValue]) {
    self.kind = kind
    self.elements = elements
    depth = 1 + elements.reduce(0) { max($0, $1.depth) }
  }

  var hasLength: Bool { kind != .generator }
  /// Whether elements can be asked for by number.
  var isSequence: Bool { [.list, .tuple, .range].contains(kind) }
}

/// A dictionary that keeps the order in which its keys came.
struct TemplateMapping {
  struct Entry {
    let key: TemplateValue
    var value: TemplateValue
  }

  private(set) var entries: [Entry] = []
  private var places: [TemplateKey: Int] = [:]
  private(set) var depth = 1

  init() {}

  init(_ entries: [(String, TemplateValue)]) {
    for (name, value) in entries { set(name, value) }
  }

  func value(_ key: TemplateKey) -> TemplateValue? { places[key].map { entries[$0].value } }

  subscript(_ name: String) -> TemplateValue? { value(.text(TemplateText(name))) }

  mutating func set(_ name: String, _ value: TemplateValue) {
    set(.text(TemplateText(name)), Entry(key: .text(name), value: value))
  }

  mutating func set(_ key: TemplateKey, _ entry: Entry) {
    depth = max(depth, 1 + entry.value.depth)
    if let place = places[key] {
      entries[place].value = entry.value
    } else {
      places[key] = entries.count
      entries.append(entry)
    }
  }
}

/// What a value is as a key: 1, 1.0 and true are the same one.
enum TemplateKey: Hashable {
  case none
  case number(Double)
  case text(TemplateText)
  case tuple([TemplateKey])

  /// Nil for what cannot be a key: lists and mappings, and tuples of tuples.
  init?(_ value: TemplateValue) {
    switch value {
    case .none: self = .none
    case .bool(let value): self = .number(value ? 1 : 0)
    case .integer(let value): self = .number(Double(value))
    case .number(let value): self = .number(value)
    case .text(let value): self = .text(value)
    case .list(let list) where list.kind == .tuple:
      var keys: [TemplateKey] = []
      for element in list.elements {
        guard element.depth == 0, let key = TemplateKey(element) else { return nil }
        keys.append(key)
      }
      self = .tuple(keys)
    default: return nil
    }
  }
}

/// `namespace()`: the one value that a template may change.
final class TemplateNamespace {
  var attributes = TemplateMapping()
}

/// Something that can be called, with a name for messages.
struct TemplateFunction {
  let name: String
  /// That of the value whose method it is.
  let depth: Int
  let body: (TemplateInterpreter, TemplateCall) throws(TemplateFault) -> TemplateValue

  init(
    _ name: String, depth: Int = 0,
    _ body: @escaping (TemplateInterpreter, TemplateCall) throws(TemplateFault) -> TemplateValue
  ) {
    self.name = name
    self.depth = depth
    self.body = body
  }
}

/// `loop` inside a loop.
final class TemplateLoop {
  let elements: TemplateList
  var index = 0
  var lastChecked: [TemplateValue]?

  init(_ elements: [TemplateValue]) {
    self.elements = TemplateList(kind: .list, elements: elements)
  }
}

extension TemplateValue {
  /// What `if` makes of it.
  var isTrue: Bool {
    switch self {
    case .undefined, .none: false
    case .bool(let value): value
    case .integer(let value): value != 0
    case .number(let value): value != 0
    case .text(let text): !text.isEmpty
    case .list(let list): !list.hasLength || !list.elements.isEmpty
    case .mapping(let mapping): !mapping.entries.isEmpty
    case .namespace, .function, .loop: true
    }
  }

  /// The kind as messages name it.
  var kindName: String {
    switch self {
    case .undefined: "an undefined value"
    case .none: "none"
    case .bool: "a truth value"
    case .integer: "an integer"
    case .number: "a fraction"
    case .text: "a text"
    case .list(let list):
      switch list.kind {
      case .list: "a list"
      case .tuple: "a tuple"
      case .range: "a range"
      case .generator: "a sequence without length"
      case .keys, .values, .items: "a view of a mapping"
      }
    case .mapping: "a mapping"
    case .namespace: "a namespace"
    case .function: "a function"
    case .loop: "the loop's state"
    }
  }

  /// How many containers stand within one another in it.
  var depth: Int {
    switch self {
    case .list(let list): list.depth
    case .mapping(let mapping): mapping.depth
    case .function(let function): 1 + function.depth
    case .loop(let loop): 1 + loop.elements.depth
    default: 0
    }
  }

  /// The value as Python's arithmetic sees it: truth values are 0 and 1.
  var numericValue: TemplateNumber? {
    switch self {
    case .bool(let value): .integer(value ? 1 : 0)
    case .integer(let value): .integer(value)
    case .number(let value): .fraction(value)
    default: nil
    }
  }
}

/// An integer or a fraction.
enum TemplateNumber {
  case integer(Int)
  case fraction(Double)

  var double: Double {
    switch self {
    case .integer(let value): Double(value)
    case .fraction(let value): value
    }
  }

  func isEqual(to other: TemplateNumber) -> Bool {
    if case .integer(let a) = self, case .integer(let b) = other {
      a == b
    } else {
      double == other.double
    }
  }
}
