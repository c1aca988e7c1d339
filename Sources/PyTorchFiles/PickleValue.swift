/// What a pickle of weights may hold, and all that this project builds from one.
public enum PickleValue: Sendable {
  case none
  case boolean(Bool)
  case integer(Int)
  /// An integer that 64 bits do not hold: little-endian, in two's complement.
  case largeInteger([UInt8])
  case float(Double)
  case string(String)
  case bytes([UInt8])
  case list([PickleValue])
  case tuple([PickleValue])
  case set([PickleValue])
  case dictionary(PickleDictionary)
  /// `torch.Size`.
  case size([Int])
  /// `torch.float32` and its like.
  case elementType(PyTorchElementType)
  /// `torch.device`.
  case device(String)
  case tensor(PyTorchTensor)

  /// What messages call a value of this kind.
  public var kind: String {
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
    case .elementType(let type): "torch.\(type.rawValue)"
    case .device: "a torch.device"
    case .tensor: "a tensor"
    }
  }

  public var string: String? { if case .string(let value) = self { value } else { nil } }
  public var integer: Int? { if case .integer(let value) = self { value } else { nil } }
  public var tensor: PyTorchTensor? { if case .tensor(let value) = self { value } else { nil } }
  public var dictionary: PickleDictionary? {
    if case .dictionary(let value) = self { value } else { nil }
  }

  /// The number of an integer or a float.
  public var number: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .float(let value): value
    default: nil
    }
  }

  /// The elements of a list or a tuple.
  public var elements: [PickleValue]? {
    switch self {
    case .list(let values), .tuple(let values): values
    default: nil
    }
  }
}

/// Python's dictionary: in the order in which its keys came.
public struct PickleDictionary: Sendable {
  public struct Entry: Sendable {
    public let key: PickleValue
    public let value: PickleValue
  }

  public let entries: [Entry]
  /// Whether it is a `collections.OrderedDict`, as state dictionaries are.
  public let isOrdered: Bool
  private let indices: [PickleKey: Int]

  init(_ entries: [Entry], indices: [PickleKey: Int], isOrdered: Bool) {
    self.entries = entries
    self.indices = indices
    self.isOrdered = isOrdered
  }

  public subscript(key: String) -> PickleValue? { self[.string(Array(key.utf8))] }
  public subscript(key: Int) -> PickleValue? { self[.integer(key)] }
  private subscript(key: PickleKey) -> PickleValue? { indices[key].map { entries[$0].value } }
}

/// A key of a dictionary as Python compares them: true is 1, and texts are compared code by code,
/// where Swift's strings are equal if they look the same.
enum PickleKey: Hashable {
  case none
  case integer(Int)
  case float(UInt64)
  case string([UInt8])
  case bytes([UInt8])
}
