/// Reads a pickle (Python's PEP 307 and PEP 3154, protocols 2 to 5) without running anything: the
/// instructions that torch.save writes build nodes, all others are refused.
///
/// Every instruction costs what it touches, and all together may cost what the pickle's size accounts
/// for: neither time nor memory grows faster than the file.
struct PickleMachine {
  typealias Identifier = PickleNode.Identifier

  let bytes: LittleEndianBytes
  let path: String
  /// Where a storage lies in the file, by its name.
  let findStorage: (String) throws(PyTorchFileError) -> Range<Int>?

  var position = 0
  /// Where the instruction at hand begins.
  var start = 0
  var nodes: [PickleNode] = []
  var stack: [Identifier] = []
  /// The heights of the stack at the marks.
  var marks: [Int] = []
  /// By number; −1 where there is none.
  private var memo: [Identifier] = []
  private var spent = 0
  private let budget: Int

  /// A byte of the file pays for so many bytes or elements touched: an instruction of two bytes that
  /// sets a key of ten is the densest that torch.save writes.
  static let costPerByte = 64
  /// What an element of a container costs beside its text.
  static let elementCost = 16

  init(
    _ pickle: UnsafeRawBufferPointer, path: String,
    findStorage: @escaping (String) throws(PyTorchFileError) -> Range<Int>?
  ) throws(PyTorchFileError) {
    bytes = LittleEndianBytes(pickle)
    self.path = path
    self.findStorage = findStorage
    // Nodes are numbered in 32 bits, and no pickle of weights is near.
    guard pickle.count <= Int(Int32.max) / 2 else {
      throw .tooMuch(
        path: path, offset: 0, what: "a pickle of \(pickle.count) bytes",
        limit: Int(Int32.max) / 2)
    }
    budget = pickle.count * Self.costPerByte + 4_096
  }

  /// Runs to the end; returns the node of the value.
  mutating func run() throws(PyTorchFileError) -> Identifier {
    while true {
      start = position
      let code: UInt8 = try take("an instruction")
      guard let instruction = PickleInstruction(rawValue: code) else {
        throw .refusedInstruction(path: path, code: code, offset: start)
      }
      if instruction == .stop { return try pop() }
      try perform(instruction)
    }
  }

  // MARK: - Bytes

  func failure(_ expected: String, _ found: String) -> PyTorchFileError {
    .invalidPickle(path: path, offset: start, expected: expected, found: found)
  }

  mutating func take<Number: FixedWidthInteger>(
    _ what: String
  ) throws(PyTorchFileError) -> Number {
    guard let number = bytes.number(Number.self, at: position) else {
      throw failure(what, "the end of the pickle")
    }
    position += MemoryLayout<Number>.size
    return number
  }

  /// The next so many bytes, which must be there.
  mutating func take(count: UInt64) throws(PyTorchFileError) -> UnsafeRawBufferPointer {
    guard let length = Int(exactly: count), let slice = bytes.slice(position, length) else {
      throw failure("\(count) bytes", "\(bytes.count - position) to the end of the pickle")
    }
    position += length
    return slice
  }

  /// The rest of a line, without its end.
  mutating func line() throws(PyTorchFileError) -> String {
    var end = position
    while let byte = bytes.number(UInt8.self, at: end), byte != 0x0A { end += 1 }
    guard end < bytes.count, let slice = bytes.slice(position, end - position),
      let text = String(validating: slice, as: UTF8.self)
    else { throw failure("a line in UTF-8", "other bytes") }
    position = end + 1
    return text
  }

  // MARK: - Nodes

  /// Pays for touching so much.
  mutating func spend(_ cost: Int) throws(PyTorchFileError) {
    spent += cost
    guard spent <= budget else {
      throw .tooMuch(
        path: path, offset: start, what: "more is built than its bytes account for", limit: budget)
    }
  }

  mutating func push(_ node: PickleNode) throws(PyTorchFileError) {
    try spend(1)
    stack.append(Identifier(nodes.count))
    nodes.append(node)
  }

  mutating func pop() throws(PyTorchFileError) -> Identifier {
    guard stack.count > (marks.last ?? 0), let top = stack.popLast() else {
      throw failure("a value on the stack", "none")
    }
    return top
  }

  func top() throws(PyTorchFileError) -> Identifier {
    guard stack.count > (marks.last ?? 0), let top = stack.last else {
      throw failure("a value on the stack", "none")
    }
    return top
  }

  mutating func popMark() throws(PyTorchFileError) -> [Identifier] {
    guard let mark = marks.popLast() else { throw failure("a mark on the stack", "none") }
    let values = Array(stack[mark...])
    stack.removeSubrange(mark...)
    return values
  }

  mutating func node() throws(PyTorchFileError) -> PickleNode { nodes[Int(try pop())] }

  // MARK: - Memo

  mutating func remember(_ number: Int) throws(PyTorchFileError) {
    // Each number takes an instruction to be used, and Python counts them from 0.
    guard number < bytes.count else {
      throw .tooMuch(
        path: path, offset: start, what: "the number \(number) of a remembered value",
        limit: bytes.count - 1)
    }
    let value = try top()
    while memo.count <= number { memo.append(-1) }
    memo[number] = value
  }

  mutating func rememberNext() throws(PyTorchFileError) { try remember(memo.count) }

  mutating func recall(_ number: Int) throws(PyTorchFileError) {
    guard memo.indices.contains(number), memo[number] >= 0 else {
      throw failure("a value remembered as \(number)", "none")
    }
    stack.append(memo[number])
  }
}
