import Foundation
import Kernels
import Testing

@Suite struct VectorMathTests {
  /// σ(x)·x at large |x| and softmax of equal and extreme rows, where a poor exponential shows.
  @Test func siluAgreesWithFloat64() {
    let inputs = stride(from: Float(-100), through: 100, by: 0.37).map { $0 }
    let x = Buffer(inputs)
    let y = Buffer(uninitializedCount: inputs.count)
    Elementwise.silu(x, into: y)
    for (index, input) in inputs.enumerated() {
      let expected = Double(input) / (1 + exp(-Double(input)))
      #expect(abs(Double(y.pointer[index]) - expected) <= 4e-7 * abs(expected) + 1e-35)
    }
  }

  /// The exponential within 2 ulp over its range, seen through a softmax of two elements.
  @Test func softmaxAgreesWithFloat64() {
    for gap in stride(from: Float(0), through: 80, by: 0.113) {
      let x = Buffer([0, -gap])
      let y = Buffer(uninitializedCount: 2)
      SoftmaxKernel.forward(x, rows: 1, width: 2, into: y)
      let expected = exp(-Double(gap)) / (1 + exp(-Double(gap)))
      #expect(abs(Double(y.pointer[1]) - expected) <= 3e-7 * expected)
    }
  }

  @Test func softmaxOfExtremeRows() {
    let x = Buffer([1e30, 0, -1e30, -.infinity])
    let y = Buffer(uninitializedCount: 4)
    SoftmaxKernel.forward(x, rows: 1, width: 4, into: y)
    #expect((0..<4).map { y.pointer[$0] } == [1, 0, 0, 0])
  }

  /// A number that is not one must not vanish: a bad step has to be seen.
  @Test func notANumberStaysVisible() {
    let x = Buffer([1, .nan, 2])
    let y = Buffer(uninitializedCount: 3)
    SoftmaxKernel.forward(x, rows: 1, width: 3, into: y)
    #expect(y.pointer[1].isNaN)
    #expect(Reductions.sumOfSquares(x).isNaN)
  }
}
