/// Lists, tuples, sets and dictionaries.
extension PickleMachine {
  mutating func makeContainer(_ instruction: PickleInstruction) throws(PyTorchFileError) {
    switch instruction {
    case .emptyList: try push(.list([]))
    case .emptyTuple: try push(.tuple([]))
    case .emptyDictionary: try push(.dictionary(.init(isOrdered: false)))
    case .emptySet: try push(.set([]))
    case .list: try push(.list(try popMark()))
    case .frozenSet: try push(.set(try popMark()))
    case .tuple: try push(.tuple(try popMark()))
    case .tuple1: try push(.tuple([try pop()]))
    case .tuple2:
      let last = try pop()
      try push(.tuple([try pop(), last]))
    default:
      let last = try pop()
      let middle = try pop()
      try push(.tuple([try pop(), middle, last]))
    }
  }

  /// Appends to the list or set on top of the stack.
  mutating func extend(_ values: [Identifier]) throws(PyTorchFileError) {
    let place = Int(try top())
    switch nodes[place] {
    case .list(var elements):
      // Let go first, so that the elements are written in place, not copied each time.
      nodes[place] = .none
      elements += values
      nodes[place] = .list(elements)
    case .set(var elements):
      nodes[place] = .none
      elements += values
      nodes[place] = .set(elements)
    case let node: throw failure("a list or set to append to", node.kind)
    }
  }

  /// Sets keys, each followed by its value, of the dictionary on top of the stack.
  mutating func setItems(_ values: [Identifier]) throws(PyTorchFileError) {
    let place = Int(try top())
    guard case .dictionary(var table) = nodes[place] else {
      throw failure("a dictionary to set a key of", nodes[place].kind)
    }
    guard values.count.isMultiple(of: 2) else {
      throw failure("a value for each key", "\(values.count) keys and values")
    }
    var keys: [PickleKey] = []
    for index in stride(from: 0, to: values.count, by: 2) {
      keys.append(try key(values[index]))
    }
    nodes[place] = .none
    for (index, key) in keys.enumerated() {
      table.set(values[2 * index], key, to: values[2 * index + 1])
    }
    nodes[place] = .dictionary(table)
  }

  /// What makes a key equal to another. A text may be remembered, and be a key again and again, so that
  /// each time costs its length.
  mutating func key(_ identifier: Identifier) throws(PyTorchFileError) -> PickleKey {
    switch nodes[Int(identifier)] {
    case .none: return .none
    case .boolean(let value): return .integer(value ? 1 : 0)
    case .integer(let value): return .integer(value)
    case .float(let value):
      return Int(exactly: value).map { .integer($0) } ?? .float(value.bitPattern)
    case .string(let text):
      try spend(text.utf8.count)
      return .string(Array(text.utf8))
    case .bytes(let bytes):
      try spend(bytes.count)
      return .bytes(bytes)
    case let node: throw failure("a simple value as a key", node.kind)
    }
  }

  /// The values of a list, tuple or set, which cost as much as there are.
  mutating func elements(of node: PickleNode) throws(PyTorchFileError) -> [Identifier] {
    switch node {
    case .list(let values), .tuple(let values), .set(let values):
      try spend(values.count * Self.elementCost)
      return values
    default: throw failure("a list or a tuple", node.kind)
    }
  }

  /// The numbers of a tuple, such as a shape.
  mutating func integers(of node: PickleNode) throws(PyTorchFileError) -> [Int] {
    if case .size(let sizes) = node {
      try spend(sizes.count)
      return sizes
    }
    var result: [Int] = []
    for element in try elements(of: node) {
      guard case .integer(let value) = nodes[Int(element)] else {
        throw failure("an integer", nodes[Int(element)].kind)
      }
      result.append(value)
    }
    return result
  }
}
