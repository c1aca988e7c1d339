import Files

/// The mean of the weights of several checkpoints (arXiv:1803.05407; arXiv:2404.14619 averages
/// the last five).
public enum WeightAverage {
  /// Elements summed at a time: their sums, 512 KiB, stay in the cache.
  private static let pieceCount = 1 << 16

  /// Writes the mean of the F32 or BF16 tensors of `inputs` to `output`, tensor by tensor, as F32:
  /// a mean of bfloat16 numbers is finer than they are.
  ///
  /// mean = float32((x₁ + x₂ + … + xₙ) / n), summed in float64 in the order of the files, so that
  /// no file weighs less by its place in the list, and the same files give the same bits.
  ///
  /// - Returns: The checksum and size of the file that was written.
  /// - Throws: ``CheckpointError`` if there is no input, a file is damaged, or the files differ in
  ///   their tensors' names or shapes or hold anything but F32 and BF16; `FileError` if the mean cannot be
  ///   written.
  @discardableResult
  public static func write(
    of inputs: [String], to output: String, metadata: [String: String] = [:]
  ) throws -> Checksum {
    var files: [SafetensorsFile] = []
    for input in inputs { files.append(try SafetensorsFile(path: input)) }
    guard let first = files.first else {
      throw CheckpointError.invalidRequest(
        path: output, expected: "one or more files to average", found: "none")
    }
    for file in files { try check(file, against: first) }
    let layouts = first.entries.map {
      SafetensorsWriter.Layout(name: $0.name, type: .float32, shape: $0.shape)
    }
    return try SafetensorsWriter.write(layouts, metadata: metadata, to: output) { index, sink in
      let tensors = try files.map {
        let entry = try $0.entry(named: layouts[index].name)
        return Summand(bytes: try $0.bytes(of: entry.name), isBFloat16: entry.type == .bfloat16)
      }
      try withExtendedLifetime(files) { try appendMean(of: tensors, to: sink) }
    }
  }

  private static func check(
    _ file: SafetensorsFile, against first: SafetensorsFile
  ) throws(CheckpointError) {
    for expected in first.entries {
      let found = try file.entry(named: expected.name)
      guard found.type == .float32 || found.type == .bfloat16 else {
        throw .tensorMismatch(
          path: file.path, tensor: found.name, expected: "the type F32 or BF16",
          found: found.type.rawValue)
      }
      guard found.shape == expected.shape else {
        throw .tensorMismatch(
          path: file.path, tensor: found.name,
          expected: "the shape \(expected.shape) of \(first.path)", found: "\(found.shape)")
      }
    }
    guard file.entries.count == first.entries.count else {
      for entry in file.entries { _ = try first.entry(named: entry.name) }
      return
    }
  }

  /// One file's bytes of a tensor, of any alignment.
  private struct Summand {
    let bytes: UnsafeRawBufferPointer
    let isBFloat16: Bool
    var count: Int { bytes.count / (isBFloat16 ? 2 : 4) }

    func value(at index: Int) -> Float {
      guard isBFloat16 else {
        let bits = bytes.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self)
        return Float(bitPattern: UInt32(littleEndian: bits))
      }
      let bits = bytes.loadUnaligned(fromByteOffset: index * 2, as: UInt16.self)
      return Float(bitPattern: UInt32(UInt16(littleEndian: bits)) << 16)
    }
  }

  private static func appendMean(
    of tensors: [Summand], to sink: SafetensorsWriter.Sink
  ) throws {
    let count = tensors.first?.count ?? 0
    let divisor = Double(tensors.count)
    var sums = [Double](repeating: 0, count: min(count, pieceCount))
    var means = [UInt32](repeating: 0, count: sums.count)
    for start in stride(from: 0, to: count, by: pieceCount) {
      let length = min(pieceCount, count - start)
      sums.withUnsafeMutableBufferPointer { sums in
        sums.update(repeating: 0)
        for tensor in tensors {
          for index in 0..<length {
            sums[index] += Double(tensor.value(at: start + index))
          }
        }
      }
      for index in 0..<length {
        means[index] = Float(sums[index] / divisor).bitPattern.littleEndian
      }
      try means.withUnsafeBytes { try sink(UnsafeRawBufferPointer(rebasing: $0[..<(length * 4)])) }
    }
  }
}
