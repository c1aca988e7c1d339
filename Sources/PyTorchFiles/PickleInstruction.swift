/// The instructions of pickles that are followed, by their bytes; Python's `pickletools` has the whole
/// list. Those that are missing find classes by other ways, or are of protocols that PyTorch never wrote.
enum PickleInstruction: UInt8 {
  case mark = 0x28
  case stop = 0x2E
  case pop = 0x30
  case popMark = 0x31
  case none = 0x4E
  case persistentIdentifier = 0x51
  case reduce = 0x52
  case append = 0x61
  case build = 0x62
  case global = 0x63
  case appends = 0x65
  case get = 0x68
  case longGet = 0x6A
  case put = 0x71
  case longPut = 0x72
  case setItem = 0x73
  case setItems = 0x75
  case list = 0x6C
  case tuple = 0x74
  case emptyDictionary = 0x7D
  case emptyList = 0x5D
  case emptyTuple = 0x29
  case integer32 = 0x4A
  case integer8 = 0x4B
  case integer16 = 0x4D
  case float = 0x47
  case text = 0x58
  case shortOldText = 0x55
  case oldText = 0x54
  case protocolVersion = 0x80
  case newObject = 0x81
  case tuple1 = 0x85
  case tuple2 = 0x86
  case tuple3 = 0x87
  case yes = 0x88
  case no = 0x89
  case long = 0x8A
  case shortBytes = 0x43
  case bytes = 0x42
  case shortText = 0x8C
  case longText = 0x8D
  case longBytes = 0x8E
  case emptySet = 0x8F
  case addItems = 0x90
  case frozenSet = 0x91
  case stackGlobal = 0x93
  case memoize = 0x94
  case frame = 0x95
}

extension PickleMachine {
  /// Follows one instruction.
  mutating func perform(_ instruction: PickleInstruction) throws(PyTorchFileError) {
    switch instruction {
    case .stop: break
    case .protocolVersion:
      let version: UInt8 = try take("a protocol")
      guard (2...5).contains(version) else {
        throw failure("protocol 2, 3, 4 or 5", "\(version)")
      }
    case .frame: let _: UInt64 = try take("a frame's length")
    case .mark: marks.append(stack.count)
    case .pop: _ = try pop()
    case .popMark: _ = try popMark()
    case .none: try push(.none)
    case .yes: try push(.boolean(true))
    case .no: try push(.boolean(false))
    case .integer8, .integer16, .integer32, .long, .float: try number(instruction)
    case .text, .shortText, .longText, .shortOldText, .oldText: try text(instruction)
    case .shortBytes, .bytes, .longBytes: try rawBytes(instruction)
    case .get: let number: UInt8 = try take("a number"); try recall(Int(number))
    case .longGet: let number: UInt32 = try take("a number"); try recall(Int(number))
    case .put: let number: UInt8 = try take("a number"); try remember(Int(number))
    case .longPut: let number: UInt32 = try take("a number"); try remember(Int(number))
    case .memoize: try rememberNext()
    case .emptyList, .emptyTuple, .emptyDictionary, .emptySet, .list, .tuple, .tuple1, .tuple2,
      .tuple3, .frozenSet:
      try makeContainer(instruction)
    case .append: try extend([try pop()])
    case .appends, .addItems: try extend(try popMark())
    case .setItem:
      let value = try pop()
      try setItems([try pop(), value])
    case .setItems: try setItems(try popMark())
    case .global: try pushGlobal(module: try line(), name: try line())
    case .stackGlobal:
      let (name, module) = (try node(), try node())
      guard case .string(let module) = module, case .string(let name) = name else {
        throw failure("two strings", "\(module.kind) and \(name.kind)")
      }
      try pushGlobal(module: module, name: name)
    case .persistentIdentifier: try refer(to: try node())
    case .reduce, .newObject:
      let arguments = try node()
      try call(try node(), arguments)
    case .build:
      let state = try node()
      try build(nodes[Int(try top())], from: state)
    }
  }

  private mutating func number(_ instruction: PickleInstruction) throws(PyTorchFileError) {
    switch instruction {
    case .integer8: let value: UInt8 = try take("an integer"); try push(.integer(Int(value)))
    case .integer16: let value: UInt16 = try take("an integer"); try push(.integer(Int(value)))
    case .integer32: let value: Int32 = try take("an integer"); try push(.integer(Int(value)))
    case .float:
      let bits: UInt64 = try take("a float")
      try push(.float(Double(bitPattern: bits.byteSwapped)))
    default:
      let count: UInt8 = try take("an integer's length")
      let digits = try take(count: UInt64(count))
      guard digits.count > 8 else {
        var value: UInt64 = (digits.last ?? 0) & 0x80 == 0 ? 0 : .max
        for digit in digits.reversed() { value = value << 8 | UInt64(digit) }
        return try push(.integer(Int(bitPattern: UInt(value))))
      }
      try push(.largeInteger(Array(digits)))
    }
  }

  private mutating func length(
    _ instruction: PickleInstruction
  ) throws(PyTorchFileError) -> UInt64 {
    switch instruction {
    case .shortText, .shortOldText, .shortBytes:
      let count: UInt8 = try take("a length")
      return UInt64(count)
    case .longText, .longBytes: return try take("a length")
    default:
      let count: UInt32 = try take("a length")
      return UInt64(count)
    }
  }

  private mutating func text(_ instruction: PickleInstruction) throws(PyTorchFileError) {
    let slice = try take(count: try length(instruction))
    guard let text = String(validating: slice, as: UTF8.self) else {
      throw failure("a text in UTF-8", "other bytes")
    }
    try push(.string(text))
  }

  private mutating func rawBytes(_ instruction: PickleInstruction) throws(PyTorchFileError) {
    try push(.bytes(Array(try take(count: try length(instruction)))))
  }
}
