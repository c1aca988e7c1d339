/// Writes a pickle of protocol 2, as torch.save does by default.
struct PickleWriter {
  private(set) var bytes: [UInt8] = [0x80, 2]
  /// Texts and globals that came before, by their numbers.
  private var remembered: [[UInt8]: Int] = [:]
  /// Takes each tensor in the order in which it comes; returns its storage's name.
  private let addTensor: (PyTorchContents.Tensor) throws(PyTorchFileError) -> String

  init(addTensor: @escaping (PyTorchContents.Tensor) throws(PyTorchFileError) -> String) {
    self.addTensor = addTensor
  }

  /// Writes a value and the end.
  mutating func finish(with root: PyTorchContents) throws(PyTorchFileError) {
    try write(root)
    bytes.append(PickleInstruction.stop.rawValue)
  }

  private mutating func write(_ value: PyTorchContents) throws(PyTorchFileError) {
    switch value {
    case .none: put(.none)
    case .boolean(let value): put(value ? .yes : .no)
    case .integer(let value): write(value)
    case .float(let value):
      put(.float)
      number(value.bitPattern.byteSwapped)
    case .string(let text): write(text)
    case .list(let values):
      put(.emptyList)
      if !values.isEmpty {
        put(.mark)
        for value in values { try write(value) }
        put(.appends)
      }
    case .tuple(let values):
      guard !values.isEmpty else { return put(.emptyTuple) }
      put(.mark)
      for value in values { try write(value) }
      put(.tuple)
    case .dictionary(let entries, let isOrdered):
      if isOrdered { makeOrderedDictionary() } else { put(.emptyDictionary) }
      if !entries.isEmpty {
        put(.mark)
        for (key, value) in entries {
          switch key {
          case .string(let text): write(text)
          case .integer(let number): write(number)
          }
          try write(value)
        }
        put(.setItems)
      }
    case .tensor(let tensor): try write(tensor)
    }
  }

  /// `_rebuild_tensor_v2(("storage", class, name, "cpu", count), 0, shape, strides, False, OrderedDict())`
  private mutating func write(_ tensor: PyTorchContents.Tensor) throws(PyTorchFileError) {
    let type = tensor.elementType
    let name = try addTensor(tensor)
    global("torch._utils", "_rebuild_tensor_v2")
    put(.mark)
    put(.mark)
    write("storage")
    global("torch", type.storageClass ?? "")
    write(name)
    write("cpu")
    write(tensor.elementCount)
    put(.tuple)
    put(.persistentIdentifier)
    write(0)
    var strides: [Int] = []
    var stride = 1
    for size in tensor.shape.reversed() {
      strides.append(stride)
      stride *= max(1, size)
    }
    for sizes in [tensor.shape, strides.reversed()] {
      put(.mark)
      for size in sizes { write(size) }
      put(.tuple)
    }
    put(.no)
    makeOrderedDictionary()
    put(.tuple)
    put(.reduce)
  }

  private mutating func makeOrderedDictionary() {
    global("collections", "OrderedDict")
    put(.emptyTuple)
    put(.reduce)
  }

  private mutating func put(_ instruction: PickleInstruction) {
    bytes.append(instruction.rawValue)
  }

  private mutating func number(_ value: some FixedWidthInteger) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  private mutating func write(_ value: Int) {
    if let small = UInt8(exactly: value) {
      put(.integer8)
      number(small)
    } else if let middle = Int32(exactly: value) {
      put(.integer32)
      number(middle)
    } else {
      put(.long)
      bytes.append(8)
      number(Int64(value))
    }
  }

  private mutating func write(_ text: String) {
    let utf8 = Array(text.utf8)
    once([PickleInstruction.text.rawValue] + utf8) {
      $0.put(.text)
      $0.number(UInt32(utf8.count))
      $0.bytes += utf8
    }
  }

  private mutating func global(_ module: String, _ name: String) {
    let line = Array("\(module)\n\(name)\n".utf8)
    once([PickleInstruction.global.rawValue] + line) {
      $0.put(.global)
      $0.bytes += line
    }
  }

  /// Writes something and remembers it, or recalls it.
  private mutating func once(_ identity: [UInt8], _ write: (inout PickleWriter) -> Void) {
    if let index = remembered[identity] {
      put(.longGet)
      return number(UInt32(index))
    }
    write(&self)
    put(.longPut)
    number(UInt32(remembered.count))
    remembered[identity] = remembered.count
  }
}
