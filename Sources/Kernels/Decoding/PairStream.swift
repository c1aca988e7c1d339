/// Products of a few rows of bfloat16 by a weight in `PairedProduct`'s packed layout, read as a stream.
///
/// An output is one chain of the pairs' dot products in the order of the inputs, as it is there: the
/// bits are the same.
struct PairStream {
  /// The packed weight.
  let weights: UnsafeRawPointer
  let inputs: Int
  var instructions = PairedProduct.Instructions.fastest

  /// Some rows of x by some outputs, which begin at a multiple of 16, on the calling thread.
  func run(
    _ x: ActivationRows, outputs range: Range<Int>, into y: UnsafeMutablePointer<Float>,
    stride: Int,
    accumulating: Bool
  ) {
    let target = TileTarget(
      start: y + range.lowerBound, stride: stride, columns: range.count,
      isAccumulating: accumulating)
    if instructions == .fastest && PairedProduct.hasNativeInstructions {
      run(x, range.lowerBound, target, NativePairInstructions.self)
    } else {
      run(x, range.lowerBound, target, PortablePairInstructions.self)
    }
  }

  private func run<I: PairInstructions>(
    _ x: ActivationRows, _ first: Int, _ target: TileTarget<Float>, _: I.Type
  ) {
    typealias Two = Twice<PairRow<I>>
    let pairs = PairedProduct.pairCount(inputs)
    var (group, target) = (weights + (first &>> 4) &* pairs &* 64, target)
    while target.columns > 0 {
      // Four groups at a time: a chain alone would wait for each of its sums.
      let tile = PairTile(
        group: group, groupStep: pairs &* 64, pairs: pairs, stride: x.stride,
        groups: target.columns > 48 ? 4 : 1)
      var (row, place) = (0, target)
      tile.sum(Twice<Two>.self, x, &row, &place)
      tile.sum(Two.self, x, &row, &place)
      tile.sum(PairRow<I>.self, x, &row, &place)
      group += tile.groups &* tile.groupStep
      target = target.dropping(columns: 16 &* tile.groups)
    }
  }
}

/// Some groups of outputs by some rows.
private struct PairTile {
  let group: UnsafeRawPointer
  let groupStep: Int
  let pairs: Int
  let stride: Int
  /// Four, or one.
  let groups: Int

  /// Sums as many of the rows that are left as fill whole tiles.
  @inline(__always)
  func sum<S: PairSums>(
    _: S.Type, _ x: ActivationRows, _ row: inout Int, _ place: inout TileTarget<Float>
  ) {
    while row &+ S.rows <= x.count {
      let start = x.address + row &* stride
      if groups == 4 {
        sumFour(S.self, start, place)
      } else {
        sumOne(S.self, start, place)
      }
      row &+= S.rows
      place = place.dropping(rows: S.rows)
    }
  }

  @inline(never)
  private func sumFour<S: PairSums>(
    _: S.Type, _ x: UnsafeRawPointer, _ target: TileTarget<Float>
  ) {
    var (a, b, c, d) = (S(), S(), S(), S())
    var (x, w) = (x, group)
    let (two, three) = (2 &* groupStep, 3 &* groupStep)
    for _ in 0..<pairs {
      a.add(w.load(as: PairVector.self), x, stride)
      b.add(w.load(fromByteOffset: groupStep, as: PairVector.self), x, stride)
      c.add(w.load(fromByteOffset: two, as: PairVector.self), x, stride)
      d.add(w.load(fromByteOffset: three, as: PairVector.self), x, stride)
      w += 64
      x += 4
    }
    a.write(to: target)
    b.write(to: target.dropping(columns: 16))
    c.write(to: target.dropping(columns: 32))
    d.write(to: target.dropping(columns: 48))
  }

  @inline(never)
  private func sumOne<S: PairSums>(
    _: S.Type, _ x: UnsafeRawPointer, _ target: TileTarget<Float>
  ) {
    var sums = S()
    var (x, w) = (x, group)
    for _ in 0..<pairs {
      sums.add(w.load(as: PairVector.self), x, stride)
      w += 64
      x += 4
    }
    sums.write(to: target)
  }
}
