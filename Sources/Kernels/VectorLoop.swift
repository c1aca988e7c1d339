/// The loops that every elementwise kernel is made of: whole vectors, then one part of a vector
/// through the same arithmetic, so that an element's bits do not depend on its place.
enum VectorLoop {
  @inline(__always)
  static func map<X: StoredElement, Y: StoredElement>(
    _ x: UnsafePointer<X>, into y: UnsafeMutablePointer<Y>, _ count: Int,
    _ body: (Vector) -> Vector
  ) {
    let whole = count & ~(laneCount - 1)
    var i = 0
    while i < whole {
      store(body(load(x + i)), y + i)
      i += laneCount
    }
    if i < count { store(body(load(x + i, first: count - i)), y + i, first: count - i) }
  }

  @inline(__always)
  static func map<A: StoredElement, B: StoredElement, Y: StoredElement>(
    _ a: UnsafePointer<A>, _ b: UnsafePointer<B>, into y: UnsafeMutablePointer<Y>,
    _ count: Int, _ body: (Vector, Vector) -> Vector
  ) {
    let whole = count & ~(laneCount - 1)
    var i = 0
    while i < whole {
      store(body(load(a + i), load(b + i)), y + i)
      i += laneCount
    }
    if i < count {
      let rest = count - i
      store(body(load(a + i, first: rest), load(b + i, first: rest)), y + i, first: rest)
    }
  }

  /// The sum of `body` over pairs of elements: four accumulators, added in a fixed order.
  @inline(__always)
  static func sum<A: StoredElement, B: StoredElement>(
    _ a: UnsafePointer<A>, _ b: UnsafePointer<B>, _ count: Int,
    _ body: (Vector, Vector, Vector) -> Vector
  ) -> Float {
    var (s0, s1, s2, s3) = (Vector.zero, Vector.zero, Vector.zero, Vector.zero)
    var i = 0
    while i + 4 * laneCount <= count {
      s0 = body(s0, load(a + i), load(b + i))
      s1 = body(s1, load(a + i + 16), load(b + i + 16))
      s2 = body(s2, load(a + i + 32), load(b + i + 32))
      s3 = body(s3, load(a + i + 48), load(b + i + 48))
      i += 4 * laneCount
    }
    while i + laneCount <= count {
      s0 = body(s0, load(a + i), load(b + i))
      i += laneCount
    }
    if i < count {
      s1 = body(s1, load(a + i, first: count - i), load(b + i, first: count - i))
    }
    return horizontalSum((s0 + s1) + (s2 + s3))
  }
}
