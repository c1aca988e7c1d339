/// Makes signatures of documents: for each of k hash functions, 8 bits of the smallest value.
///
/// The functions are a · x + b modulo 2³² of the shingles' hashes, with a odd, so that each is a
/// permutation of the 32-bit numbers; a and b are SplitMix64's from seed 0, so that signatures made
/// anywhere and at any time can be compared.
package struct MinHasher: Sendable {
  private let shingles: NearDuplicateFilter.Shingles
  private let count: Int
  private let multipliers: [UInt32]
  private let offsets: [UInt32]

  /// Makes the functions that a filter asks for.
  package init(_ filter: NearDuplicateFilter) {
    shingles = filter.shingles
    count = filter.hashCount
    var multipliers: [UInt32] = []
    var offsets: [UInt32] = []
    for index in 1...(count + 15) / 16 * 16 {
      let value = mixed(UInt64(index) &* goldenStep)
      multipliers.append(UInt32(truncatingIfNeeded: value) | 1)
      offsets.append(UInt32(truncatingIfNeeded: value >> 32))
    }
    self.multipliers = multipliers
    self.offsets = offsets
  }

  /// Whether signatures are made of words, which others may need as well.
  package var usesWords: Bool { if case .words = shingles { true } else { false } }

  /// The signature of a text, empty if there is nothing in it.
  ///
  /// - Parameter words: the text's words, if they are known.
  package func signature(
    of text: UnsafeBufferPointer<UInt8>, words: [UInt64]? = nil
  ) -> [UInt8] {
    switch shingles {
    case .words(let length):
      signature(of: words ?? wordHashes(of: text), length: length)
    case .characters(let length):
      signature(of: normalizedCharacters(of: text), length: length)
    }
  }

  private func signature<Unit: UnsignedInteger & FixedWidthInteger>(
    of units: [Unit], length: Int
  ) -> [UInt8] {
    guard !units.isEmpty else { return [] }
    var minima = [UInt32](repeating: .max, count: multipliers.count)
    units.withUnsafeBufferPointer { units in
      withUnsafeTemporaryAllocation(of: UInt32.self, capacity: Self.block) { block in
        var filled = 0
        forEachRun(of: min(length, units.count), in: units) { hash in
          block[filled] = UInt32(truncatingIfNeeded: hash >> 32)
          filled += 1
          if filled == Self.block {
            lower(&minima, by: UnsafeBufferPointer(block))
            filled = 0
          }
        }
        // A shingle that is there twice changes nothing: the last one fills up.
        while filled % 8 != 0 {
          block[filled] = block[filled - 1]
          filled += 1
        }
        lower(&minima, by: UnsafeBufferPointer(rebasing: block[..<filled]))
      }
    }
    return minima[..<count].map(Self.byte)
  }

  /// Shingles that are hashed at a time: they and the minima stay in the nearest cache.
  private static let block = 1_024

  private func lower(_ minima: inout [UInt32], by shingles: UnsafeBufferPointer<UInt32>) {
    let count = multipliers.count
    minima.withUnsafeMutableBufferPointer { minima in
      multipliers.withUnsafeBufferPointer { multipliers in
        offsets.withUnsafeBufferPointer { offsets in
          // Eight shingles at a time, so that the minima are not loaded and stored for each.
          for start in stride(from: 0, to: shingles.count, by: 8) {
            let (x0, x1) = (shingles[start], shingles[start + 1])
            let (x2, x3) = (shingles[start + 2], shingles[start + 3])
            let (x4, x5) = (shingles[start + 4], shingles[start + 5])
            let (x6, x7) = (shingles[start + 6], shingles[start + 7])
            for index in 0..<count {
              let (a, b) = (multipliers[index], offsets[index])
              let one = min(min(a &* x0 &+ b, a &* x1 &+ b), min(a &* x2 &+ b, a &* x3 &+ b))
              let two = min(min(a &* x4 &+ b, a &* x5 &+ b), min(a &* x6 &+ b, a &* x7 &+ b))
              minima[index] = min(minima[index], min(one, two))
            }
          }
        }
      }
    }
  }

  /// Eight bits on which all bits of a minimum bear (MurmurHash3's finalizer): its own are mostly 0.
  private static func byte(_ minimum: UInt32) -> UInt8 {
    var value = minimum
    value = (value ^ (value >> 16)) &* 0x85eb_ca6b
    value = (value ^ (value >> 13)) &* 0xc2b2_ae35
    return UInt8(truncatingIfNeeded: value >> 24)
  }
}
