import Files
import Foundation
import PyTorchFiles
import TestSupport
import Testing

@Suite struct PyTorchWriterTests {
  /// A Python that has PyTorch: `SAMARA_TORCH_PYTHON`, or `python3`.
  private static let python = PythonProgram.python("SAMARA_TORCH_PYTHON", importing: "torch")

  private static let types: [PyTorchElementType] = [
    .float64, .float32, .float16, .bfloat16, .uint8, .int8, .int16, .int32, .int64, .bool,
  ]

  /// A value of every kind; each tensor's bytes count up from 0, or are 0 and 1.
  private static var contents: PyTorchContents {
    var tensors: [(key: PyTorchContents.Key, value: PyTorchContents)] = types.map { type in
      let bytes = (0..<6 * type.byteCount).map { UInt8(type == .bool ? $0 % 2 : $0) }
      return (.string(type.rawValue), .tensor(.init(type, shape: [2, 3], bytes: bytes)))
    }
    tensors.append(("scalar", .tensor(.init(.float32, shape: [], bytes: [0, 0, 128, 63]))))
    tensors.append(("empty", .tensor(.init(.float32, shape: [0, 4], bytes: []))))
    return .dictionary([
      ("tensors", .dictionary(tensors, isOrdered: true)),
      (
        "numbers",
        .list([
          .integer(0), .integer(255), .integer(256), .integer(-1), .integer(1 << 40),
          .integer(.min),
          .integer(.max), .float(1.5), .float(.infinity), .boolean(true), .boolean(false), .none,
        ])
      ),
      (.integer(7), .tuple([.string("é\u{1F333}"), .string(""), .list([]), .tuple([])])),
      ("empty", .dictionary([])),
    ])
  }

  private static func check(_ file: PyTorchFile) throws {
    let root = try #require(file.root.dictionary)
    let numbers = try #require(root["numbers"]?.elements)
    #expect(numbers.prefix(7).map(\.integer) == [0, 255, 256, -1, 1 << 40, .min, .max])
    #expect(numbers[7].number == 1.5 && numbers[8].number == .infinity)
    let texts = try #require(root[7]?.elements)
    #expect(texts[0].string == "é\u{1F333}" && texts[1].string == "")
    #expect(root["tensors"]?.dictionary?.isOrdered == true)
    #expect(root["empty"]?.dictionary?.isOrdered == false)
    for type in types {
      let tensor = try #require(root["tensors"]?.dictionary?[type.rawValue]?.tensor)
      #expect(tensor.elementType == type && tensor.shape == [2, 3] && tensor.isContiguous)
      try file.withBytes(of: tensor) { bytes in
        #expect(bytes.count == 6 * type.byteCount && bytes[1] == 1)
        #expect(Int(bitPattern: bytes.baseAddress) % 64 == 0, "\(type) is aligned")
      }
    }
    try file.verify()
  }

  @Test(arguments: [UInt64.max, 0, 100]) func whatIsWrittenIsReadAgain(_ largest: UInt64) throws {
    let folder = try TemporaryFolder()
    let checksum = try PyTorchWriter.write(
      Self.contents, to: folder("a.pt"), largestSmall: largest)
    #expect(try bytes(at: folder("a.pt")).count == checksum.byteCount)
    try Self.check(PyTorchFile(path: folder("a.pt")))
    // The bytes depend on the contents alone.
    try PyTorchWriter.write(Self.contents, to: folder("b.pt"), largestSmall: largest)
    #expect(try bytes(at: folder("a.pt")) == bytes(at: folder("b.pt")))
  }

  @Test func piecesAreJoined() throws {
    let folder = try TemporaryFolder()
    let tensor = PyTorchContents.Tensor(.uint8, shape: [5]) { sink in
      for piece in [[1, 2], [], [3], [4, 5]] as [[UInt8]] {
        try piece.withUnsafeBytes { try sink($0) }
      }
    }
    try PyTorchWriter.write(.tensor(tensor), to: folder("a.pt"))
    let file = try PyTorchFile(path: folder("a.pt"))
    #expect(try file.withBytes(of: #require(file.root.tensor)) { Array($0) } == [1, 2, 3, 4, 5])
  }

  @Test(arguments: [[], [1, 2, 3], [1, 2, 3, 4, 5]] as [[UInt8]])
  func aTensorOfAnotherSizeIsRefusedAndNothingIsLeft(_ bytes: [UInt8]) throws {
    let folder = try TemporaryFolder()
    let tensor = PyTorchContents.Tensor(.float32, shape: [1], bytes: bytes)
    let error = #expect(throws: PyTorchFileError.self) {
      try PyTorchWriter.write(.tensor(tensor), to: folder("a.pt"))
    }
    #expect(error?.description.contains("expected 4 bytes") == true)
    #expect(try folder.names().isEmpty)
  }

  @Test func aTypeThatHasNoStorageClassIsRefused() throws {
    let folder = try TemporaryFolder()
    #expect(throws: PyTorchFileError.self) {
      try PyTorchWriter.write(
        .tensor(.init(.uint16, shape: [1], bytes: [0, 0])), to: folder("a.pt"))
    }
  }

  @Test(
    .enabled(if: python != nil, "no python3 with torch; SAMARA_TORCH_PYTHON may name one"),
    .timeLimit(.minutes(5)), arguments: [UInt64.max, 0])
  func pyTorchReadsOursAndWeReadPyTorchs(_ largest: UInt64) throws {
    let folder = try TemporaryFolder()
    try PyTorchWriter.write(Self.contents, to: folder("ours.pt"), largestSmall: largest)
    let (status, log) = try PythonProgram.run(
      "check_pytorch.py", with: Self.python ?? "python3",
      [folder("ours.pt"), "--counting", "--rewrite", folder("theirs.pt")])
    #expect(status == 0, "\(log)")
    let file = try PyTorchFile(path: folder("theirs.pt"))
    #expect(
      file.tensors.map(\.name) == (try PyTorchFile(path: folder("ours.pt"))).tensors.map(\.name))
    try Self.check(file)
  }

  /// The check itself can fail.
  @Test(.enabled(if: python != nil, "no python3 with torch; SAMARA_TORCH_PYTHON may name one"))
  func pyTorchFindsOtherBytes() throws {
    let folder = try TemporaryFolder()
    try PyTorchWriter.write(
      .dictionary([
        (
          "tensors",
          .dictionary([
            ("uint8", .tensor(.init(.uint8, shape: [2, 3], bytes: [9, 9, 9, 9, 9, 9])))
          ])
        )
      ]), to: folder("ours.pt"))
    let (status, log) = try PythonProgram.run(
      "check_pytorch.py", with: Self.python ?? "python3", [folder("ours.pt"), "--counting"])
    #expect(status == 1 && log.contains("differs"), "\(log)")
  }
}
