import Layers
import Models

/// The sizes of an OpenELM as its weights' shapes tell them.
package struct CoreNetShapes {
  private let source: any WeightSource
  private let vocabularySize: Int
  private let modelWidth: Int
  private let headWidth: Int
  private let groups: Int
  /// Of each layer, the queries' total width.
  private let attentionWidths: [Int]
  private let feedForwardWidths: [Int]
  private let normalizesQueriesAndKeys: Bool

  /// Reads the shapes, which must be those of layers numbered from 0.
  ///
  /// - Throws: ``InterchangeError`` where they are no OpenELM's, or the width of a head is unknown.
  package init(_ source: any WeightSource, headWidth: Int?) throws(InterchangeError) {
    self.source = source
    let table = try Self.matrix("token_embeddings.weight", in: source)
    (vocabularySize, modelWidth) = (table.rows, table.columns)
    let layerCount = try Self.layerCount(of: source)
    normalizesQueriesAndKeys = source.shape(of: "layers.0.attn.q_norm.weight") != nil
    let width = try Self.headWidth(of: source, given: headWidth)
    self.headWidth = width
    var groups: Int?
    var (attention, feedForward): ([Int], [Int]) = ([], [])
    for layer in 0..<layerCount {
      let name = "layers.\(layer)"
      let heads = try Self.heads(name, width: width, in: source)
      guard groups == nil || groups == heads.groups else {
        throw .setting(
          path: source.path, key: "\(name).attn.qkv_proj.weight",
          expected: "\(groups ?? 0) queries a key/value head, as in layer 0",
          found: "\(heads.groups)")
      }
      groups = heads.groups
      attention.append(heads.width)
      feedForward.append(try Self.feedForwardWidth(name, in: source))
    }
    self.groups = groups ?? 1
    attentionWidths = attention
    feedForwardWidths = feedForward
  }

  /// The configuration that gives these shapes, every one of which is held against it.
  ///
  /// - Throws: ``InterchangeError``, `WeightError`.
  package func configuration(contextLength: Int) throws -> OpenELMConfiguration {
    var configuration = OpenELMConfiguration(
      layerCount: attentionWidths.count, modelWidth: modelWidth, headWidth: headWidth,
      queriesPerKeyValueHead: groups, attentionScale: .init(1), feedForwardScale: .init(1),
      vocabularySize: vocabularySize, contextLength: contextLength,
      sharesInputAndOutput: source.shape(of: "classifier.weight") == nil,
      normalizesQueriesAndKeys: normalizesQueriesAndKeys)
    // What is read has to hold before layers are counted by it.
    if let fault = configuration.fault {
      throw InterchangeError.invalidModel(path: source.path, fault: fault)
    }
    // The reference's divisor, where it divides; all widths' own elsewhere.
    let common = feedForwardWidths.reduce(0, Self.greatestCommonDivisor)
    configuration.feedForwardDivisor = common.isMultiple(of: 256) ? 256 : common
    configuration.attentionScale = LayerScaleFit(
      widths: attentionWidths, modelWidth: modelWidth, divisor: headWidth * groups
    ).scale { scale in
      var candidate = configuration
      candidate.attentionScale = scale
      return candidate.layers.map { $0.attention.queryHeads * $0.attention.headWidth }
    }
    configuration.feedForwardScale = LayerScaleFit(
      widths: feedForwardWidths, modelWidth: modelWidth,
      divisor: configuration.feedForwardDivisor
    ).scale { scale in
      var candidate = configuration
      candidate.feedForwardScale = scale
      return candidate.layers.map(\.feedForwardWidth)
    }
    if let fault = configuration.fault {
      throw InterchangeError.invalidModel(path: source.path, fault: fault)
    }
    try configuration.check(source)
    return configuration
  }

  private static func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
    var (a, b) = (a, b)
    while b != 0 { (a, b) = (b, a % b) }
    return a
  }

  // MARK: - Shapes

  private static func matrix(
    _ name: String, in source: any WeightSource
  ) throws(InterchangeError) -> (rows: Int, columns: Int) {
    guard let shape = source.shape(of: name) else {
      throw .setting(
        path: source.path, key: name, expected: "a weight of an OpenELM by CoreNet's name",
        found: "none; there are \(source.weightNames.prefix(5).joined(separator: ", "))")
    }
    guard shape.count == 2, shape.allSatisfy({ (1...(1 << 24)).contains($0) }) else {
      throw .setting(
        path: source.path, key: name, expected: "a matrix with sides of 1 to \(1 << 24)",
        found: "shape \(shape)")
    }
    return (shape[0], shape[1])
  }

  private static func layerCount(of source: any WeightSource) throws(InterchangeError) -> Int {
    var layers: Set<Int> = []
    for name in source.weightNames {
      let parts = name.split(separator: ".", maxSplits: 2)
      if parts.count == 3, parts[0] == "layers", let layer = Int(parts[1]) { layers.insert(layer) }
    }
    guard !layers.isEmpty, layers == Set(0..<layers.count) else {
      throw .setting(
        path: source.path, key: "layers", expected: "layers numbered from 0 without gaps",
        found: "\(layers.count) with numbers up to \(layers.max() ?? 0)")
    }
    return layers.count
  }

  private static func headWidth(
    of source: any WeightSource, given: Int?
  ) throws(InterchangeError) -> Int {
    let name = "layers.0.attn.q_norm.weight"
    guard let shape = source.shape(of: name) else {
      guard let given else {
        throw .setting(
          path: source.path, key: name,
          expected: "the norm of queries, which tells the width of a head",
          found: "none; give the width with --head-width, as 64 or 128")
      }
      guard (1...(1 << 16)).contains(given) else {
        throw .setting(
          path: source.path, key: "the head width", expected: "1 to \(1 << 16)", found: "\(given)")
      }
      return given
    }
    guard shape.count == 1, (1...(1 << 16)).contains(shape[0]) else {
      throw .setting(
        path: source.path, key: name, expected: "a vector of 1 to \(1 << 16) numbers",
        found: "shape \(shape)")
    }
    guard given == nil || given == shape[0] else {
      throw .setting(
        path: source.path, key: name, expected: "the head width \(given ?? 0) that was given",
        found: "\(shape[0])")
    }
    return shape[0]
  }

  /// The queries' total width, and how many query heads share a key/value head: rows of the common
  /// projection are queries, keys and values.
  private static func heads(
    _ layer: String, width: Int, in source: any WeightSource
  ) throws(InterchangeError) -> (width: Int, groups: Int) {
    let projection = try matrix("\(layer).attn.qkv_proj.weight", in: source)
    let output = try matrix("\(layer).attn.out_proj.weight", in: source)
    let shared = projection.rows - output.columns
    let keyWidth = shared / 2
    guard shared > 0, shared.isMultiple(of: 2), keyWidth.isMultiple(of: width),
      output.columns.isMultiple(of: keyWidth)
    else {
      throw .setting(
        path: source.path, key: "\(layer).attn.qkv_proj.weight",
        expected:
          "rows for \(output.columns) of queries and for whole heads of \(width) of keys and "
          + "values",
        found: "\(projection.rows) rows")
    }
    return (output.columns, output.columns / keyWidth)
  }

  private static func feedForwardWidth(
    _ layer: String, in source: any WeightSource
  ) throws(InterchangeError) -> Int {
    let (first, second) = (
      try matrix("\(layer).ffn.proj_1.weight", in: source),
      try matrix("\(layer).ffn.proj_2.weight", in: source)
    )
    guard first.rows == 2 * second.columns else {
      throw .setting(
        path: source.path, key: "\(layer).ffn.proj_1.weight",
        expected: "\(2 * second.columns) rows, of gates and of values", found: "\(first.rows)")
    }
    return second.columns
  }
}
