import CVectorInstructions

/// Sixteen float32 lanes: one AVX-512 register, or two of AVX2.
package typealias Vector = SIMD16<Float>

/// The number of lanes of `Vector`.
let laneCount = 16

/// Reads sixteen elements from any address.
@inline(__always)
func load<E: StoredElement>(_ pointer: UnsafePointer<E>) -> Vector { E.load(pointer) }

/// Reads the first `count` elements, below sixteen, and fills the other lanes with `filler`.
@inline(__always)
func load<E: StoredElement>(
  _ pointer: UnsafePointer<E>, first count: Int, filler: Float = 0
) -> Vector {
  var vector = Vector(repeating: filler)
  for lane in 0..<count { vector[lane] = pointer[lane].float }
  return vector
}

/// Writes sixteen elements to any address.
@inline(__always)
func store<E: StoredElement>(_ vector: Vector, _ pointer: UnsafeMutablePointer<E>) {
  E.store(vector, pointer)
}

/// Writes the first `count` lanes.
@inline(__always)
func store<E: StoredElement>(
  _ vector: Vector, _ pointer: UnsafeMutablePointer<E>, first count: Int
) {
  for lane in 0..<count { pointer[lane] = E(vector[lane]) }
}

/// a · b + c with one rounding.
@inline(__always)
func multiplyAdd(_ a: Vector, _ b: Vector, _ c: Vector) -> Vector { c.addingProduct(a, b) }

/// The square root of each lane.
@inline(__always)
func squareRoot(_ v: Vector) -> Vector { samara_square_root(v) }

/// The larger number of each lane.
@inline(__always)
func larger(_ a: Vector, _ b: Vector) -> Vector { samara_larger(a, b) }

/// The smaller number of each lane.
@inline(__always)
func smaller(_ a: Vector, _ b: Vector) -> Vector { samara_smaller(a, b) }

/// `yes` in the lanes where a < b, `no` in the others.
@inline(__always)
func choose(_ yes: Vector, where a: Vector, isLessThan b: Vector, else no: Vector) -> Vector {
  samara_choose_where_less(a, b, yes, no)
}

/// The largest of the lanes.
@inline(__always)
func horizontalMaximum(_ v: Vector) -> Float {
  // Each step folds the vector's halves onto each other.
  let eight = larger(v, Vector(lowHalf: v.highHalf, highHalf: v.lowHalf)).lowHalf
  let four = SIMD4(
    max(eight[0], eight[4]), max(eight[1], eight[5]), max(eight[2], eight[6]),
    max(eight[3], eight[7]))
  return max(max(four.x, four.y), max(four.z, four.w))
}

/// The sum of the lanes, in a fixed order.
@inline(__always)
func horizontalSum(_ v: Vector) -> Float {
  let eight = v.lowHalf + v.highHalf
  let four = eight.lowHalf + eight.highHalf
  let two = four.lowHalf + four.highHalf
  return two.x + two.y
}

/// e to the power of each lane, within 1 ulp or so between -87 and 88.
///
/// x = n·ln 2 + r with |r| ≤ ln 2 / 2, then a polynomial for e^r (Cephes' coefficients), scaled by
/// 2^n. Below -87 the result is 0, the true value being all but denormal; above 88.3 it stays at e^88.3.
/// What is not a number stays so.
@inline(__always)
func exponential(_ x: Vector) -> Vector {
  let clamped = samara_larger(
    Vector(repeating: -88), samara_smaller(Vector(repeating: 88.37626), x))
  // Adding and taking away 1.5 · 2^23 rounds to the nearest integer.
  let magic = Vector(repeating: 12_582_912)
  let n = multiplyAdd(clamped, Vector(repeating: 1.44269504), magic) - magic
  var r = multiplyAdd(n, Vector(repeating: -0.693359375), clamped)
  r = multiplyAdd(n, Vector(repeating: 2.12194440e-4), r)
  var p = Vector(repeating: 1.9875691500e-4)
  p = multiplyAdd(p, r, Vector(repeating: 1.3981999507e-3))
  p = multiplyAdd(p, r, Vector(repeating: 8.3334519073e-3))
  p = multiplyAdd(p, r, Vector(repeating: 4.1665795894e-2))
  p = multiplyAdd(p, r, Vector(repeating: 1.6666665459e-1))
  p = multiplyAdd(p, r, Vector(repeating: 5.0000001201e-1))
  p = multiplyAdd(p, r * r, r) + 1
  return samara_scale_by_power(p, n)
}

/// 1 / (1 + e^-x) of each lane.
@inline(__always)
func logistic(_ x: Vector) -> Vector { 1 / (1 + exponential(-x)) }
