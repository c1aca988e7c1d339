import CVectorInstructions

/// Products of activations in blocks by q8_0 and q4_0 weights as ``BlockLayout`` has them.
///
/// An output is Σ over the blocks, in their order, of d_w · d_x · Σ (q_w − zero) · q_x: the inner sum
/// whole and exact, the outer one a chain of multiply-adds in float32. So its bits depend on its
/// row of x alone, and not on how many rows or outputs are computed together, and on instructions.
struct BlockProduct {
  let layout: BlockLayout
  /// The first group.
  let weights: UnsafeRawPointer
  var instructions = PairedProduct.Instructions.fastest

  /// Some rows of x by some outputs, which begin at a multiple of 16, on the calling thread.
  ///
  /// `y` is where the first of these rows begins, before its first output.
  func run<C: StoredElement>(
    _ x: ActivationRows, rows: Range<Int>, outputs range: Range<Int>,
    into y: UnsafeMutablePointer<C>, stride: Int, accumulating: Bool
  ) {
    let product = Tiles(
      x: x.address + rows.lowerBound &* x.stride, xStride: x.stride, rows: rows.count,
      weights: weights + (range.lowerBound &>> 4) &* layout.groupByteCount,
      groupStep: layout.groupByteCount, pairs: BlockLayout.pairCount(inputs: layout.inputs),
      target: TileTarget(
        start: y + range.lowerBound, stride: stride, columns: range.count,
        isAccumulating: accumulating))
    let isNative = instructions == .fastest && SAMARA_HAS_BYTE_INSTRUCTIONS != 0
    switch (layout.format, isNative) {
    case (.eightBitBlocks, true): product.run(EightBits.self, NativeByteInstructions.self)
    case (.eightBitBlocks, false): product.run(EightBits.self, PortableByteInstructions.self)
    case (_, true): product.run(FourBits.self, NativeByteInstructions.self)
    case (_, false): product.run(FourBits.self, PortableByteInstructions.self)
    }
  }
}

/// How a block's codes are read.
private protocol BlockCodes {
  static var lines: Int { get }
  /// Adds a block's codes at `codes` times the first row's at `x`. Written out: what the compiler rolls
  /// up has an address to reckon for each row and line.
  static func add<S: BlockSums>(
    _ codes: UnsafeRawPointer, to sums: inout S, _ x: UnsafeRawPointer, _ stride: Int)
}

private enum EightBits: BlockCodes {
  static var lines: Int { 8 }

  @inline(__always)
  static func add<S: BlockSums>(
    _ codes: UnsafeRawPointer, to sums: inout S, _ x: UnsafeRawPointer, _ stride: Int
  ) {
    addLine(codes, to: &sums, x, stride)
    addLine(codes + 64, to: &sums, x + 4, stride)
    addLine(codes + 128, to: &sums, x + 8, stride)
    addLine(codes + 192, to: &sums, x + 12, stride)
    addLine(codes + 256, to: &sums, x + 16, stride)
    addLine(codes + 320, to: &sums, x + 20, stride)
    addLine(codes + 384, to: &sums, x + 24, stride)
    addLine(codes + 448, to: &sums, x + 28, stride)
  }

  @inline(__always)
  private static func addLine<S: BlockSums>(
    _ codes: UnsafeRawPointer, to sums: inout S, _ x: UnsafeRawPointer, _ stride: Int
  ) {
    sums.add(codes.load(as: PairVector.self), x, stride)
  }
}

private enum FourBits: BlockCodes {
  static var lines: Int { 4 }

  @inline(__always)
  static func add<S: BlockSums>(
    _ codes: UnsafeRawPointer, to sums: inout S, _ x: UnsafeRawPointer, _ stride: Int
  ) {
    addLine(codes, to: &sums, x, stride)
    addLine(codes + 64, to: &sums, x + 4, stride)
    addLine(codes + 128, to: &sums, x + 8, stride)
    addLine(codes + 192, to: &sums, x + 12, stride)
  }

  @inline(__always)
  private static func addLine<S: BlockSums>(
    _ codes: UnsafeRawPointer, to sums: inout S, _ x: UnsafeRawPointer, _ stride: Int
  ) {
    let line = codes.load(as: PairVector.self)
    sums.add(line & 0x0F0F_0F0F, x, stride)
    sums.add((line &>> PairVector(repeating: 4)) & 0x0F0F_0F0F, x + 16, stride)
  }
}

/// The tiles of some rows and outputs.
private struct Tiles<C: StoredElement> {
  let x: UnsafeRawPointer
  let xStride: Int
  let rows: Int
  let weights: UnsafeRawPointer
  let groupStep: Int
  let pairs: Int
  let target: TileTarget<C>

  func run<Codes: BlockCodes, I: ByteInstructions>(_: Codes.Type, _: I.Type) {
    typealias Two = Twice<BlockRow<I>>
    var (group, target) = (weights, target)
    // A group stays in the first-level cache, or near it, while all rows pass.
    while target.columns > 0 {
      var (row, place) = (0, target)
      sum(Twice<Twice<Two>>.self, Codes.self, group, &row, &place)
      sum(Twice<Two>.self, Codes.self, group, &row, &place)
      sum(Two.self, Codes.self, group, &row, &place)
      sum(BlockRow<I>.self, Codes.self, group, &row, &place)
      group += groupStep
      target = target.dropping(columns: 16)
    }
  }

  /// Sums as many of the rows that are left as fill whole tiles.
  @inline(__always)
  private func sum<S: BlockSums, Codes: BlockCodes>(
    _: S.Type, _: Codes.Type, _ group: UnsafeRawPointer, _ row: inout Int,
    _ place: inout TileTarget<C>
  ) {
    while row &+ S.rows <= rows {
      sumTile(
        S.self, Codes.self, group, x + row &* xStride, xStride, pairs, place,
        isFirst: row == 0)
      row &+= S.rows
      place = place.dropping(rows: S.rows)
    }
  }
}

@inline(never)
private func sumTile<S: BlockSums, Codes: BlockCodes, C: StoredElement>(
  _: S.Type, _: Codes.Type, _ group: UnsafeRawPointer, _ x: UnsafeRawPointer, _ stride: Int,
  _ pairs: Int, _ target: TileTarget<C>, isFirst: Bool
) {
  var sums = S()
  var (scales, x) = (group, x)
  for _ in 0..<pairs {
    let codes = scales + 64
    if isFirst && S.rows >= 4 {
      var line = 0
      while line <= 2 &* Codes.lines {
        samara_prefetch(scales + (weightPrefetchDistance &+ 64 &* line))
        line &+= 1
      }
    }
    addBlock(&sums, Codes.self, scales, codes, x, stride)
    addBlock(
      &sums, Codes.self, scales + 32, codes + 64 &* Codes.lines, x + ActivationBlock.byteCount,
      stride)
    scales = codes + 128 &* Codes.lines
    x += 2 &* ActivationBlock.byteCount
  }
  sums.write(to: target)
}

@inline(__always)
private func addBlock<S: BlockSums, Codes: BlockCodes>(
  _ sums: inout S, _: Codes.Type, _ scales: UnsafeRawPointer, _ codes: UnsafeRawPointer,
  _ x: UnsafeRawPointer, _ stride: Int
) {
  sums.begin(x, stride)
  Codes.add(codes, to: &sums, x + ActivationBlock.codesOffset, stride)
  sums.end(samara_widen_float16(scales.load(as: SIMD16<UInt16>.self)), x, stride)
}
