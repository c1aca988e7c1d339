import Layers

/// The sizes of an OpenELM (arXiv:2404.14619): width, depth, and how both parts of a layer grow from
/// the first layer to the last.
public struct OpenELMConfiguration: Sendable, Hashable, Codable {
  /// A multiplier of the model width, from the first layer to the last.
  public struct LayerScale: Sendable, Hashable, Codable {
    public var first: Double
    public var last: Double
    /// A multiplier of each layer's own, where a model does not follow the rule.
    public private(set) var each: [Double]?

    public init(_ range: ClosedRange<Double>) {
      first = range.lowerBound
      last = range.upperBound
    }

    public init(first: Double, last: Double) {
      self.first = first
      self.last = last
    }

    /// The same multiplier in every layer.
    public init(_ constant: Double) {
      first = constant
      last = constant
    }

    /// A multiplier of each layer's own; those that the rule gives too are kept as the rule, so that
    /// the same sizes are equal however they were written.
    public init(each multipliers: [Double]) {
      first = multipliers.first ?? 1
      last = multipliers.last ?? 1
      if self.multipliers(multipliers.count) != multipliers { each = multipliers }
    }

    /// The multiplier of every layer: evenly spaced values, rounded to two decimals as the reference
    /// rounds them, or each layer's own.
    package func multipliers(_ count: Int) -> [Double] {
      if let each { return each }
      guard first != last, count > 1 else { return Array(repeating: first, count: count) }
      let step = (last - first) / Double(count - 1)
      return (0..<count).map { layer in
        let value = layer == count - 1 ? last : first + Double(layer) * step
        return (value * 100).rounded(.toNearestOrEven) / 100
      }
    }
  }

  /// L, the number of layers.
  public var layerCount: Int
  /// D, the width of the residual stream.
  public var modelWidth: Int
  /// W, the width of a head.
  public var headWidth: Int
  /// How many query heads share one key/value head.
  public var queriesPerKeyValueHead: Int
  /// The queries' total width as a multiple of the model width.
  public var attentionScale: LayerScale
  /// The feed-forward width as a multiple of the model width.
  public var feedForwardScale: LayerScale
  /// What feed-forward widths are rounded to multiples of; 256 in the reference.
  public var feedForwardDivisor: Int
  /// V, the number of tokens, padded as the recipe wishes.
  public var vocabularySize: Int
  /// The longest sequence to train on.
  public var contextLength: Int
  /// Whether the output projection is the token table.
  public var sharesInputAndOutput: Bool
  /// Whether each head's queries and keys are normalized.
  public var normalizesQueriesAndKeys: Bool
  /// The base of the rotary angles; 10,000 in the reference.
  public var rotaryBase: Double
  /// What is added to mean squares before their root; 1e-6 in the reference.
  public var epsilon: Float

  public init(
    layerCount: Int, modelWidth: Int, headWidth: Int, queriesPerKeyValueHead: Int,
    attentionScale: LayerScale, feedForwardScale: LayerScale, feedForwardDivisor: Int = 256,
    vocabularySize: Int, contextLength: Int, sharesInputAndOutput: Bool = true,
    normalizesQueriesAndKeys: Bool = true, rotaryBase: Double = 10_000, epsilon: Float = 1e-6
  ) {
    self.layerCount = layerCount
    self.modelWidth = modelWidth
    self.headWidth = headWidth
    self.queriesPerKeyValueHead = queriesPerKeyValueHead
    self.attentionScale = attentionScale
    self.feedForwardScale = feedForwardScale
    self.feedForwardDivisor = feedForwardDivisor
    self.vocabularySize = vocabularySize
    self.contextLength = contextLength
    self.sharesInputAndOutput = sharesInputAndOutput
    self.normalizesQueriesAndKeys = normalizesQueriesAndKeys
    self.rotaryBase = rotaryBase
    self.epsilon = epsilon
  }

  /// What makes these sizes no model, if anything does.
  ///
  /// The bounds leave every product of sizes far below what 64 bits hold.
  public var fault: String? {
    let sizes = [
      ("layers", layerCount), ("model width", modelWidth), ("head width", headWidth),
      ("queries a key/value head", queriesPerKeyValueHead),
      ("feed-forward divisor", feedForwardDivisor), ("vocabulary", vocabularySize),
      ("context", contextLength),
    ]
    for (name, size) in sizes where !(1...(1 << 24)).contains(size) {
      return "\(name) of \(size), expected 1 to \(1 << 24)"
    }
    if headWidth % 2 != 0 { return "head width of \(headWidth), expected an even one" }
    for (name, scale) in [("attention", attentionScale), ("feed-forward", feedForwardScale)] {
      if let each = scale.each, each.count != layerCount {
        return "\(each.count) multipliers of \(name), expected one for each of \(layerCount) layers"
      }
    }
    let scales = [attentionScale, feedForwardScale].flatMap {
      [$0.first, $0.last] + ($0.each ?? [])
    }
    if let scale = scales.first(where: { !($0 > 0 && $0 <= 1_024) }) {
      return "a multiplier of \(scale), expected more than 0 and at most 1,024"
    }
    if headWidth * contextLength > Self.longestRotaryTable {
      return
        "a context of \(contextLength) with a head width of \(headWidth), expected a product of "
        + "at most \(Self.longestRotaryTable)"
    }
    let most = Double(1 << 53)
    if largestParameterCount > most { return "more than \(1 << 53) parameters" }
    if !(rotaryBase > 0 && rotaryBase.isFinite) { return "a rotary base of \(rotaryBase)" }
    return epsilon >= 0 && epsilon.isFinite ? nil : "an epsilon of \(epsilon)"
  }

  /// Angles of positions are kept in tables, which no weight bears out: a file that claims a longer
  /// context than any model has would fill the memory.
  private static let longestRotaryTable = 1 << 26

  /// No fewer parameters than there are, counted without the integers that absurd sizes overflow.
  private var largestParameterCount: Double {
    func widest(_ scale: LayerScale, _ divisor: Int) -> Double {
      let multiplier = ([scale.first, scale.last] + (scale.each ?? [])).max() ?? 1
      return Double(modelWidth) * multiplier + 2 * Double(divisor)
    }
    let attention = widest(attentionScale, headWidth * queriesPerKeyValueHead)
    let feedForward = widest(feedForwardScale, feedForwardDivisor)
    let layer = Double(modelWidth) * (4 * attention + 3 * feedForward)
    return Double(layerCount) * layer + 2 * Double(vocabularySize) * Double(modelWidth)
  }

  /// The sizes of one layer.
  public struct Layer: Sendable, Hashable {
    public var attention: Attention.Sizes
    /// F, the width between the two feed-forward projections.
    public var feedForwardWidth: Int
  }

  /// The sizes of every layer, first to last.
  public var layers: [Layer] {
    let attention = attentionScale.multipliers(layerCount)
    let feedForward = feedForwardScale.multipliers(layerCount)
    return zip(attention, feedForward).map { attention, feedForward in
      let queryWidth = Self.divisible(
        Double(modelWidth) * attention, by: headWidth * queriesPerKeyValueHead)
      let heads = queryWidth / headWidth
      return Layer(
        attention: Attention.Sizes(
          modelWidth: modelWidth, queryHeads: heads,
          keyValueHeads: heads / queriesPerKeyValueHead, headWidth: headWidth),
        feedForwardWidth: Self.divisible(
          feedForward * Double(modelWidth), by: feedForwardDivisor))
    }
  }

  /// The multiple of `divisor` nearest to `value`, raised by one where that loses over a tenth: the
  /// rule by which the reference makes widths divisible.
  static func divisible(_ value: Double, by divisor: Int) -> Int {
    let nearest = max(divisor, Int(value + Double(divisor) / 2) / divisor * divisor)
    return Double(nearest) < 0.9 * value ? nearest + divisor : nearest
  }
}
