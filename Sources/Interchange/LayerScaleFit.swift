import Models

/// Finds the rule by which a width grows from layer to layer, from the widths.
struct LayerScaleFit {
  typealias Scale = OpenELMConfiguration.LayerScale

  let widths: [Int]
  let modelWidth: Int
  /// What widths were rounded to multiples of.
  let divisor: Int

  /// The multipliers of the published sizes (arXiv:2404.14619), attention's and feed-forward's.
  private static let published: [Scale] = [.init(0.5...1.0), .init(0.5...4.0)]

  /// More multipliers than this at an end are not tried: a width between 1,024 and 2,048 that was rounded
  /// to 256 leaves 25.
  private static let mostCandidates = 64

  /// The published rule, one multiplier for all, a straight line with the roundest ends, or where none of
  /// these gives the widths, a multiplier of each layer's own.
  ///
  /// - Parameter apply: The widths that a scale gives.
  func scale(_ apply: (Scale) -> [Int]) -> Scale {
    let exact = widths.map { Double($0) / Double(modelWidth) }
    for scale in Self.published where apply(scale) == widths { return scale }
    let constant = Scale(exact.first ?? 1)
    if apply(constant) == widths { return constant }
    let (firsts, lasts) = (candidates(for: widths.first), candidates(for: widths.last))
    let pairs = firsts.flatMap { first in lasts.map { (first, $0) } }
      .sorted {
        Self.roughness($0.0) + Self.roughness($0.1) < Self.roughness($1.0) + Self.roughness($1.1)
      }
    for (first, last) in pairs where first != last {
      let scale = Scale(first: Double(first) / 100, last: Double(last) / 100)
      if apply(scale) == widths { return scale }
    }
    return Scale(each: exact)
  }

  /// The multipliers that round to a width, in hundredths, as the reference rounds them.
  private func candidates(for width: Int?) -> [Int] {
    guard let width else { return [] }
    let (low, high) = (
      100 * (Double(width) - Double(divisor)) / Double(modelWidth),
      100 * (Double(width) + Double(divisor)) / Double(modelWidth)
    )
    let all = max(1, Int(low.rounded(.down)))...max(1, Int(min(high, 102_400).rounded(.up)))
    return Array(all.sorted { Self.roughness($0) < Self.roughness($1) }.prefix(Self.mostCandidates))
  }

  /// Less for numbers that people choose: wholes, halves, quarters, tenths, twentieths.
  private static func roughness(_ hundredths: Int) -> Int {
    [100, 50, 25, 10, 5].firstIndex { hundredths.isMultiple(of: $0) } ?? 5
  }
}
