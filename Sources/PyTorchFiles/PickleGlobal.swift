/// The functions and classes that a pickle of weights may name: what is not here is refused, and
/// those that are here are names for values of this module, not code.
enum PickleGlobal: Sendable, Equatable {
  case orderedDictionary
  case set
  case size
  case device
  case encode
  case rebuildTensorOldest
  case rebuildTensor
  case rebuildTypedTensor
  case rebuildParameter
  case elementType(PyTorchElementType)
  /// A storage's class; nil where it is of bytes without a type.
  case storage(PyTorchElementType?)

  /// By module and name, joined with a dot.
  static let allowed: [String: PickleGlobal] = {
    var table: [String: PickleGlobal] = [
      "collections.OrderedDict": .orderedDictionary,
      "__builtin__.set": .set, "builtins.set": .set,
      "__builtin__.frozenset": .set, "builtins.frozenset": .set,
      "torch.Size": .size, "torch.device": .device,
      // How protocol 2 writes bytes.
      "_codecs.encode": .encode,
      "torch._utils._rebuild_tensor": .rebuildTensorOldest,
      "torch._utils._rebuild_tensor_v2": .rebuildTensor,
      "torch._utils._rebuild_tensor_v3": .rebuildTypedTensor,
      "torch._utils._rebuild_parameter": .rebuildParameter,
      "torch._utils._rebuild_parameter_with_state": .rebuildParameter,
    ]
    for type in PyTorchElementType.allCases {
      table["torch.\(type.rawValue)"] = .elementType(type)
      for module in ["torch", "torch.cuda"] {
        if let name = type.storageClass { table["\(module).\(name)"] = .storage(type) }
      }
    }
    for name in ["torch.UntypedStorage", "torch.storage.UntypedStorage"] {
      table[name] = .storage(nil)
    }
    return table
  }()

  /// No allowed name is longer; a longer one is not even looked up.
  static let longestName = 128
}
