import CVectorInstructions

/// Products of a few rows of float32 by a weight [O, I] as it lies in memory, read as a stream.
///
/// An output is a dot product in four sums of 16 lanes that are added in a fixed order, whatever
/// number of rows is computed together.
struct RowStream {
  let weights: UnsafePointer<Float>
  let inputs: Int

  func run(
    _ x: ActivationRows, outputs range: Range<Int>, into y: UnsafeMutablePointer<Float>,
    stride: Int,
    accumulating: Bool
  ) {
    for output in range {
      let line = weights + output &* inputs
      var (row, place) = (0, y + output)
      func sum<S: DotSums>(_: S.Type) {
        while row &+ S.rows <= x.count {
          let sums: S = dot(line, x, row)
          sums.write(to: place, stride, isAccumulating: accumulating)
          row &+= S.rows
          place += S.rows &* stride
        }
      }
      sum(Twice<Twice<DotRow>>.self)
      sum(Twice<DotRow>.self)
      // The same sums; the plain loop reads a seventh faster where there is one row to read for.
      while row < x.count {
        let numbers = (x.address + row &* x.stride).assumingMemoryBound(to: Float.self)
        let sum = VectorLoop.sum(line, numbers, inputs) { multiplyAdd($1, $2, $0) }
        place.pointee = accumulating ? place.pointee + sum : sum
        row &+= 1
        place += stride
      }
    }
  }

  @inline(__always)
  private func dot<S: DotSums>(_ line: UnsafePointer<Float>, _ x: ActivationRows, _ row: Int) -> S {
    var sums = S()
    let stride = x.stride
    var (w, x) = (line, x.address + row &* stride)
    var left = inputs
    while left >= 64 {
      if row == 0 && S.rows >= 4 {
        for part in 0..<4 {
          samara_prefetch(UnsafeRawPointer(w) + (weightPrefetchDistance &+ 64 &* part))
        }
      }
      sums.add((load(w), load(w + 16), load(w + 32), load(w + 48)), x, stride)
      w += 64
      x += 256
      left &-= 64
    }
    while left >= 16 {
      sums.add(load(w), x, stride)
      w += 16
      x += 64
      left &-= 16
    }
    if left > 0 { sums.add(load(w, first: left), x, stride, first: left) }
    return sums
  }
}

/// The sums of some rows of activations by one output of float32, all in registers.
private protocol DotSums {
  static var rows: Int { get }
  init()
  /// Adds the products of 64 weights by the first row's numbers at `x`.
  mutating func add(
    _ w: (Vector, Vector, Vector, Vector), _ x: UnsafeRawPointer, _ stride: Int)
  /// Adds the products of 16 weights.
  mutating func add(_ w: Vector, _ x: UnsafeRawPointer, _ stride: Int)
  /// Adds the products of the first `count` weights.
  mutating func add(_ w: Vector, _ x: UnsafeRawPointer, _ stride: Int, first count: Int)
  func write(to y: UnsafeMutablePointer<Float>, _ stride: Int, isAccumulating: Bool)
}

private struct DotRow: DotSums {
  var (a, b, c, d) = (Vector.zero, Vector.zero, Vector.zero, Vector.zero)
  static var rows: Int { 1 }

  @inline(__always) init() {}

  @inline(__always)
  mutating func add(
    _ w: (Vector, Vector, Vector, Vector), _ x: UnsafeRawPointer, _ stride: Int
  ) {
    a = multiplyAdd(w.0, x.loadUnaligned(as: Vector.self), a)
    b = multiplyAdd(w.1, x.loadUnaligned(fromByteOffset: 64, as: Vector.self), b)
    c = multiplyAdd(w.2, x.loadUnaligned(fromByteOffset: 128, as: Vector.self), c)
    d = multiplyAdd(w.3, x.loadUnaligned(fromByteOffset: 192, as: Vector.self), d)
  }

  @inline(__always)
  mutating func add(_ w: Vector, _ x: UnsafeRawPointer, _ stride: Int) {
    a = multiplyAdd(w, x.loadUnaligned(as: Vector.self), a)
  }

  @inline(__always)
  mutating func add(_ w: Vector, _ x: UnsafeRawPointer, _ stride: Int, first count: Int) {
    b = multiplyAdd(w, load(x.assumingMemoryBound(to: Float.self), first: count), b)
  }

  @inline(__always)
  func write(to y: UnsafeMutablePointer<Float>, _ stride: Int, isAccumulating: Bool) {
    let sum = horizontalSum((a + b) + (c + d))
    y.pointee = isAccumulating ? y.pointee + sum : sum
  }
}

extension Twice: DotSums where Half: DotSums {
  static var rows: Int { 2 &* Half.rows }

  @inline(__always)
  init() {
    first = Half()
    second = Half()
  }

  @inline(__always)
  mutating func add(
    _ w: (Vector, Vector, Vector, Vector), _ x: UnsafeRawPointer, _ stride: Int
  ) {
    first.add(w, x, stride)
    second.add(w, x + Half.rows &* stride, stride)
  }

  @inline(__always)
  mutating func add(_ w: Vector, _ x: UnsafeRawPointer, _ stride: Int) {
    first.add(w, x, stride)
    second.add(w, x + Half.rows &* stride, stride)
  }

  @inline(__always)
  mutating func add(_ w: Vector, _ x: UnsafeRawPointer, _ stride: Int, first count: Int) {
    first.add(w, x, stride, first: count)
    second.add(w, x + Half.rows &* stride, stride, first: count)
  }

  @inline(__always)
  func write(to y: UnsafeMutablePointer<Float>, _ stride: Int, isAccumulating: Bool) {
    first.write(to: y, stride, isAccumulating: isAccumulating)
    second.write(to: y + Half.rows &* stride, stride, isAccumulating: isAccumulating)
  }
}
