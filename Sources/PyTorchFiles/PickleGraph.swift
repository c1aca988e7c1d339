/// Turns nodes into values, each node once, without recursion.
///
/// A value that contains itself, one that nests deeper than anyone would follow, and one that shares
/// its parts so often that whoever walks it would never come to its end are refused.
struct PickleGraph {
  /// Optimizers' states nest six deep. Values are let go of by recursion, which ends well before this
  /// becomes a matter of stack.
  static let deepest = 128

  private let machine: PickleMachine
  private var values: [PickleValue?]
  private var depths: [UInt16]
  /// The number of values that a walk through a node meets.
  private var sizes: [Int]
  private var isOpen: [Bool]
  private let limit: Int

  init(_ machine: PickleMachine) {
    self.machine = machine
    values = Array(repeating: nil, count: machine.nodes.count)
    depths = Array(repeating: 0, count: machine.nodes.count)
    sizes = Array(repeating: 0, count: machine.nodes.count)
    isOpen = Array(repeating: false, count: machine.nodes.count)
    limit = 16 * machine.bytes.count + 1_024
  }

  /// The value of a node.
  mutating func value(of root: PickleNode.Identifier) throws(PyTorchFileError) -> PickleValue {
    var pending = [Int(root)]
    while let index = pending.last {
      if values[index] != nil {
        pending.removeLast()
      } else if isOpen[index] {
        pending.removeLast()
        isOpen[index] = false
        try close(index)
      } else {
        isOpen[index] = true
        for child in children(of: machine.nodes[index]) where values[Int(child)] == nil {
          guard !isOpen[Int(child)] else {
            throw failure("a value that contains itself", 0)
          }
          pending.append(Int(child))
        }
        // What is open is nested, each in the one before; depths are checked on the way up as well.
        guard pending.count <= 2 * machine.bytes.count + 2 else {
          throw failure("values nest without an end", Self.deepest)
        }
      }
    }
    return values[Int(root)] ?? .none
  }

  private func failure(_ what: String, _ limit: Int) -> PyTorchFileError {
    .tooMuch(path: machine.path, offset: machine.start, what: what, limit: limit)
  }

  private func children(of node: PickleNode) -> [PickleNode.Identifier] {
    switch node {
    case .list(let values), .tuple(let values), .set(let values): values
    case .dictionary(let table): table.values + table.keys
    default: []
    }
  }

  private mutating func close(_ index: Int) throws(PyTorchFileError) {
    let node = machine.nodes[index]
    var (depth, size) = (0, 1)
    for child in children(of: node) {
      depth = max(depth, Int(depths[Int(child)]))
      // Each is below the limit, so that the sum cannot overflow.
      size += sizes[Int(child)]
      guard size <= limit else {
        throw failure("values shared so often that there are \(size) in all", limit)
      }
    }
    guard depth < Self.deepest else {
      throw failure("values nest deeper than \(Self.deepest)", Self.deepest)
    }
    depths[index] = UInt16(depth + 1)
    sizes[index] = size
    values[index] = try made(from: node)
  }

  private func parts(_ identifiers: [PickleNode.Identifier]) -> [PickleValue] {
    identifiers.map { values[Int($0)] ?? .none }
  }

  private func made(from node: PickleNode) throws(PyTorchFileError) -> PickleValue {
    switch node {
    case .none: .none
    case .boolean(let value): .boolean(value)
    case .integer(let value): .integer(value)
    case .largeInteger(let digits): .largeInteger(digits)
    case .float(let value): .float(value)
    case .string(let text): .string(text)
    case .bytes(let bytes): .bytes(bytes)
    case .list(let values): .list(parts(values))
    case .tuple(let values): .tuple(parts(values))
    case .set(let values): .set(parts(values))
    case .size(let sizes): .size(sizes)
    case .device(let name): .device(name)
    case .tensor(let tensor): .tensor(tensor)
    case .global(.elementType(let type)): .elementType(type)
    case .dictionary(let table):
      .dictionary(
        PickleDictionary(
          zip(parts(table.keys), parts(table.values)).map { .init(key: $0, value: $1) },
          indices: table.indices, isOrdered: table.isOrdered))
    case .global, .storage:
      throw machine.failure("values", "\(node.kind) by itself")
    }
  }
}
