import Foundation
import Interchange
import Layers
import Models
import PyTorchFiles

extension FuzzTarget {
  /// Pickles: what comes of one is plain, shallow, and no more than its bytes account for.
  static let pickle = FuzzTarget(
    "pickle",
    words: [
      "ctorch._utils\n_rebuild_tensor_v2\n", "ccollections\nOrderedDict\n)R",
      "ctorch\nFloatStorage\n",
      "cos\nsystem\n", "ctorch\nSize\n", "c_codecs\nencode\n", "c__builtin__\nset\n",
      "ctorch._utils\n_rebuild_parameter\n", "h\0", "q\0", "}(", "](", "\u{1}t", "R", "b.",
    ],
    longestInput: 8 << 10,
    seeds: {
      let tensor = PyTorchContents.tensor(.init(.float32, shape: [2, 3], bytes: []))
      let other = PyTorchContents.tensor(.init(.int64, shape: [1], bytes: []))
      let all = PyTorchContents.dictionary([
        ("state", .dictionary([(.string("a.b"), tensor), (.string("c"), other)], isOrdered: true)),
        ("numbers", .list([.integer(-5), .integer(1 << 40), .float(1.5), .none, .boolean(true)])),
        (.integer(3), .tuple([.string("é"), .list([]), .tuple([])])),
      ])
      let written = try [all, .list([.string("x"), .string("x")]), .none].map {
        try PyTorchWriter.pickle(of: $0, path: "seed").bytes
      }
      // Protocol 4: frames, short texts, a set, names from the stack, remembered in order.
      let younger: [UInt8] =
        [
          0x80, 4, 0x95, 30, 0, 0, 0, 0, 0, 0, 0, 0x7D, 0x94, 0x28, 0x8C, 1, 0x61, 0x94, 0x8F, 0x94,
          0x28,
        ]
        + [0x4B, 1, 0x90, 0x8C, 11] + Array("collections".utf8) + [0x8C, 11]
        + Array("OrderedDict".utf8) + [0x93, 0x29, 0x52, 0x43, 2, 1, 2, 0x75, 0x2E]
      return written + [younger]
    },
    body: { bytes in
      let value = try PickleReader.value(
        of: bytes, path: "input", storageByteCounts: ["0": 24, "1": 8])
      var (count, pending) = (0, [(value, 0)])
      while let (value, depth) = pending.popLast() {
        count += 1
        promise(depth <= 128, "values are shallow")
        promise(count <= 32 * bytes.count + 2_048, "values are as many as the bytes account for")
        switch value {
        case .list(let values), .tuple(let values), .set(let values):
          pending += values.map { ($0, depth + 1) }
        case .dictionary(let dictionary):
          pending += dictionary.entries.map { ($0.value, depth + 1) }
        case .tensor(let tensor):
          promise(tensor.shape.allSatisfy { $0 >= 0 }, "shapes are sizes")
          promise(
            tensor.strides.contains(0) || !tensor.isContiguous
              || tensor.elementCount * tensor.elementType.byteCount <= 24,
            "tensors lie in their storages")
        default: break
        }
      }
    })

  /// A zip archive of one packed record, and of one stored.
  private static func packedArchive(_ pickle: [UInt8]) -> [UInt8] {
    func little(_ value: some FixedWidthInteger) -> [UInt8] {
      withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
    let name = Array("a/data.pkl".utf8)
    let member = SeedFiles.gzip(pickle)
    // Without gzip's own header; its CRC-32 stands before its size at the end.
    let packed = Array(member.dropFirst(10).dropLast(8))
    let common =
      little(UInt16(20)) + [0, 0, 8, 0, 0, 0, 0, 0] + Array(member.suffix(8).prefix(4))
      + little(UInt32(packed.count)) + little(UInt32(pickle.count)) + little(UInt16(name.count))
      + [0, 0]
    let record = little(UInt32(0x0403_4B50)) + common + name + packed
    let entry =
      little(UInt32(0x0201_4B50)) + [20, 0] + common + [UInt8](repeating: 0, count: 14) + name
    return record + entry + little(UInt32(0x0605_4B50)) + [0, 0, 0, 0, 1, 0, 1, 0]
      + little(UInt32(entry.count)) + little(UInt32(record.count)) + [0, 0]
  }

  /// Files of PyTorch's: archives, directories, storages.
  static func pyTorch(in folder: String) -> FuzzTarget {
    FuzzTarget(
      "pytorch",
      words: [
        "PK\u{1}\u{2}", "PK\u{3}\u{4}", "PK\u{5}\u{6}", "PK\u{6}\u{6}", "PK\u{6}\u{7}", "/data/0",
      ],
      seeds: {
        let tensor = PyTorchContents.tensor(
          .init(.float32, shape: [2, 3], bytes: Array(repeating: 1, count: 24)))
        let contents = PyTorchContents.dictionary([
          (.string("a"), tensor), (.string("b"), .integer(1)),
        ])
        let path = "\(folder)/seed.pt"
        // Sizes of 32 and of 64 bits.
        let written = try [UInt64.max, 0].map { largest in
          try PyTorchWriter.write(contents, to: path, largestSmall: largest)
          return try Array(Data(contentsOf: URL(filePath: path)))
        }
        let plain = try PyTorchWriter.pickle(of: .list([.integer(1), .none]), path: path).bytes
        return written + [packedArchive(plain)]
      },
      body: { bytes in
        let path = "\(folder)/input.pt"
        try place(bytes, at: path)
        let file = try PyTorchFile(path: path)
        for (_, tensor) in file.tensors {
          let count = try? file.withBytes(of: tensor) { bytes in
            bytes.reduce(0) { $0 &+ Int($1) } >= 0 ? bytes.count : -1
          }
          if let count {
            promise(
              count == tensor.elementCount * tensor.elementType.byteCount && count <= bytes.count,
              "\(count) bytes of a tensor of shape \(tensor.shape)")
          }
        }
        try file.verify()
      })
  }

  /// CoreNet's checkpoints: what is read as a model is one.
  static func coreNet(in folder: String) -> FuzzTarget {
    let configuration = OpenELMConfiguration(
      layerCount: 1, modelWidth: 4, headWidth: 2, queriesPerKeyValueHead: 1,
      attentionScale: .init(1), feedForwardScale: .init(1), feedForwardDivisor: 2,
      vocabularySize: 6, contextLength: 8)
    return FuzzTarget(
      "corenet",
      words: [
        "module.", "_orig_mod.", "layers.1.", "attn.q_norm.weight", "classifier.weight",
        "exp_avg_sq",
        "param_groups", "iterations", "optim_state_dict", "model_state_dict",
      ],
      longestInput: 8 << 10,
      seeds: {
        var weights: [(key: PyTorchContents.Key, value: PyTorchContents)] = []
        var shapes: [[Int]] = []
        configuration.forEachParameter { name, shape in
          shapes.append(shape)
          weights.append((.string(name), .tensor(.init(.float32, shape: shape, bytes: []))))
        }
        let order = shapes.filter { $0.count > 1 } + shapes.filter { $0.count == 1 }
        let states = order.enumerated().map { number, shape in
          let moment = PyTorchContents.tensor(.init(.float32, shape: shape, bytes: []))
          return (
            key: PyTorchContents.Key.integer(number),
            value: PyTorchContents.dictionary([
              (.string("step"), .integer(3)), (.string("exp_avg"), moment),
              (.string("exp_avg_sq"), moment),
            ])
          )
        }
        let matrices = order.count { $0.count > 1 }
        let groups = [0..<matrices, matrices..<order.count].map { range in
          PyTorchContents.dictionary([
            ("lr", .float(0.1)), ("params", .list(range.map { .integer($0) })),
          ])
        }
        let training = PyTorchContents.dictionary([
          ("iterations", .integer(3)), ("epoch", .integer(0)),
          ("model_state_dict", .dictionary(weights, isOrdered: true)),
          (
            "optim_state_dict",
            .dictionary([("state", .dictionary(states)), ("param_groups", .list(groups))])
          ),
        ])
        return try [training, .dictionary(weights)].map {
          try PyTorchWriter.pickle(of: $0, path: "seed").bytes
        }
      },
      body: { bytes in
        // The archive around the pickle is made whole, so that what is within is reached.
        let path = "\(folder)/input-corenet.pt"
        try place(archive(of: bytes), at: path)
        let contents = try CoreNetFile.read(path: path)
        promise(contents.configuration.fault == nil, "a model without a fault")
        promise(contents.configuration.parameterCount < 1 << 20, "a model that the file holds")
        _ = try CoreNetTrainingState.read(path: path)
      })
  }

  /// An archive of a pickle and of the storages that the seeds' tensors lie in.
  private static func archive(of pickle: [UInt8]) throws -> [UInt8] {
    func little(_ value: some FixedWidthInteger) -> [UInt8] {
      withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
    // All storages have the bytes that their numbers of elements ask for; those of the seeds are known.
    let counts = [24, 48, 2, 2, 16, 32, 16, 4, 4, 4]
    var (records, entries, count): ([UInt8], [UInt8], UInt16) = ([], [], 0)
    func add(_ name: String, _ bytes: [UInt8]) {
      let checksum = Array(SeedFiles.gzip(bytes).suffix(8).prefix(4))
      let common =
        little(UInt16(20)) + [UInt8](repeating: 0, count: 8) + checksum
        + little(UInt32(bytes.count)) + little(UInt32(bytes.count))
        + little(UInt16(name.utf8.count)) + [0, 0]
      entries += little(UInt32(0x0201_4B50)) + [20, 0] + common + [UInt8](repeating: 0, count: 10)
      entries += little(UInt32(records.count)) + Array(name.utf8)
      records += little(UInt32(0x0403_4B50)) + common + Array(name.utf8) + bytes
      count += 1
    }
    add("a/data.pkl", pickle)
    let order = counts.filter { $0 > 4 } + counts.filter { $0 <= 4 }
    let moments = order.flatMap { [$0, $0] }
    for (index, size) in (counts + moments).enumerated() {
      add("a/data/\(index)", [UInt8](repeating: 0, count: 4 * size))
    }
    return records + entries + little(UInt32(0x0605_4B50)) + [0, 0, 0, 0] + little(count)
      + little(count) + little(UInt32(entries.count)) + little(UInt32(records.count)) + [0, 0]
  }
}
