import Models

/// `config.json` of an OpenELM, in the keys of Apple's `configuration_openelm.py` (the folders published
/// at https://huggingface.co/apple/OpenELM-270M) or in the shorter form of CoreNet's recipes, which has
/// no `model_type`.
struct HuggingFaceConfiguration {
  let settings: JSONSettings
  var path: String { settings.path }

  static let fileName = "config.json"
  private static let architecture = "openelm"
  /// Deeper than any model, and shallow enough that a list of its layers is nothing.
  private static let mostLayers = 1 << 16
  private static let sizes = 1...(1 << 24)

  /// - Throws: ``InterchangeError`` where the file is none, or is another architecture's.
  init(folder: String) throws(InterchangeError) {
    try self.init(JSONSettings(path: "\(folder)/\(Self.fileName)"))
  }

  /// - Throws: ``InterchangeError`` where the settings are another architecture's.
  init(_ settings: JSONSettings) throws(InterchangeError) {
    self.settings = settings
    let path = settings.path
    if let type = try settings.string("model_type") {
      guard type == Self.architecture else {
        throw .unknownArchitecture(path: path, found: "\"\(type)\"")
      }
    } else if !settings.has("num_transformer_layers") {
      let classes = settings.root["architectures"]?.array?.compactMap(\.string) ?? []
      throw .unknownArchitecture(
        path: path,
        found: classes.isEmpty
          ? "neither model_type nor num_transformer_layers" : classes.joined(separator: ", "))
    }
  }

  /// How weights are quantized, where they are: MLX's `quantization`.
  func quantization() throws(InterchangeError) -> AffineQuantization? {
    guard let object = try settings.object("quantization") else {
      guard let other = try settings.object("quantization_config") else { return nil }
      // MLX writes the same object under both names; other libraries write their own.
      let method = try other.string("quant_method") ?? "another method"
      throw .setting(
        path: path, key: "quantization_config", expected: "MLX's \"quantization\"",
        found: "that of \(method)")
    }
    return try AffineQuantization(object)
  }

  /// The sizes of the model.
  ///
  /// - Parameter has: Whether there is a weight of a name. It decides what the file leaves open, since
  ///   the libraries that read it fill the gap in different ways.
  /// - Throws: ``InterchangeError``.
  func configuration(has: (String) -> Bool) throws(InterchangeError) -> OpenELMConfiguration {
    try checkKind()
    let layerCount = try settings.integer("num_transformer_layers", in: 1...Self.mostLayers)
    let modelWidth = try settings.integer("model_dim", in: Self.sizes)
    let headWidth = try settings.integer("head_dim", in: Self.sizes)
    let heads = try perLayer("num_query_heads", layerCount)
    let keyValueHeads = try perLayer("num_kv_heads", layerCount)
    let group = try queriesPerKeyValueHead(heads, keyValueHeads)
    let configuration = OpenELMConfiguration(
      layerCount: layerCount, modelWidth: modelWidth, headWidth: headWidth,
      queriesPerKeyValueHead: group,
      attentionScale: try attentionScale(
        heads: heads, layerCount: layerCount, modelWidth: modelWidth, headWidth: headWidth),
      feedForwardScale: try scale("ffn_multipliers", layerCount),
      feedForwardDivisor: try settings.integer("ffn_dim_divisor", in: Self.sizes, default: 256),
      vocabularySize: try settings.integer("vocab_size", in: Self.sizes),
      contextLength: try settings.integer("max_context_length", in: Self.sizes, default: 2_048),
      sharesInputAndOutput: try settings.bool("share_input_output_layers")
        ?? !has("classifier.weight"),
      normalizesQueriesAndKeys: try settings.bool("normalize_qk_projections")
        ?? has("layers.0.attn.q_norm.weight"),
      rotaryBase: try settings.number("rope_freq_constant", default: 10_000),
      epsilon: Float(try settings.number("rms_norm_eps", default: 1e-6)))
    if let fault = configuration.fault { throw .invalidModel(path: path, fault: fault) }
    try check("num_query_heads", heads, configuration.layers.map(\.attention.queryHeads))
    try check("num_kv_heads", keyValueHeads, configuration.layers.map(\.attention.keyValueHeads))
    return configuration
  }

  /// What OpenELM could be configured to be, and never was.
  private func checkKind() throws(InterchangeError) {
    if try settings.bool("ffn_with_glu") == false {
      throw settings.failure("ffn_with_glu", "true", settings.root["ffn_with_glu"])
    }
    for (key, known) in [
      ("activation_fn_name", ["swish", "silu"]), ("normalization_layer_name", ["rms_norm"]),
    ] {
      if let found = try settings.string(key), !known.contains(found) {
        throw settings.failure(key, known.joined(separator: " or "), settings.root[key])
      }
    }
    if settings.has("rope_scaling") {
      throw settings.failure("rope_scaling", "none", settings.root["rope_scaling"])
    }
  }

  /// A number for every layer: a list of them. One number is what Apple's configuration holds before its
  /// lists are made, and says nothing.
  private func perLayer(_ key: String, _ layerCount: Int) throws(InterchangeError) -> [Int]? {
    guard let values = try settings.integers(key), settings.root[key]?.array != nil else {
      return nil
    }
    guard values.count == layerCount else {
      throw .setting(
        path: path, key: key, expected: "a number for each of \(layerCount) layers",
        found: "\(values.count)")
    }
    for (index, value) in values.enumerated() where !Self.sizes.contains(value) {
      throw .setting(
        path: path, key: "\(key)[\(index)]", expected: "1 to \(Self.sizes.upperBound)",
        found: "\(value)")
    }
    return values
  }

  /// `num_gqa_groups`, or what the lists of heads make it.
  private func queriesPerKeyValueHead(
    _ heads: [Int]?, _ keyValueHeads: [Int]?
  ) throws(InterchangeError) -> Int {
    if settings.has("num_gqa_groups") {
      return try settings.integer("num_gqa_groups", in: Self.sizes)
    }
    guard let first = heads?.first, let shared = keyValueHeads?.first, first % shared == 0 else {
      throw settings.failure(
        "num_gqa_groups", "the queries that share a key/value head, or lists of heads that say it",
        nil)
    }
    return first / shared
  }

  /// `qkv_multipliers`, or what makes the queries' width that of the heads listed.
  private func attentionScale(
    heads: [Int]?, layerCount: Int, modelWidth: Int, headWidth: Int
  ) throws(InterchangeError) -> OpenELMConfiguration.LayerScale {
    guard let heads, !settings.has("qkv_multipliers") else {
      return try scale("qkv_multipliers", layerCount)
    }
    return OpenELMConfiguration.LayerScale(
      each: heads.map { Double($0) * Double(headWidth) / Double(modelWidth) })
  }

  /// One multiplier, the first and the last, or one for each layer.
  private func scale(
    _ key: String, _ layerCount: Int
  ) throws(InterchangeError) -> OpenELMConfiguration.LayerScale {
    let values = try settings.numbers(key)
    switch (values?.count, values?.first, values?.last) {
    case (1, let value?, _): return .init(value)
    case (2, let first?, let last?): return .init(first: first, last: last)
    case (layerCount, _, _): return .init(each: values ?? [])
    default:
      throw .setting(
        path: path, key: key, expected: "one, two or \(layerCount) multipliers",
        found: values.map { "\($0.count)" } ?? "nothing")
    }
  }

  /// Holds that listed heads are those that the multipliers make.
  private func check(_ key: String, _ listed: [Int]?, _ made: [Int]) throws(InterchangeError) {
    guard let listed else { return }
    for (index, pair) in zip(listed, made).enumerated() where pair.0 != pair.1 {
      throw .setting(
        path: path, key: "\(key)[\(index)]",
        expected: "\(pair.1), as qkv_multipliers and num_gqa_groups make it", found: "\(pair.0)")
    }
  }
}
