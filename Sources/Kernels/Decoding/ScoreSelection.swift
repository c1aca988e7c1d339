import Foundation

/// Chooses one of a model's scores [V]: the greatest, or one drawn from the most likely.
///
/// It owns what it works in, so that a choice allocates nothing. One pass finds the greatest score of
/// each block of 64; after it only blocks that hold a score worth looking at are read again.
public final class ScoreSelection: @unchecked Sendable {
  // Unchecked: one owner chooses with it at a time.

  /// Which scores are drawn from, in the order of the steps.
  public struct Limits: Sendable, Hashable {
    /// More than 0: what scores are divided by.
    public var temperature: Double
    /// Only scores at least as great as the k-th are drawn from; 0 means all.
    public var topK: Int
    /// Of those, only the greatest that together have this probability; 1 or more means all.
    public var topP: Double
    /// Of those, only such that have at least this fraction of the greatest one's probability.
    public var minP: Double

    public init(temperature: Double = 1, topK: Int = 0, topP: Double = 1, minP: Double = 0) {
      self.temperature = temperature
      self.topK = topK
      self.topP = topP
      self.minP = minP
    }
  }

  static let blockLength = 4 * laneCount

  private let maxima: UnsafeMutablePointer<Float>
  private let sums: UnsafeMutablePointer<Double>
  private let places: UnsafeMutablePointer<Int32>
  private let keys: UnsafeMutablePointer<UInt32>
  private let weights: UnsafeMutablePointer<Float>
  private let ranks: RankSelection
  /// V, the most scores.
  public let capacity: Int

  public init(capacity: Int) {
    precondition(capacity > 0 && capacity <= Int(Int32.max), "a choice among \(capacity) scores")
    self.capacity = capacity
    let blocks = (capacity + Self.blockLength - 1) / Self.blockLength
    maxima = .allocate(capacity: blocks)
    sums = .allocate(capacity: blocks)
    places = .allocate(capacity: capacity)
    keys = .allocate(capacity: capacity)
    // Weights are computed sixteen at a time.
    weights = .allocate(capacity: capacity + laneCount)
    ranks = RankSelection(capacity: capacity)
  }

  deinit {
    maxima.deallocate()
    sums.deallocate()
    places.deallocate()
    keys.deallocate()
    weights.deallocate()
  }

  /// The place of the greatest score, the first of equals; nil if one is not finite.
  public func greatest(_ scores: UnsafeBufferPointer<Float>) -> Int? {
    guard let (first, maximum) = survey(scores) else { return nil }
    var block = 0
    while maxima[block] != maximum { block += 1 }
    var place = block * Self.blockLength
    while first[place] != maximum { place += 1 }
    return place
  }

  /// A place drawn from softmax(scores / temperature) within the limits; nil if a score is not finite.
  ///
  /// - Parameter uniform: In [0, 1): the first place, in their own order, at which the probabilities
  ///   add up to more than this.
  public func draw(
    _ scores: UnsafeBufferPointer<Float>, _ limits: Limits, uniform: Double
  ) -> Int? {
    guard let (first, maximum) = survey(scores) else { return nil }
    let scale = Scale(maximum: maximum, temperature: limits.temperature)
    guard limits.topK > 0 && limits.topK < scores.count || limits.topP < 1 || limits.minP > 0 else {
      let total = weigh(first, scores.count, scale)
      return drawFromAll(first, scores.count, scale, rest: uniform * total)
    }
    let count = gather(first, scores.count, scale, limits)
    var rest = uniform * sum(count)
    var last = 0
    for index in 0..<count where weights[index] > 0 {
      last = index
      rest -= Double(weights[index])
      if rest < 0 { break }
    }
    return Int(places[last])
  }

  /// The places that are drawn from within the limits, ascending; nil if a score is not finite.
  package func kept(_ scores: UnsafeBufferPointer<Float>, _ limits: Limits) -> [Int32]? {
    guard let (first, maximum) = survey(scores) else { return nil }
    let scale = Scale(maximum: maximum, temperature: limits.temperature)
    let count = gather(first, scores.count, scale, limits)
    return Array(UnsafeBufferPointer(start: places, count: count))
  }
}

/// exp((score − maximum) / temperature), within float32.
private struct Scale {
  let maximum: Float
  let inverse: Float
  let temperature: Double

  init(maximum: Float, temperature: Double) {
    precondition(temperature > 0, "a draw at temperature \(temperature)")
    self.maximum = maximum
    self.temperature = temperature
    // Bounded so that the greatest score's own 0 stays 0.
    inverse = Float(min(1 / temperature, 1e30))
  }

  @inline(__always)
  func weights(_ scores: Vector) -> Vector { exponential((scores - maximum) * inverse) }

  /// A score below which no weight reaches `weight`, give or take rounding.
  func score(weighing weight: Double) -> Float {
    weight > 0 ? maximum + Float(temperature * log(weight)) : -.infinity
  }
}

extension ScoreSelection {
  /// Notes each block's greatest score; nil if one is not finite.
  private func survey(
    _ scores: UnsafeBufferPointer<Float>
  ) -> (first: UnsafePointer<Float>, maximum: Float)? {
    precondition(
      scores.count > 0 && scores.count <= capacity, "\(scores.count) scores of \(capacity)")
    guard let first = scores.baseAddress else { return nil }
    // Any number times 0 is 0, but for those that are not finite.
    var zero = Vector.zero
    var maximum = -Float.infinity
    for block in 0..<blocks(scores.count) {
      let values = self.block(block, of: first, scores.count, filler: scores[0])
      zero = multiplyAdd(values.0, .zero, multiplyAdd(values.1, .zero, zero))
      zero = multiplyAdd(values.2, .zero, multiplyAdd(values.3, .zero, zero))
      let greatest = horizontalMaximum(
        larger(larger(values.0, values.1), larger(values.2, values.3)))
      // A last block is filled up with the first score, which must not pass for one of its own.
      let isWhole = (block + 1) * Self.blockLength <= scores.count
      maxima[block] = isWhole ? greatest : tailMaximum(block, first, scores.count)
      maximum = max(maximum, maxima[block])
    }
    return horizontalSum(zero) == 0 ? (first, maximum) : nil
  }

  private func tailMaximum(_ block: Int, _ first: UnsafePointer<Float>, _ count: Int) -> Float {
    var maximum = -Float.infinity
    for place in block * Self.blockLength..<count { maximum = max(maximum, first[place]) }
    return maximum
  }

  @inline(__always)
  private func blocks(_ count: Int) -> Int {
    (count + Self.blockLength - 1) / Self.blockLength
  }

  /// Sixty-four scores, and `filler` where there are no more.
  @inline(__always)
  private func block(
    _ block: Int, of first: UnsafePointer<Float>, _ count: Int, filler: Float
  ) -> (Vector, Vector, Vector, Vector) {
    let start = first + block * Self.blockLength
    let rest = count - block * Self.blockLength
    if rest >= Self.blockLength {
      return (load(start), load(start + 16), load(start + 32), load(start + 48))
    }
    func part(_ offset: Int) -> Vector {
      rest >= offset + laneCount
        ? load(start + offset)
        : load(start + min(offset, rest), first: max(0, rest - offset), filler: filler)
    }
    return (part(0), part(16), part(32), part(48))
  }

  /// Notes the weight of each block; returns that of all.
  private func weigh(_ first: UnsafePointer<Float>, _ count: Int, _ scale: Scale) -> Double {
    var total = 0.0
    for block in 0..<blocks(count) {
      // What fills up the last block weighs nothing.
      let values = self.block(block, of: first, count, filler: -.infinity)
      let weight = scale.weights(values.0) + scale.weights(values.1)
      let others = scale.weights(values.2) + scale.weights(values.3)
      sums[block] = Double(horizontalSum(weight + others))
      total += sums[block]
    }
    return total
  }

  /// The place at which the weights have used up `rest`.
  private func drawFromAll(
    _ first: UnsafePointer<Float>, _ count: Int, _ scale: Scale, rest: Double
  ) -> Int {
    var rest = rest
    var block = 0
    let last = blocks(count) - 1
    while block < last, rest >= sums[block] {
      rest -= sums[block]
      block += 1
    }
    // Rounding may leave a rest at the end: the last place with a weight takes it.
    while block > 0, sums[block] == 0 { block -= 1 }
    let start = block * Self.blockLength
    var chosen = start
    for offset in stride(from: 0, to: min(Self.blockLength, count - start), by: laneCount) {
      let lanes = min(laneCount, count - start - offset)
      let weight = scale.weights(load(first + start + offset, first: lanes))
      for lane in 0..<lanes where weight[lane] > 0 {
        chosen = start + offset + lane
        rest -= Double(weight[lane])
        if rest < 0 { return chosen }
      }
    }
    return chosen
  }
}

extension ScoreSelection {
  /// Leaves in `places` and `weights` those within the limits, ascending; returns how many.
  private func gather(
    _ first: UnsafePointer<Float>, _ scoreCount: Int, _ scale: Scale, _ limits: Limits
  ) -> Int {
    let limitsCount = limits.topK > 0 && limits.topK < scoreCount
    var total: Double?
    // A bound that is cheap to find leaves few to be ranked exactly.
    var bound = -Float.infinity
    if limitsCount {
      bound = boundOfCount(limits.topK, scoreCount)
    } else if limits.topP < 1 {
      let all = weigh(first, scoreCount, scale)
      // V scores below it weigh at most half of what top-p leaves out.
      bound = scale.score(weighing: (1 - limits.topP) * all / Double(2 * scoreCount))
      total = all
    } else if limits.minP > 0 {
      bound = scale.score(weighing: 0.99 * limits.minP)
    }
    var count = candidates(first, scoreCount, from: min(bound, scale.maximum))
    weighCandidates(first, count, scale)
    if limitsCount {
      let (key, _) = ranks.threshold(
        keys, weights: nil, count: count, target: Double(limits.topK))
      count = keep(count) { keys[$0] >= key }
    }
    if limits.topP < 1 {
      count = keepMass(limits.topP * (total ?? sum(count)), count)
    }
    let least = Float(min(limits.minP, 1))
    return least > 0 ? keep(count) { weights[$0] >= least } : count
  }

  /// The k-th greatest of the blocks' maxima: there are k scores at least as great.
  private func boundOfCount(_ topK: Int, _ scoreCount: Int) -> Float {
    let count = blocks(scoreCount)
    guard topK <= count else { return -.infinity }
    for block in 0..<count { keys[block] = RankSelection.key(maxima[block]) }
    let (key, _) = ranks.threshold(keys, weights: nil, count: count, target: Double(topK))
    return RankSelection.score(key)
  }

  /// Lists the scores from `bound` upwards with their keys.
  private func candidates(
    _ first: UnsafePointer<Float>, _ scoreCount: Int, from bound: Float
  ) -> Int {
    var count = 0
    for block in 0..<blocks(scoreCount) where maxima[block] >= bound {
      let start = block * Self.blockLength
      for place in start..<min(start + Self.blockLength, scoreCount) {
        places[count] = Int32(truncatingIfNeeded: place)
        keys[count] = RankSelection.key(first[place])
        count += first[place] >= bound ? 1 : 0
      }
    }
    return count
  }

  private func weighCandidates(_ first: UnsafePointer<Float>, _ count: Int, _ scale: Scale) {
    for index in 0..<count { weights[index] = first[Int(places[index])] }
    for index in stride(from: 0, to: count, by: laneCount) {
      let lanes = min(laneCount, count - index)
      store(scale.weights(load(weights + index, first: lanes)), weights + index, first: lanes)
    }
  }

  /// Keeps the greatest scores that together weigh `target`, one at least; of equals the first.
  private func keepMass(_ target: Double, _ count: Int) -> Int {
    let target = max(target, .leastNonzeroMagnitude)
    let (key, above) = ranks.threshold(keys, weights: weights, count: count, target: target)
    var reached = above
    return keep(count) { index in
      if keys[index] > key { return true }
      guard keys[index] == key, reached < target else { return false }
      reached += Double(weights[index])
      return true
    }
  }

  /// Closes the ranks of the candidates that pass.
  @inline(__always)
  private func keep(_ count: Int, where passes: (Int) -> Bool) -> Int {
    var kept = 0
    for index in 0..<count where passes(index) {
      places[kept] = places[index]
      keys[kept] = keys[index]
      weights[kept] = weights[index]
      kept += 1
    }
    return kept
  }

  private func sum(_ count: Int) -> Double {
    var total = 0.0
    for index in 0..<count { total += Double(weights[index]) }
    return total
  }
}
