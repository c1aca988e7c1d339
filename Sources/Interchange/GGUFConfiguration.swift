import GGUF
import Models

/// An OpenELM's sizes as keys: widths and heads of every layer, which the file lists one by one.
enum GGUFConfiguration {
  private typealias LayerScale = OpenELMConfiguration.LayerScale

  // Multipliers, from which the listed sizes came; files of others have none.
  private static let attentionKey = "samara.attention_multipliers"
  private static let feedForwardKey = "samara.feed_forward_multipliers"
  private static let divisorKey = "samara.feed_forward_divisor"

  private static func key(_ name: String) -> String { "\(GGUFModel.architecture).\(name)" }

  static func entries(_ configuration: OpenELMConfiguration) -> [GGUFEntry] {
    let layers = configuration.layers
    func size(_ name: String, _ value: Int) -> GGUFEntry {
      GGUFEntry(key(name), .uint32(UInt32(value)))
    }
    func sizes(_ name: String, _ value: (OpenELMConfiguration.Layer) -> Int) -> GGUFEntry {
      GGUFEntry(key(name), .array(.int32(layers.map { Int32(value($0)) })))
    }
    func multipliers(_ key: String, _ scale: LayerScale) -> GGUFEntry {
      GGUFEntry(key, .array(.float64(scale.each ?? [scale.first, scale.last])))
    }
    return [
      size("block_count", configuration.layerCount),
      size("context_length", configuration.contextLength),
      size("embedding_length", configuration.modelWidth),
      sizes("feed_forward_length") { $0.feedForwardWidth },
      sizes("attention.head_count") { $0.attention.queryHeads },
      sizes("attention.head_count_kv") { $0.attention.keyValueHeads },
      GGUFEntry(key("rope.freq_base"), .float32(Float(configuration.rotaryBase))),
      GGUFEntry(key("attention.layer_norm_rms_epsilon"), .float32(configuration.epsilon)),
      size("rope.dimension_count", configuration.headWidth),
      size("attention.key_length", configuration.headWidth),
      size("attention.value_length", configuration.headWidth),
      size("vocab_size", configuration.vocabularySize),
      multipliers(attentionKey, configuration.attentionScale),
      multipliers(feedForwardKey, configuration.feedForwardScale),
      GGUFEntry(divisorKey, .uint32(UInt32(configuration.feedForwardDivisor))),
    ]
  }

  /// The sizes that a file tells, which are held against the widths of every layer.
  static func read(_ file: GGUFFile) throws(GGUFError) -> OpenELMConfiguration {
    let sizes = try Sizes(file)
    try checkRotation(file, headWidth: sizes.headWidth)
    var configuration = OpenELMConfiguration(
      layerCount: sizes.layerCount, modelWidth: sizes.modelWidth, headWidth: sizes.headWidth,
      queriesPerKeyValueHead: sizes.group, attentionScale: LayerScale(1),
      feedForwardScale: LayerScale(1), vocabularySize: sizes.tokenCount,
      contextLength: sizes.contextLength,
      rotaryBase: try file.number(key("rope.freq_base")) ?? 10_000,
      epsilon: Float(
        try file.required(key("attention.layer_norm_rms_epsilon"), "a number") { $0.number }))
    try setAttentionScale(&configuration, sizes, file)
    try setFeedForwardScale(&configuration, sizes, file)
    if let fault = configuration.fault {
      throw .wrongValue(
        path: file.path, key: key("block_count"), expected: "the sizes of a model", found: fault)
    }
    return configuration
  }

  /// What the file says of sizes, each within what a model may have.
  private struct Sizes {
    var layerCount: Int
    var modelWidth: Int
    var contextLength: Int
    var tokenCount: Int
    var headWidth: Int
    /// Queries that share a key/value head.
    var group: Int
    var heads: [Int]
    var feedForwardWidths: [Int]

    /// No size is larger, so that no product of two overflows.
    static let largest = 1 << 24

    init(_ file: GGUFFile) throws(GGUFError) {
      // A layer has tensors, so that a file of so many bytes cannot claim more layers than those.
      let most = file.tensors.count
      layerCount = try Self.size("block_count", file, most: most)
      modelWidth = try Self.size("embedding_length", file)
      contextLength = try Self.size("context_length", file)
      heads = try Self.sizes("attention.head_count", file, layerCount)
      feedForwardWidths = try Self.sizes("feed_forward_length", file, layerCount)
      let keyHeads = try Self.sizes("attention.head_count_kv", file, layerCount)
      headWidth = try Self.size(
        "attention.key_length", file, else: max(1, modelWidth / (heads.first ?? 1)))
      let valueWidth = try Self.size("attention.value_length", file, else: headWidth)
      group = (heads.first ?? 1) / (keyHeads.first ?? 1)
      for (layer, (queries, keys)) in zip(heads, keyHeads).enumerated() {
        guard queries == group * keys, queries > 0 else {
          throw .wrongValue(
            path: file.path, key: key("attention.head_count_kv"),
            expected: "in every layer as many queries a key/value head as in the first, \(group)",
            found: "\(keys) for \(queries) in layer \(layer)")
        }
      }
      guard valueWidth == headWidth else {
        throw .wrongValue(
          path: file.path, key: key("attention.value_length"),
          expected: "the width of keys, \(headWidth)", found: "\(valueWidth)")
      }
      guard let table = file.tensor("token_embd.weight"), table.shape.count == 2 else {
        throw .wrongValue(
          path: file.path, key: key("embedding_length"),
          expected: "a table of tokens \"token_embd.weight\" of two dimensions", found: "none")
      }
      tokenCount = table.shape[0]
    }

    private static func size(
      _ name: String, _ file: GGUFFile, else absent: Int? = nil, most: Int = largest
    ) throws(GGUFError) -> Int {
      let key = key(name)
      if let absent, file.value(of: key) == nil { return absent }
      let range = 1...max(1, min(most, largest))
      return try file.required(key, "an integer from \(range.lowerBound) to \(range.upperBound)") {
        value in value.integer.flatMap { range.contains($0) ? $0 : nil }
      }
    }

    /// One size for all layers, or one for each.
    private static func sizes(
      _ name: String, _ file: GGUFFile, _ count: Int
    ) throws(GGUFError) -> [Int] {
      let range = 1...largest
      return try file.required(
        key(name), "an integer or \(count) of them, from 1 to \(largest)"
      ) { value in
        let sizes =
          value.array?.integers ?? value.integer.map { Array(repeating: $0, count: count) }
        return sizes.flatMap { $0.count == count && $0.allSatisfy(range.contains) ? $0 : nil }
      }
    }
  }

  /// Holds that positions are turned as an OpenELM's are: all of a head, and not stretched.
  private static func checkRotation(_ file: GGUFFile, headWidth: Int) throws(GGUFError) {
    if let width = try file.integer(key("rope.dimension_count")), width != headWidth {
      throw .wrongValue(
        path: file.path, key: key("rope.dimension_count"),
        expected: "the width of a head, \(headWidth)", found: "\(width)")
    }
    if let type = try file.string(key("rope.scaling.type")), type != "none" {
      throw .wrongValue(
        path: file.path, key: key("rope.scaling.type"), expected: "\"none\"", found: "\"\(type)\"")
    }
  }

  private static func setAttentionScale(
    _ configuration: inout OpenELMConfiguration, _ sizes: Sizes, _ file: GGUFFile
  ) throws(GGUFError) {
    let widths = sizes.heads.map { $0 * sizes.headWidth }
    for scale in try candidates(widths, attentionKey, LayerScale(0.5...1), sizes, file) {
      configuration.attentionScale = scale
      if configuration.layers.map(\.attention.queryHeads) == sizes.heads { return }
    }
    throw .wrongValue(
      path: file.path, key: key("attention.head_count"),
      expected: "multiples of \(sizes.group) heads", found: "\(sizes.heads)")
  }

  private static func setFeedForwardScale(
    _ configuration: inout OpenELMConfiguration, _ sizes: Sizes, _ file: GGUFFile
  ) throws(GGUFError) {
    let widths = sizes.feedForwardWidths
    let recorded = try file.integer(divisorKey).flatMap {
      (1...Sizes.largest).contains($0) ? $0 : nil
    }
    let scales = try candidates(widths, feedForwardKey, LayerScale(0.5...4), sizes, file)
    let divisors = (recorded.map { [$0] } ?? []) + [256, widths.reduce(0, greatestCommonDivisor)]
    for divisor in divisors {
      configuration.feedForwardDivisor = divisor
      for scale in scales {
        configuration.feedForwardScale = scale
        if configuration.layers.map(\.feedForwardWidth) == widths { return }
      }
    }
    throw .wrongValue(
      path: file.path, key: key("feed_forward_length"),
      expected: "widths that multipliers of \(sizes.modelWidth) give", found: "\(widths)")
  }

  /// Multipliers that may give these widths, the simplest first: what the file records, what the
  /// published models have, a straight line, and at last each layer's own.
  private static func candidates(
    _ widths: [Int], _ recordedKey: String, _ published: LayerScale, _ sizes: Sizes,
    _ file: GGUFFile
  ) throws(GGUFError) -> [LayerScale] {
    let ratios = widths.map { Double($0) / Double(sizes.modelWidth) }
    let recorded = try file.optional(recordedKey, "2 or \(sizes.layerCount) multipliers") {
      value -> LayerScale? in
      guard let values = value.array?.numbers, let first = values.first, let last = values.last,
        values.allSatisfy({ $0 > 0 && $0 <= 1_024 })
      else { return nil }
      if values.count == 2 { return LayerScale(first: first, last: last) }
      return values.count == sizes.layerCount ? LayerScale(each: values) : nil
    }
    let line = LayerScale(first: ratios.first ?? 1, last: ratios.last ?? 1)
    return (recorded.map { [$0] } ?? []) + [published, line, LayerScale(each: ratios)]
  }

  private static func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
    b == 0 ? a : greatestCommonDivisor(b, a % b)
  }
}
