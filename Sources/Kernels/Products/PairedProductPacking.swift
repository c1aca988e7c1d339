import CVectorInstructions

// The layout of a packed B: groups of 16 columns one after another, the last filled up with
// zeros; in a group, for every two consecutive elements of `inner`, the 16 columns' pairs, the
// first element of a pair in the lower half. An odd `inner` is filled up with a zero.
//
// The layout of a packed A: the same with groups of eight rows.

extension PairedProduct {
  static func pairCount(_ inner: Int) -> Int { (inner &+ 1) &>> 1 }

  /// Packs B, whose element (k, column) is at `k * stride + column`.
  ///
  /// - Parameter groupInner: The rows that a group of columns has room for, `inner` if not given.
  static func packGroups<Source: StoredElement>(
    stored b: UnsafePointer<Source>, stride: Int, inner: Int, columns: Int,
    into packed: UnsafeMutablePointer<UInt16>, groupInner: Int? = nil
  ) {
    let groupStep = pairCount(groupInner ?? inner) &* 64
    let wide = columns & ~31
    // Few columns at a time, so that few groups, which may compete for the same lines of the
    // cache, are written at once.
    for start in Swift.stride(from: 0, to: wide, by: packedColumnsAtOnce) {
      let end = min(wide, start &+ packedColumnsAtOnce)
      for k in Swift.stride(from: 0, to: inner & ~1, by: 2) {
        let even = b + k &* stride
        let odd = even + stride
        var place = UnsafeMutableRawPointer(packed) + ((start &>> 4) &* groupStep &+ k &* 32)
        for column in Swift.stride(from: start, to: end, by: 32) {
          let first = Source.pairs(even + column)
          let second = Source.pairs(odd + column)
          place.storeBytes(of: samara_interleave_low(first, second), as: PairVector.self)
          place.storeBytes(
            of: samara_interleave_high(first, second), toByteOffset: groupStep,
            as: PairVector.self)
          place += 2 &* groupStep
        }
      }
    }
    packSlowly(
      b, rowStride: 1, innerStride: stride, inner: inner, rows: wide..<columns, from: 0,
      group: 16, into: packed, groupStep: groupStep / 2)
    if inner & 1 == 1 {
      packSlowly(
        b, rowStride: 1, innerStride: stride, inner: inner, rows: 0..<wide,
        from: inner &- 1, group: 16, into: packed, groupStep: groupStep / 2)
    }
  }

  /// Packs B, whose element (k, column) is at `column * stride + k`.
  static func packGroups<Source: StoredElement>(
    transposed b: UnsafePointer<Source>, stride: Int, inner: Int, columns: Int,
    into packed: UnsafeMutablePointer<UInt16>
  ) {
    let groupStep = pairCount(inner) &* 64
    let wideColumns = columns & ~15
    let wideInner = inner & ~31
    for column in Swift.stride(from: 0, to: wideColumns, by: 16) {
      var place = UnsafeMutableRawPointer(packed) + (column &>> 4) &* groupStep
      for k in Swift.stride(from: 0, to: wideInner, by: 32) {
        var source = b + (column &* stride &+ k)
        for row in 0..<16 {
          place.storeBytes(
            of: Source.pairs(source), toByteOffset: 64 &* row,
            as: SIMD32<UInt16>.self)
          source += stride
        }
        samara_transpose_pairs(place)
        place += 1024
      }
    }
    packSlowly(
      b, rowStride: stride, innerStride: 1, inner: inner, rows: wideColumns..<columns, from: 0,
      group: 16, into: packed)
    packSlowly(
      b, rowStride: stride, innerStride: 1, inner: inner, rows: 0..<wideColumns,
      from: wideInner, group: 16, into: packed)
  }

  /// Packs rows of A, whose element (row, k) is at `k * stride + row`, in groups of eight.
  static func packRows(
    transposed a: UnsafePointer<BFloat16>, stride: Int, inner: Int, rows: Int,
    into packed: UnsafeMutablePointer<UInt16>
  ) {
    let groupStep = pairCount(inner) &* 32
    let wide = rows & ~31
    for row in Swift.stride(from: 0, to: wide, by: 32) {
      var source = UnsafeRawPointer(a + row)
      var place = UnsafeMutableRawPointer(packed) + (row &>> 3) &* groupStep
      for _ in 0..<(inner &>> 1) {
        let even = source.loadUnaligned(as: SIMD32<UInt16>.self)
        let odd = source.loadUnaligned(fromByteOffset: 2 &* stride, as: SIMD32<UInt16>.self)
        let low = samara_interleave_low(even, odd)
        let high = samara_interleave_high(even, odd)
        place.storeBytes(of: low.lowHalf, as: SIMD8<UInt32>.self)
        place.storeBytes(of: low.highHalf, toByteOffset: groupStep, as: SIMD8<UInt32>.self)
        place.storeBytes(of: high.lowHalf, toByteOffset: 2 &* groupStep, as: SIMD8<UInt32>.self)
        place.storeBytes(of: high.highHalf, toByteOffset: 3 &* groupStep, as: SIMD8<UInt32>.self)
        source += 4 &* stride
        place += 32
      }
    }
    packSlowly(
      a, rowStride: 1, innerStride: stride, inner: inner, rows: wide..<rows, from: 0, group: 8,
      into: packed)
    if inner & 1 == 1 {
      packSlowly(
        a, rowStride: 1, innerStride: stride, inner: inner, rows: 0..<wide,
        from: inner &- 1, group: 8, into: packed)
    }
  }

  /// Packs what whole vectors do not cover: `rows` (columns of B) from `start` in `inner` on,
  /// and the zeros that fill up the last group. Groups begin `groupStep` elements apart, without a
  /// gap if it is not given.
  private static func packSlowly<Source: StoredElement>(
    _ source: UnsafePointer<Source>, rowStride: Int, innerStride: Int, inner: Int,
    rows: Range<Int>, from start: Int, group: Int, into packed: UnsafeMutablePointer<UInt16>,
    groupStep: Int? = nil
  ) {
    if rows.isEmpty { return }
    let paired = 2 &* pairCount(inner)
    let groupStep = groupStep ?? paired &* group
    let filled = (rows.upperBound &+ group &- 1) / group &* group
    for row in rows.lowerBound..<filled {
      let place = packed + (row / group &* groupStep &+ row % group &* 2)
      for k in start..<paired {
        let isInside = row < rows.upperBound && k < inner
        place[(k &>> 1) &* 2 &* group &+ (k & 1)] =
          isInside ? source[row &* rowStride &+ k &* innerStride].bfloat16.bits : 0
      }
    }
  }
}
