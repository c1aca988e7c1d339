import CVectorInstructions

/// How the kernel finds the pairs of A.
protocol RowAccess {
  /// Bytes from one pair of a row to the next.
  static var pairStep: Int { get }
  /// Whether the last pair of an odd `inner` has to be made of one element.
  static var readsHalfPairs: Bool { get }
  static func rowStep(_ step: Int) -> Int
  /// The row to read for row `row` of a tile of which only `rows` exist.
  static func row(_ row: Int, of rows: Int) -> Int
}

/// A as the caller has it, row by row.
enum StoredRows: RowAccess {
  static var pairStep: Int { 4 }
  static var readsHalfPairs: Bool { true }
  @inline(__always) static func rowStep(_ step: Int) -> Int { step }
  @inline(__always) static func row(_ row: Int, of rows: Int) -> Int { min(row, rows &- 1) }
}

/// A packed in groups of eight rows, the eight pairs of a step side by side.
enum PackedRows: RowAccess {
  static var pairStep: Int { 32 }
  static var readsHalfPairs: Bool { false }
  @inline(__always) static func rowStep(_ step: Int) -> Int { 4 }
  @inline(__always) static func row(_ row: Int, of rows: Int) -> Int { row }
}

/// The tiles of some rows of A and one tile's width of columns of B, for one block of `inner`.
struct TileRun {
  var a: UnsafeRawPointer
  /// Bytes from one row of A to the next.
  var rowStep: Int
  var b: UnsafeRawPointer
  /// Bytes from one group of columns of B to the next.
  var groupStep: Int
  var rows: Int
  var columns: Int
  /// Whole pairs of this block of `inner`; `hasHalfPair` says that one more element follows.
  var pairs: Int
  var hasHalfPair: Bool
  /// Where the sums wait between blocks of `inner`.
  var kept: UnsafeMutablePointer<Float>
  var isFirst: Bool
  var isLast: Bool
}

/// Eight rows of sums, all in registers: with three vectors a row, 24 of the 32 there are.
struct Tile<Row: TileRow, I: PairInstructions> {
  var r0 = Row(), r1 = Row(), r2 = Row(), r3 = Row()
  var r4 = Row(), r5 = Row(), r6 = Row(), r7 = Row()

  @inline(__always) init() {}

  @inline(__always)
  init(kept pointer: UnsafePointer<Float>) {
    let width = 16 &* Row.vectors
    r0 = Row(kept: pointer)
    r1 = Row(kept: pointer + width)
    r2 = Row(kept: pointer + 2 &* width)
    r3 = Row(kept: pointer + 3 &* width)
    r4 = Row(kept: pointer + 4 &* width)
    r5 = Row(kept: pointer + 5 &* width)
    r6 = Row(kept: pointer + 6 &* width)
    r7 = Row(kept: pointer + 7 &* width)
  }

  @inline(__always)
  func keep(at pointer: UnsafeMutablePointer<Float>) {
    let width = 16 &* Row.vectors
    r0.keep(at: pointer)
    r1.keep(at: pointer + width)
    r2.keep(at: pointer + 2 &* width)
    r3.keep(at: pointer + 3 &* width)
    r4.keep(at: pointer + 4 &* width)
    r5.keep(at: pointer + 5 &* width)
    r6.keep(at: pointer + 6 &* width)
    r7.keep(at: pointer + 7 &* width)
  }

  @inline(__always)
  func write<C: StoredElement>(
    to c: UnsafeMutablePointer<C>, stride: Int, rows: Int, accumulating: Bool
  ) {
    r0.write(to: c, accumulating: accumulating)
    if rows < 2 { return }
    r1.write(to: c + stride, accumulating: accumulating)
    if rows < 3 { return }
    r2.write(to: c + 2 &* stride, accumulating: accumulating)
    if rows < 4 { return }
    r3.write(to: c + 3 &* stride, accumulating: accumulating)
    if rows < 5 { return }
    r4.write(to: c + 4 &* stride, accumulating: accumulating)
    if rows < 6 { return }
    r5.write(to: c + 5 &* stride, accumulating: accumulating)
    if rows < 7 { return }
    r6.write(to: c + 6 &* stride, accumulating: accumulating)
    if rows < 8 { return }
    r7.write(to: c + 7 &* stride, accumulating: accumulating)
  }
}

/// Sums tiles over one block of `inner`, in the order of `inner`, and writes them out after the
/// last block.
///
/// Every element of the product is one chain of additions from its first pair to its last, so
/// no choice of blocks, tiles or threads can change its bits.
@inline(never)
func multiplyTiles<Row: TileRow, A: RowAccess, C: StoredElement, I: PairInstructions>(
  _ run: borrowing TileRun, into target: borrowing PairedProduct.Target<C>, row: Row.Type,
  access: A.Type, by instructions: I.Type
) {
  let step = A.rowStep(run.rowStep)
  let groupStep = run.groupStep
  let end = run.pairs &* A.pairStep
  var c = target.start
  var kept = run.kept
  var a0 = run.a
  var rows = run.rows
  // The first tiles bring the columns that come next nearer, each a group.
  var ahead = run.b + Row.vectors &* groupStep
  let lastAhead = ahead + Row.vectors &* groupStep
  while rows > 0 {
    let a1 = a0 + A.row(1, of: rows) &* step
    let a2 = a0 + A.row(2, of: rows) &* step
    let a3 = a0 + A.row(3, of: rows) &* step
    let a4 = a0 + A.row(4, of: rows) &* step
    let a5 = a0 + A.row(5, of: rows) &* step
    let a6 = a0 + A.row(6, of: rows) &* step
    let a7 = a0 + A.row(7, of: rows) &* step
    var b = run.b
    var next = ahead < lastAhead ? ahead : b
    var tile = run.isFirst ? Tile<Row, I>() : Tile<Row, I>(kept: kept)

    var offset = 0
    while offset < end {
      let pairs = Row.pairs(at: b, groupStep: groupStep)
      samara_prefetch(next)
      tile.r0.add(a0.loadUnaligned(fromByteOffset: offset, as: UInt32.self), pairs, by: I.self)
      tile.r1.add(a1.loadUnaligned(fromByteOffset: offset, as: UInt32.self), pairs, by: I.self)
      tile.r2.add(a2.loadUnaligned(fromByteOffset: offset, as: UInt32.self), pairs, by: I.self)
      tile.r3.add(a3.loadUnaligned(fromByteOffset: offset, as: UInt32.self), pairs, by: I.self)
      tile.r4.add(a4.loadUnaligned(fromByteOffset: offset, as: UInt32.self), pairs, by: I.self)
      tile.r5.add(a5.loadUnaligned(fromByteOffset: offset, as: UInt32.self), pairs, by: I.self)
      tile.r6.add(a6.loadUnaligned(fromByteOffset: offset, as: UInt32.self), pairs, by: I.self)
      tile.r7.add(a7.loadUnaligned(fromByteOffset: offset, as: UInt32.self), pairs, by: I.self)
      offset &+= A.pairStep
      b += 64
      next += 64
    }
    if run.hasHalfPair {
      let pairs = Row.pairs(at: b, groupStep: groupStep)
      tile.r0.add(halfPair(a0, offset), pairs, by: I.self)
      tile.r1.add(halfPair(a1, offset), pairs, by: I.self)
      tile.r2.add(halfPair(a2, offset), pairs, by: I.self)
      tile.r3.add(halfPair(a3, offset), pairs, by: I.self)
      tile.r4.add(halfPair(a4, offset), pairs, by: I.self)
      tile.r5.add(halfPair(a5, offset), pairs, by: I.self)
      tile.r6.add(halfPair(a6, offset), pairs, by: I.self)
      tile.r7.add(halfPair(a7, offset), pairs, by: I.self)
    }

    if !run.isLast {
      tile.keep(at: kept)
    } else if run.columns < 16 &* Row.vectors {
      tile.keep(at: kept)
      writeEdge(
        kept, width: 16 &* Row.vectors, rows: min(8, rows), columns: run.columns, into: c, target)
    } else if target.isAccumulating {
      tile.write(to: c, stride: target.stride, rows: rows, accumulating: true)
    } else {
      tile.write(to: c, stride: target.stride, rows: rows, accumulating: false)
    }
    a0 += 8 &* run.rowStep
    c += 8 &* target.stride
    kept += 128 &* Row.vectors
    ahead += groupStep
    rows &-= 8
  }
}

/// The last element of a row of odd length, with a zero for its partner.
@inline(__always)
private func halfPair(_ row: UnsafeRawPointer, _ offset: Int) -> UInt32 {
  UInt32(row.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
}

/// Writes a tile that reaches past the last column, from memory.
@inline(never)
private func writeEdge<C: StoredElement>(
  _ sums: UnsafeMutablePointer<Float>, width: Int, rows: Int, columns: Int,
  into c: UnsafeMutablePointer<C>, _ target: borrowing PairedProduct.Target<C>
) {
  for row in 0..<rows {
    let (source, line) = (UnsafePointer(sums + row &* width), c + row &* target.stride)
    if target.isAccumulating {
      VectorLoop.map(line, source, into: line, columns) { $0 + $1 }
    } else {
      VectorLoop.map(source, into: line, columns) { $0 }
    }
  }
}
