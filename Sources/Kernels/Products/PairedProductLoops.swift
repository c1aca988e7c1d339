// The sizes of the blocks decide the speed alone, never the result.
extension PairedProduct {
  private static var maximumInnerBlock: Int { 2560 }
  private static var rowBlockElements: Int { 196_608 }
  private static var packedBlockElements: Int { 2_097_152 }
  static var packedColumnsAtOnce: Int { 128 }

  /// The pairs of a block of `inner`: the sums stay in registers all along it, and a tile's
  /// columns of B must fit the second-level cache, where each eight rows find them.
  static func pairBlock(inner: Int) -> Int {
    let pairs = pairCount(inner)
    let blocks = (inner &+ maximumInnerBlock &- 1) / maximumInnerBlock
    return max(1, (pairs &+ blocks &- 1) / max(1, blocks))
  }

  /// The rows of A that are multiplied by one tile's columns of B after another: as many as
  /// stay in the second-level cache.
  static func rowBlock(inner: Int) -> Int {
    max(64, min(256, rowBlockElements / max(1, inner) & ~7))
  }

  static func paddedRowBlock(rows: Int, inner: Int) -> Int {
    (min(rows, rowBlock(inner: inner)) &+ 7) & ~7
  }

  /// The elements, of two bytes, of room for the sums of a block of rows and a tile's columns.
  static func keptCount(rows: Int, inner: Int) -> Int {
    paddedRowBlock(rows: rows, inner: inner) &* 48 &* 2
  }

  /// The columns of an unpacked B that are packed at a time.
  static func columnBlock(inner: Int) -> Int {
    max(192, packedBlockElements / max(1, inner) / 48 &* 48)
  }

  /// The B of a product.
  enum Right {
    case packed(UnsafePointer<UInt16>, inner: Int)
    case unpacked(Operand<BFloat16>)
  }

  static func multiply<C: StoredElement>(
    _ a: Operand<BFloat16>, _ b: Right, into c: Target<C>, _ size: ProductSize,
    scratch: UnsafeMutablePointer<UInt16>, using instructions: Instructions
  ) {
    if size.rows <= 0 || size.columns <= 0 { return }
    if instructions == .fastest && hasNativeInstructions {
      TiledProduct<C, NativePairInstructions>(a, into: c, size, scratch: scratch).run(b)
    } else {
      TiledProduct<C, PortablePairInstructions>(a, into: c, size, scratch: scratch).run(b)
    }
  }
}

/// One product, and the loops over its tiles.
struct TiledProduct<C: StoredElement, I: PairInstructions> {
  let a: Operand<BFloat16>
  var target: PairedProduct.Target<C>
  let rows: Int
  let inner: Int
  var columns: Int
  /// The sums that wait between blocks of `inner`.
  let kept: UnsafeMutablePointer<Float>
  /// Room for a block of rows of a transposed A.
  let packedA: UnsafeMutablePointer<UInt16>
  /// Room for a block of columns of an unpacked B, after what A may need.
  let packedB: UnsafeMutablePointer<UInt16>

  init(
    _ a: Operand<BFloat16>, into target: PairedProduct.Target<C>, _ size: ProductSize,
    scratch: UnsafeMutablePointer<UInt16>
  ) {
    self.a = a
    self.target = target
    (rows, inner, columns) = (size.rows, size.inner, size.columns)
    // Everything begins at a line of the cache.
    let start = scratch + ((0 &- Int(bitPattern: scratch)) & 63) / 2
    let padded = PairedProduct.paddedRowBlock(rows: rows, inner: inner)
    let packedCount = 2 &* padded &* PairedProduct.pairCount(inner)
    kept = UnsafeMutableRawPointer(start).assumingMemoryBound(to: Float.self)
    packedA = start + PairedProduct.keptCount(rows: rows, inner: inner)
    packedB = packedA + (a.isTransposed ? packedCount : 0)
  }

  func run(_ b: PairedProduct.Right) {
    switch b {
    case .packed(let b, let packedInner): run(b, packedInner: packedInner)
    case .unpacked(let b): run(b)
    }
  }

  /// Packs B, some columns at a time, and multiplies by them.
  private func run(_ b: Operand<BFloat16>) {
    let block = PairedProduct.columnBlock(inner: inner)
    for start in stride(from: 0, to: columns, by: block) {
      var product = self
      product.target.start += start
      product.columns = min(block, columns &- start)
      PairedProduct.pack(
        b.dropping(columns: start), inner: inner, columns: product.columns, into: packedB)
      product.run(UnsafePointer(packedB), packedInner: inner)
    }
  }

  private func run(_ b: UnsafePointer<UInt16>, packedInner: Int) {
    let block = PairedProduct.rowBlock(inner: inner)
    let b = Columns(start: UnsafeRawPointer(b), step: 64 &* PairedProduct.pairCount(packedInner))
    for start in stride(from: 0, to: rows, by: block) {
      let count = min(block, rows &- start)
      var place = RowBlock(
        a: UnsafeRawPointer(a.start + start &* a.stride), rowStep: 2 &* a.stride,
        firstRow: start, count: count)
      if a.isTransposed {
        PairedProduct.packRows(
          transposed: a.start + start, stride: a.stride, inner: inner, rows: count, into: packedA)
        place.a = UnsafeRawPointer(packedA)
        place.rowStep = 4 &* PairedProduct.pairCount(inner)
        multiply(place, b, access: PackedRows.self)
      } else {
        multiply(place, b, access: StoredRows.self)
      }
    }
  }

  /// A packed B: bytes, and the distance between its groups of columns.
  private struct Columns {
    let start: UnsafeRawPointer
    let step: Int
  }

  /// A block of rows of A, as stored or packed.
  private struct RowBlock {
    var a: UnsafeRawPointer
    var rowStep: Int
    var firstRow: Int
    var count: Int
  }

  /// How many tiles of three groups, then of two, then of one make up the columns: a single
  /// group left over shares the last four with another tile.
  private var tileCounts: (three: Int, two: Int, one: Int) {
    let groups = (columns &+ 15) &>> 4
    if groups == 1 { return (0, 0, 1) }
    switch groups % 3 {
    case 0: return (groups / 3, 0, 0)
    case 1: return (groups / 3 &- 1, 2, 0)
    default: return (groups / 3, 1, 0)
    }
  }

  private func multiply<A: RowAccess>(
    _ block: RowBlock, _ b: Columns, access: A.Type
  ) {
    let counts = tileCounts
    for tile in 0..<counts.three {
      multiply(block, b, group: 3 &* tile, row: TileRow3.self, access: A.self)
    }
    for tile in 0..<counts.two {
      multiply(
        block, b, group: 3 &* counts.three &+ 2 &* tile, row: TileRow2.self, access: A.self)
    }
    if counts.one > 0 { multiply(block, b, group: 0, row: TileRow1.self, access: A.self) }
  }

  /// Multiplies all rows of a block by the columns of one tile, so that these columns of B are
  /// read from far away once a block.
  private func multiply<Row: TileRow, A: RowAccess>(
    _ block: RowBlock, _ b: Columns, group: Int, row: Row.Type, access: A.Type
  ) {
    let pairs = PairedProduct.pairCount(inner)
    let blockPairs = PairedProduct.pairBlock(inner: inner)
    let first = b.start + group &* b.step
    var target = target
    target.start += block.firstRow &* target.stride &+ 16 &* group
    for pair in stride(from: 0, to: max(1, pairs), by: blockPairs) {
      let isLast = pair &+ blockPairs >= pairs
      let hasHalfPair = isLast && A.readsHalfPairs && inner & 1 == 1
      let run = TileRun(
        a: block.a + pair &* A.pairStep, rowStep: block.rowStep, b: first + pair &* 64,
        groupStep: b.step, rows: block.count, columns: columns &- 16 &* group,
        pairs: min(blockPairs, pairs &- pair) &- (hasHalfPair ? 1 : 0),
        hasHalfPair: hasHalfPair, kept: kept, isFirst: pair == 0, isLast: isLast)
      multiplyTiles(run, into: target, row: Row.self, access: A.self, by: I.self)
    }
  }
}
