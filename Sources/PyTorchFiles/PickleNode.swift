/// A value that a pickle is still building. Nodes refer to each other by their places in one array, so
/// that what is shared is one node, and nesting is never a call within a call.
enum PickleNode {
  typealias Identifier = Int32

  case none
  case boolean(Bool)
  case integer(Int)
  case largeInteger([UInt8])
  case float(Double)
  case string(String)
  case bytes([UInt8])
  case list([Identifier])
  case tuple([Identifier])
  case set([Identifier])
  case dictionary(Table)
  case size([Int])
  case global(PickleGlobal)
  case device(String)
  case storage(PickleStorage)
  case tensor(PyTorchTensor)

  /// A dictionary that grows.
  struct Table {
    var keys: [Identifier] = []
    var values: [Identifier] = []
    var indices: [PickleKey: Int] = [:]
    var isOrdered: Bool

    /// The last value of a key stands at the first's place, as in Python.
    mutating func set(_ key: Identifier, _ identity: PickleKey, to value: Identifier) {
      if let index = indices[identity] {
        values[index] = value
      } else {
        indices[identity] = keys.count
        keys.append(key)
        values.append(value)
      }
    }
  }

  /// What messages call a value of this kind.
  var kind: String {
    switch self {
    case .none: "None"
    case .boolean: "a boolean"
    case .integer, .largeInteger: "an integer"
    case .float: "a float"
    case .string: "a string"
    case .bytes: "bytes"
    case .list: "a list"
    case .tuple: "a tuple"
    case .set: "a set"
    case .dictionary: "a dictionary"
    case .size: "a torch.Size"
    case .global: "a class or function"
    case .device: "a torch.device"
    case .storage: "a storage"
    case .tensor: "a tensor"
    }
  }
}

/// A storage that a pickle refers to, found in the archive.
struct PickleStorage {
  var name: String
  /// Nil where it is of bytes without a type.
  var elementType: PyTorchElementType?
  var range: Range<Int>
}
