import Foundation
import PyTorchFiles
import Testing

@Suite struct PickleReaderTests {
  private static func value(
    _ body: [UInt8], storages: [String: Int] = [:]
  ) throws -> PickleValue {
    try PickleReader.value(of: Pickle.whole(body), path: "a.pt", storageByteCounts: storages)
  }

  /// The message of what reading throws.
  private static func fault(
    _ body: [UInt8], storages: [String: Int] = [:]
  ) -> String {
    do {
      let value = try value(body, storages: storages)
      return "read as \(value.kind)"
    } catch {
      return "\(error)"
    }
  }

  @Test func plainValuesAreRead() throws {
    // {"a": [1, -2, 1.5, None, True, 2**40, (), (3,), b"\x00\xff"], 7: {}}
    var body: [UInt8] = [0x7D, 0x28] + Pickle.text("a") + [0x5D, 0x28, 0x4B, 1]
    body += Pickle.integer(-2) + [0x47] + Array(little(1.5.bitPattern).reversed())
    body += [0x4E, 0x88, 0x8A, 6] + Array(little(Int(1 << 40))[..<6]) + [0x29, 0x4B, 3, 0x85]
    body += [0x43, 2, 0, 255, 0x65, 0x4B, 7, 0x7D, 0x75]
    let root = try #require(try Self.value(body).dictionary)
    let list = try #require(root["a"]?.elements)
    #expect(
      list.map(\.kind) == [
        "an integer", "an integer", "a float", "None", "a boolean", "an integer", "a tuple",
        "a tuple", "bytes",
      ])
    #expect(list[1].integer == -2)
    #expect(list[2].number == 1.5)
    #expect(list[5].integer == 1 << 40)
    #expect(root[7]?.dictionary?.entries.isEmpty == true)
    #expect(root["b"] == nil)
  }

  @Test func integersOfAnyLengthKeepTheirSign() throws {
    #expect(try Self.value([0x8A, 0]).integer == 0)
    #expect(try Self.value([0x8A, 1, 0xFF]).integer == -1)
    #expect(try Self.value([0x8A, 8] + little(Int.min)).integer == .min)
    guard case .largeInteger(let digits) = try Self.value([0x8A, 9] + little(UInt64.max) + [0])
    else { return #expect(Bool(false)) }
    #expect(digits.count == 9)
  }

  @Test func aKeyGivenTwiceHasItsLastValueAtItsFirstPlace() throws {
    let body =
      [0x7D, 0x28] + Pickle.text("a") + [0x4B, 1] + Pickle.text("b") + [0x4B, 2]
      + Pickle.text("a") + [0x4B, 3, 0x75]
    let dictionary = try #require(try Self.value(body).dictionary)
    #expect(dictionary.entries.map { $0.value.integer } == [3, 2])
    // Texts that look the same and are not.
    let accents =
      [0x7D, 0x28] + Pickle.text("\u{E9}") + [0x4B, 1] + Pickle.text("e\u{301}")
      + [0x4B, 2, 0x75]
    #expect(try Self.value(accents).dictionary?.entries.count == 2)
  }

  @Test func codeIsRefusedByName() {
    for (module, name) in [
      ("os", "system"), ("posix", "system"), ("builtins", "eval"), ("__builtin__", "exec"),
      ("subprocess", "Popen"), ("torch", "load"), ("collections", "Counter"),
      ("torch.nn", "Linear"),
      ("runpy", "run_path"), ("", ""),
    ] {
      let call = Pickle.global(module, name) + Pickle.text("touch /tmp/owned") + [0x85, 0x52]
      let message = Self.fault(call)
      #expect(message.contains("\"\(module).\(name)\""), "\(message)")
      #expect(message.contains("Nothing was run"))
      // The same by protocol 4's way.
      let stacked = Pickle.text(module) + Pickle.text(name) + [0x93] + [0x29, 0x52]
      #expect(Self.fault(stacked).contains("\"\(module).\(name)\""))
    }
  }

  @Test func instructionsThatFindCodeInOtherWaysAreRefused() {
    // INST, OBJ, EXT1, EXT2, EXT4, PERSID, NEWOBJ_EX, NEXT_BUFFER.
    for code in [0x69, 0x6F, 0x82, 0x83, 0x84, 0x50, 0x92, 0x97] as [UInt8] {
      let message = Self.fault([0x28, code])
      #expect(message.contains("instruction 0x\(String(code, radix: 16))"), "\(message)")
    }
  }

  @Test func onlyWhatMayBeCalledIsCalled() {
    #expect(Self.fault(Pickle.text("os") + [0x29, 0x52]).contains("a class or function to call"))
    #expect(Self.fault(Pickle.global("torch", "float32") + [0x29, 0x52]).contains("a function"))
    #expect(Self.fault(Pickle.global("torch", "FloatStorage")).contains("by itself"))
    let size = Pickle.global("torch", "Size")
    #expect(Self.fault(size + [0x29, 0x52]).contains("1 or more arguments"))
    #expect(Self.fault(size + Pickle.text("x") + [0x85, 0x52]).contains("a list or a tuple"))
    // Attributes of what has none.
    #expect(Self.fault([0x5D, 0x7D, 0x62]).contains("an object with attributes"))
    #expect(Self.fault([0x7D, 0x7D, 0x62]).contains("an object with attributes"))
  }

  @Test func attributesOfAStateDictionaryArePassedOver() throws {
    let body =
      Pickle.global("collections", "OrderedDict") + [0x29, 0x52, 0x7D]
      + Pickle.text("_metadata") + [0x4B, 1, 0x73, 0x62]
    let dictionary = try #require(try Self.value(body).dictionary)
    #expect(dictionary.entries.isEmpty && dictionary.isOrdered)
  }

  @Test func nestingIsBounded() {
    for depth in [1_000, 100_000, 1_000_000] {
      // [[[…]]]: lists, and tuples.
      let lists =
        [UInt8](repeating: 0x5D, count: depth) + [UInt8](repeating: 0x61, count: depth - 1)
      #expect(Self.fault(lists).contains("nest deeper"))
      let tuples = [0x29] + [UInt8](repeating: 0x85, count: depth)
      #expect(Self.fault(tuples).contains("nest deeper"))
      // Marks without an end.
      #expect(Self.fault([UInt8](repeating: 0x28, count: depth)).contains("a value on the stack"))
    }
    let allowed = [0x29] + [UInt8](repeating: 0x85, count: 100)
    #expect(Self.fault(allowed) == "read as a tuple")
  }

  @Test func aValueThatContainsItselfIsRefused() {
    #expect(Self.fault([0x5D, 0x71, 0, 0x68, 0, 0x61]).contains("contains itself"))
    let dictionary = [0x7D, 0x71, 0] + Pickle.text("a") + [0x68, 0, 0x73]
    #expect(Self.fault(dictionary).contains("contains itself"))
  }

  /// Each list holds the one before it twice: 2⁶⁰ values for whoever walks them.
  @Test func sharingThatGrowsWithoutEndIsRefused() {
    var body: [UInt8] = [0x29, 0x71, 0]
    for level in 0..<60 as Range<UInt8> {
      body += [0x68, level, 0x68, level, 0x86, 0x71, level + 1]
    }
    #expect(Self.fault(body).contains("shared so often"))
  }

  /// A long list that many short calls copy, and a long key that many short calls set.
  @Test(.timeLimit(.minutes(1))) func costGrowsNoFasterThanTheFile() {
    let pair = Pickle.text("a") + [0x4E, 0x86, 0x71, 1]
    var body: [UInt8] = [0x5D, 0x71, 0, 0x28] + pair
    for _ in 0..<50_000 { body += [0x68, 1] }
    body += [0x65, 0x28]
    let dictionary = Pickle.global("collections", "OrderedDict") + [0x71, 2, 0x30]
    body += dictionary
    for _ in 0..<50_000 { body += [0x68, 2, 0x68, 0, 0x85, 0x52] }
    #expect(Self.fault(body + [0x74]).contains("more is built"))

    var keys: [UInt8] = Pickle.text(String(repeating: "k", count: 100_000)) + [0x71, 0, 0x30]
    keys += [0x7D]
    for _ in 0..<50_000 { keys += [0x68, 0, 0x4E, 0x73] }
    #expect(Self.fault(keys).contains("more is built"))
  }

  @Test func numbersOfRememberedValuesAreBounded() {
    let message = Self.fault([0x4E, 0x72] + little(UInt32.max))
    #expect(message.contains("the number 4294967295 of a remembered value"))
    #expect(Self.fault([0x6A] + little(UInt32.max)).contains("remembered as 4294967295"))
    #expect(Self.fault([0x68, 3]).contains("a value remembered as 3"))
  }

  @Test func lengthsBeyondThePickleAreRefused() {
    for code in [0x58, 0x54, 0x42] as [UInt8] {
      #expect(Self.fault([code] + little(UInt32.max)).contains("4294967295 bytes"))
    }
    for code in [0x8D, 0x8E] as [UInt8] {
      #expect(Self.fault([code] + little(UInt64.max)).contains("18446744073709551615 bytes"))
    }
    #expect(Self.fault([0x58, 2, 0, 0, 0, 0xC3, 0x28]).contains("UTF-8"))
  }

  @Test func aPickleWithoutAnEndIsRefused() throws {
    let whole = Pickle.whole([0x7D] + Pickle.text("a") + [0x4B, 1, 0x73])
    for count in whole.indices {
      #expect(throws: PyTorchFileError.self) {
        try PickleReader.value(of: Array(whole[..<count]), path: "a.pt")
      }
    }
    #expect(throws: PyTorchFileError.self) {
      try PickleReader.value(of: [0x80, 1, 0x4E, 0x2E], path: "a.pt")
    }
  }

  @Test func tensorsLieWithinTheirStorages() throws {
    func fault(
      count: Int32 = 6, offset: Int32 = 0, _ shape: [Int32], _ strides: [Int32], bytes: Int = 24
    ) -> String {
      Self.fault(
        Pickle.tensor(count: count, offset: offset, shape: shape, strides: strides),
        storages: ["0": bytes])
    }
    #expect(fault([2, 3], [3, 1]) == "read as a tensor")
    #expect(fault([3, 2], [1, 3]) == "read as a tensor")
    #expect(fault([2], [3], bytes: 24) == "read as a tensor")
    #expect(fault([], []) == "read as a tensor")
    #expect(fault(offset: 5, [], []) == "read as a tensor")
    #expect(fault([0, 1 << 30, 1 << 30], [1, 1, 1]) == "read as a tensor")
    // Storages shorter or longer than they are said to be.
    #expect(fault([2, 3], [3, 1], bytes: 20).contains("6 elements of 4 bytes"))
    #expect(fault(count: -6, [2, 3], [3, 1]).contains("found 24 bytes"))
    for (shape, strides) in [
      ([2, 4], [4, 1]), ([7], [1]), ([2], [6]), ([1 << 30, 1 << 30], [1, 1]),
    ]
      as [([Int32], [Int32])]
    {
      #expect(fault(shape, strides).contains("within the 6 elements"), "\(shape)")
    }
    #expect(fault(offset: 6, [], []).contains("within the 6 elements"))
    #expect(fault([-2, 3], [3, 1]).contains("a shape of 0 or more"))
    #expect(fault([2, 3], [-3, 1]).contains("strides of 0 or more"))
    #expect(fault(offset: -1, [2, 3], [3, 1]).contains("strides of 0 or more"))
    #expect(fault([2, 3], [3]).contains("a stride for each"))
    let many = [Int32](repeating: 1, count: 65)
    #expect(fault(many, many).contains("at most 64 dimensions"))
    let missing = Self.fault(Pickle.tensor(count: 6, shape: [6], strides: [1]))
    #expect(missing.contains("a record for a storage"))
    let unknown = Pickle.tensor(count: 6, shape: [6], strides: [1], storageClass: "RandomStorage")
    #expect(Self.fault(unknown, storages: ["0": 24]).contains("torch.RandomStorage"))
    let bytes = Pickle.tensor(count: 24, shape: [6], strides: [1], storageClass: "UntypedStorage")
    #expect(Self.fault(bytes, storages: ["0": 24]).contains("bytes without one"))
  }
}
