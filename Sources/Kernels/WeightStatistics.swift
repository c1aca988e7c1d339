/// What there is to say of the numbers of a weight: their size, and whether all are numbers.
///
/// A part is read in pieces that fit the cache, so that a file larger than the memory can be looked at.
/// Pieces are cut by lengths alone and summed in order: the same numbers give the same bits.
public struct WeightStatistics: Sendable, Equatable {
  public var count = 0
  /// Σ x² of the finite ones.
  public var sumOfSquares = 0.0
  /// The least and the largest of the finite ones; infinite where there is none.
  public var minimum = Float.infinity
  public var maximum = -Float.infinity
  public var nanCount = 0
  public var infinityCount = 0
  public var zeroCount = 0

  /// Numbers read at a time: 256 KiB of them as float32.
  private static let grain = 1 << 16

  public init() {}

  /// The root of Σ x².
  public var norm: Double { sumOfSquares.squareRoot() }

  /// Whether every number is one.
  public var isFinite: Bool { nanCount == 0 && infinityCount == 0 }

  /// Adds the numbers of a part, in whatever format.
  public mutating func add(_ part: WeightPart) {
    let pieces = (part.elementCount + Self.grain - 1) / Self.grain
    guard pieces > 0 else { return }
    let results = ResultSlots(count: pieces)
    ThreadPool.shared.forEachRange(part.elementCount, grain: Self.grain) { range in
      results.set(range.lowerBound / Self.grain, to: Self.of(part.part(range)))
    }
    for result in results.values { add(result) }
  }

  /// Adds what is known of other numbers.
  public mutating func add(_ other: WeightStatistics) {
    count += other.count
    sumOfSquares += other.sumOfSquares
    minimum = min(minimum, other.minimum)
    maximum = max(maximum, other.maximum)
    nanCount += other.nanCount
    infinityCount += other.infinityCount
    zeroCount += other.zeroCount
  }

  private static func of(_ piece: WeightPart) -> WeightStatistics {
    var result = WeightStatistics()
    result.count = piece.elementCount
    withUnsafeTemporaryAllocation(of: Float.self, capacity: piece.elementCount) { numbers in
      guard let start = numbers.baseAddress else { return }
      WeightCodec.decode(piece, into: start)
      for number in numbers {
        if number.isFinite {
          let wide = Double(number)
          result.sumOfSquares += wide * wide
          result.minimum = min(result.minimum, number)
          result.maximum = max(result.maximum, number)
          if number == 0 { result.zeroCount += 1 }
        } else if number.isNaN {
          result.nanCount += 1
        } else {
          result.infinityCount += 1
        }
      }
    }
    return result
  }
}

/// A place for the result of each piece of a parallel loop; each is written once, by one thread.
private final class ResultSlots: @unchecked Sendable {
  private let slots: UnsafeMutableBufferPointer<WeightStatistics>

  init(count: Int) {
    slots = .allocate(capacity: count)
    slots.initialize(repeating: WeightStatistics())
  }

  deinit { slots.deallocate() }

  func set(_ index: Int, to value: WeightStatistics) { slots[index] = value }
  var values: [WeightStatistics] { Array(slots) }
}
