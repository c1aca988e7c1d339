import CVectorInstructions

/// Products of bfloat16 matrices by the processor's dot products of pairs, summed in float32.
///
/// Every element of C is one chain of additions over `inner`, so its bits do not depend on how rows
/// and columns are cut over threads, on the orientation of A and B, or on who packs B.
package enum PairedProduct {
  /// What computes: the processor's instructions where this build has them, or plain vectors, which
  /// differ in the order of the two additions of a pair.
  package enum Instructions: Sendable {
    case fastest
    case portable
  }

  /// Where C is, and whether sums are added to what it holds.
  package struct Target<C: StoredElement> {
    var start: UnsafeMutablePointer<C>
    let stride: Int
    let isAccumulating: Bool

    package init(_ start: UnsafeMutablePointer<C>, stride: Int, isAccumulating: Bool) {
      self.start = start
      self.stride = stride
      self.isAccumulating = isAccumulating
    }
  }

  /// Whether `.fastest` means the processor's bfloat16 instructions.
  package static var hasNativeInstructions: Bool { SAMARA_HAS_BFLOAT16_INSTRUCTIONS != 0 }

  /// The number of elements that `pack` writes.
  package static func packedCount(inner: Int, columns: Int) -> Int {
    pairCount(inner) &* 2 &* ((columns &+ 15) & ~15)
  }

  /// Where column `column`, a multiple of 16, begins in a packed B, so that threads can share one
  /// packing and divide its columns.
  package static func packedOffset(inner: Int, column: Int) -> Int {
    pairCount(inner) &* 2 &* column
  }

  /// The number of elements of scratch that `run` needs; `packsB` is false for a packed B.
  package static func scratchCount(
    _ size: ProductSize, transposesA: Bool, packsB: Bool
  ) -> Int {
    let b =
      packsB
      ? packedCount(
        inner: size.inner, columns: min(size.columns, columnBlock(inner: size.inner))) : 0
    let paddedRows = paddedRowBlock(rows: size.rows, inner: size.inner)
    let a = transposesA ? pairCount(size.inner) &* 2 &* paddedRows : 0
    return b &+ keptCount(rows: size.rows, inner: size.inner) &+ a &+ 32
  }

  /// Lays out B [inner, columns] as `run` reads it, rounding it if it is float32. `packed` is best
  /// aligned to 64 bytes.
  package static func pack<E: StoredElement>(
    _ b: Operand<E>, inner: Int, columns: Int, into packed: UnsafeMutablePointer<UInt16>
  ) {
    if b.isTransposed {
      packGroups(
        transposed: b.start, stride: b.stride, inner: inner, columns: columns, into: packed)
    } else {
      packGroups(stored: b.start, stride: b.stride, inner: inner, columns: columns, into: packed)
    }
  }

  /// Multiplies by a packed B, on the calling thread alone. Sums are rounded once, at the end.
  ///
  /// `packedInner` is what B was packed with; the product may use fewer of its rows.
  package static func run<C: StoredElement>(
    _ a: Operand<BFloat16>, packed b: UnsafePointer<UInt16>, packedInner: Int,
    into c: Target<C>, _ size: ProductSize, scratch: UnsafeMutablePointer<UInt16>,
    using instructions: Instructions = .fastest
  ) {
    multiply(
      a, .packed(b, inner: packedInner), into: c, size, scratch: scratch, using: instructions)
  }

  /// Multiplies by a B that is packed here, some columns at a time, into `scratch`.
  package static func run<C: StoredElement>(
    _ a: Operand<BFloat16>, _ b: Operand<BFloat16>, into c: Target<C>, _ size: ProductSize,
    scratch: UnsafeMutablePointer<UInt16>, using instructions: Instructions = .fastest
  ) {
    multiply(a, .unpacked(b), into: c, size, scratch: scratch, using: instructions)
  }
}
