/// What a pickle may call: names of an allow-list, each of which makes one kind of value.
extension PickleMachine {
  mutating func pushGlobal(module: String, name: String) throws(PyTorchFileError) {
    guard module.utf8.count + name.utf8.count < PickleGlobal.longestName,
      let global = PickleGlobal.allowed["\(module).\(name)"]
    else {
      let text = String("\(module.prefix(200)).\(name.prefix(200))")
      throw .refusedGlobal(path: path, name: text, offset: start)
    }
    try push(.global(global))
  }

  /// Pushes the storage that a persistent identifier means: ("storage", its class, its name, where it
  /// was, its number of elements).
  mutating func refer(to identifier: PickleNode) throws(PyTorchFileError) {
    let parts = try elements(of: identifier).map { nodes[Int($0)] }
    guard parts.count == 5, case .string("storage") = parts[0],
      case .global(.storage(let type)) = parts[1], case .string(let name) = parts[2],
      case .integer(let count) = parts[4]
    else {
      throw failure(
        "a storage: its class, name, place and size",
        "(\(parts.prefix(8).map(\.kind).joined(separator: ", ")))")
    }
    try spend(name.utf8.count)
    guard let range = try findStorage(name) else {
      throw PyTorchFileError.damagedArchive(
        path: path, record: "data/\(name.prefix(200))", expected: "a record for a storage",
        found: "none")
    }
    let (size, overflow) = count.multipliedReportingOverflow(by: type?.byteCount ?? 1)
    guard count >= 0, !overflow, size == range.count else {
      throw PyTorchFileError.invalidTensor(
        path: path, record: "data/\(name)",
        expected: "\(count) elements of \(type?.byteCount ?? 1) bytes",
        found: "\(range.count) bytes")
    }
    try push(.storage(PickleStorage(name: name, elementType: type, range: range)))
  }

  mutating func call(_ callee: PickleNode, _ arguments: PickleNode) throws(PyTorchFileError) {
    guard case .global(let global) = callee else {
      throw failure("a class or function to call", callee.kind)
    }
    guard case .tuple = arguments else {
      throw failure("a tuple of arguments", arguments.kind)
    }
    let values = try elements(of: arguments)
    let nodes = values.map { self.nodes[Int($0)] }
    switch global {
    case .orderedDictionary: try pushOrderedDictionary(nodes)
    case .set:
      try push(.set(nodes.isEmpty ? [] : try elements(of: try argument(0, of: nodes))))
    case .size: try push(.size(try integers(of: try argument(0, of: nodes))))
    case .device:
      guard case .string(let name) = try argument(0, of: nodes) else {
        throw failure("a device's name", nodes[0].kind)
      }
      try push(.device(name))
    case .encode: try pushEncoded(nodes)
    case .rebuildTensorOldest, .rebuildTensor, .rebuildTypedTensor:
      try pushTensor(global, nodes)
    case .rebuildParameter:
      guard case .tensor(let tensor) = try argument(0, of: nodes) else {
        throw failure("a tensor", nodes[0].kind)
      }
      try push(.tensor(tensor))
    case .elementType, .storage: throw failure("a function to call", "a class of PyTorch's")
    }
  }

  private func argument(
    _ index: Int, of nodes: [PickleNode]
  ) throws(PyTorchFileError) -> PickleNode {
    guard nodes.indices.contains(index) else {
      throw failure("\(index + 1) or more arguments", "\(nodes.count)")
    }
    return nodes[index]
  }

  private mutating func pushOrderedDictionary(
    _ arguments: [PickleNode]
  ) throws(PyTorchFileError) {
    var table = PickleNode.Table(isOrdered: true)
    if let first = arguments.first {
      for pair in try elements(of: first) {
        let pair = try elements(of: nodes[Int(pair)])
        guard pair.count == 2 else { throw failure("a key and its value", "\(pair.count) values") }
        table.set(pair[0], try key(pair[0]), to: pair[1])
      }
    }
    try push(.dictionary(table))
  }

  /// Bytes as protocol 2 writes them: a text whose characters are the bytes.
  private mutating func pushEncoded(_ arguments: [PickleNode]) throws(PyTorchFileError) {
    guard case .string(let text) = try argument(0, of: arguments),
      case .string("latin1") = try argument(1, of: arguments)
    else { throw failure("a text to encode as latin1", arguments.first?.kind ?? "nothing") }
    try spend(text.utf8.count)
    var bytes: [UInt8] = []
    for scalar in text.unicodeScalars {
      guard let byte = UInt8(exactly: scalar.value) else {
        throw failure("characters below 256", "\(scalar.value)")
      }
      bytes.append(byte)
    }
    try push(.bytes(bytes))
  }

  /// Arguments are (storage, offset, shape, strides, …); the third kind's seventh is the type.
  private mutating func pushTensor(
    _ global: PickleGlobal, _ arguments: [PickleNode]
  ) throws(PyTorchFileError) {
    guard case .storage(let storage) = try argument(0, of: arguments),
      case .integer(let offset) = try argument(1, of: arguments)
    else { throw failure("a storage and an offset", arguments.first?.kind ?? "nothing") }
    let shape = try integers(of: try argument(2, of: arguments))
    let strides = try integers(of: try argument(3, of: arguments))
    var type = storage.elementType
    if global == .rebuildTypedTensor {
      guard case .global(.elementType(let named)) = try argument(6, of: arguments) else {
        throw failure("a type of elements", arguments[6].kind)
      }
      type = named
    }
    guard let type else { throw failure("a type of elements", "bytes without one") }
    var fault = (expected: "", found: "")
    guard
      let tensor = PyTorchTensor(
        type, shape: shape, strides: strides, offset: offset, storage: storage.name,
        storageRange: storage.range, fault: &fault)
    else {
      throw PyTorchFileError.invalidTensor(
        path: path, record: "data/\(storage.name)", expected: fault.expected, found: fault.found)
    }
    try push(.tensor(tensor))
  }

  /// Attributes of a state dictionary (`_metadata`) and of a parameter are passed over; nothing else has
  /// any.
  mutating func build(_ object: PickleNode, from state: PickleNode) throws(PyTorchFileError) {
    let isAllowed =
      switch object {
      case .dictionary(let table): table.isOrdered
      case .tensor: true
      default: false
      }
    guard isAllowed else { throw failure("an object with attributes", object.kind) }
    switch state {
    case .dictionary, .tuple, .none: break
    default: throw failure("attributes in a dictionary", state.kind)
    }
  }
}
