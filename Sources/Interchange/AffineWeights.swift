import Checkpoints
import Kernels
import Layers
import Models

/// Weights of a folder that MLX quantized, as the numbers that it makes of them, in the type of their
/// scales.
///
/// A quantized weight `NAME.weight` is 32-bit words, with `NAME.scales` and `NAME.biases` beside it; what
/// is not quantized lies as it is. How many bits a weight has, its shapes tell, as they tell MLX: layers
/// may differ.
struct AffineWeights: WeightSource {
  let shards: SafetensorsShards
  let weightNames: [String]
  /// The quantized ones by name, with the shape of their numbers.
  private let quantized: [String: (quantization: AffineQuantization, shape: [Int])]

  /// - Throws: ``InterchangeError`` where the parts of a weight do not fit the configuration or one
  ///   another.
  init(
    _ shards: SafetensorsShards, configuration: OpenELMConfiguration
  ) throws(InterchangeError) {
    self.shards = shards
    var quantized: [String: (AffineQuantization, [Int])] = [:]
    var parts: Set<String> = []
    try configuration.forEachParameter { (name, shape) throws(InterchangeError) in
      guard shards.type(of: name) == .uint32 else { return }
      let (scales, biases) = Self.parts(of: name)
      quantized[name] = (
        try Self.quantization(of: name, shape: shape, scales, biases, in: shards), shape
      )
      parts.formUnion([scales, biases])
    }
    self.quantized = quantized
    weightNames = shards.weightNames.filter { !parts.contains($0) }
  }

  var path: String { shards.path }

  private static func parts(of name: String) -> (scales: String, biases: String) {
    let stem = name.hasSuffix(".weight") ? String(name.dropLast("weight".count)) : "\(name)."
    return ("\(stem)scales", "\(stem)biases")
  }

  /// The bits and the group of a weight whose numbers have `shape`.
  private static func quantization(
    of name: String, shape: [Int], _ scales: String, _ biases: String, in shards: SafetensorsShards
  ) throws(InterchangeError) -> AffineQuantization {
    func fault(_ tensor: String, _ expected: String, _ found: String) -> InterchangeError {
      .invalidQuantization(
        path: shards.path, tensor: tensor, expected: expected, found: found)
    }
    guard let words = shards.shape(of: name), words.count == 2, shape.count == 2,
      words[0] == shape[0]
    else {
      throw fault(
        name, "words for \(shape[0]) rows", "the shape \(shards.shape(of: name) ?? [])")
    }
    guard let groups = shards.shape(of: scales), groups.count == 2, groups[0] == shape[0],
      groups[1] > 0, shape[1] % groups[1] == 0, words[1] * 32 % shape[1] == 0
    else {
      throw fault(
        scales, "the scales of groups of \(shape[1]) numbers in each of \(shape[0]) rows",
        "the shape \(shards.shape(of: scales) ?? [])")
    }
    guard shards.shape(of: biases) == groups else {
      throw fault(
        biases, "the shape \(groups) of the scales",
        shards.shape(of: biases).map { "\($0)" } ?? "none")
    }
    let type = shards.type(of: scales)
    guard type?.weightFormat != nil, type == shards.type(of: biases) else {
      throw fault(
        scales, "scales and biases in F32, F16 or BF16, both alike",
        "\(type?.rawValue ?? "none") and \(shards.type(of: biases)?.rawValue ?? "none")")
    }
    let result = AffineQuantization(
      groupSize: shape[1] / groups[1], bits: words[1] * 32 / shape[1])
    guard AffineQuantization.groupSizes.contains(result.groupSize),
      AffineQuantization.bitCounts.contains(result.bits)
    else {
      throw fault(
        name, "groups of 32, 64 or 128 numbers of 2, 3, 4, 5, 6 or 8 bits",
        "groups of \(result.groupSize) of \(result.bits) bits")
    }
    return result
  }

  func shape(of name: String) -> [Int]? { quantized[name]?.shape ?? shards.shape(of: name) }

  func format(of name: String) -> WeightFormat? {
    quantized[name] == nil
      ? shards.format(of: name) : shards.format(of: Self.parts(of: name).scales)
  }

  func withWeight<Result>(_ name: String, _ body: ([WeightPart]) throws -> Result) throws -> Result {
    guard let (quantization, shape) = quantized[name], let format = format(of: name) else {
      return try shards.withWeight(name, body)
    }
    let (scales, biases) = Self.parts(of: name)
    let bytes = try shards.withBytes(of: name) { codes in
      try shards.withWeight(scales) { scales in
        try shards.withWeight(biases) { biases in
          AffineCodec.decoded(
            codes, scales: scales[0], biases: biases[0], bits: quantization.bits,
            groupSize: quantization.groupSize)
        }
      }
    }
    return try bytes.withUnsafeBytes {
      try body([WeightPart(format: format, elementCount: shape.reduce(1, *), bytes: $0)])
    }
  }
}
