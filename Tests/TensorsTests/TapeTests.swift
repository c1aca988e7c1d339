import Tensors
import Testing

@Suite struct TapeTests {
  /// Lives as long as the closure that captured it.
  private final class Probe {}

  @Test func aTapeIsReleasedAfterBackward() {
    weak var probe: Probe?
    var gradients: [Tensor?] = []
    _ = valueWithGradient(at: [Tensor(2)], accumulatingInto: &gradients) { leaves in
      let captured = Probe()
      probe = captured
      return recorded(leaves[0], from: leaves[0]) { dy in
        withExtendedLifetime(captured) { [.tensor(dy)] }
      }
    }
    #expect(gradients[0]?.scalar == 1)
    #expect(probe == nil)
  }

  @Test func aTapeIsReleasedWhenTheBodyThrows() {
    struct Stop: Error {}
    weak var probe: Probe?
    var gradients: [Tensor?] = []
    #expect(throws: Stop.self) {
      _ = try valueWithGradient(at: [Tensor(2)], accumulatingInto: &gradients) {
        (leaves) throws(Stop) in
        let captured = Probe()
        probe = captured
        _ = recorded(leaves[0], from: leaves[0]) { dy in
          withExtendedLifetime(captured) { [.tensor(dy)] }
        }
        throw Stop()
      }
    }
    #expect(probe == nil)
  }

  @Test func noGradientWhereNothingFlows() {
    var gradients: [Tensor?] = []
    let value = valueWithGradient(at: [Tensor(2), Tensor(3)], accumulatingInto: &gradients) {
      $0[0].detached * $0[1]
    }
    #expect(value.scalar == 6)
    #expect(gradients[0] == nil)
    #expect(gradients[1]?.scalar == 2)
  }

  @Test func valuesAreIndependent() {
    let a = Tensor([1, 2, 3], shape: [3])
    var b = a
    b.accumulate(Tensor([1, 1, 1], shape: [3]))
    #expect(a.scalars == [1, 2, 3])
    #expect(b.scalars == [2, 3, 4])
  }

  /// Depth is walked, not recursed into.
  @Test func aLongChainDoesNotOverflowTheStack() {
    var gradients: [Tensor?] = []
    _ = valueWithGradient(at: [Tensor(1)], accumulatingInto: &gradients) { leaves in
      var x = leaves[0]
      for _ in 0..<100_000 { x = x.scaled(by: 1) }
      return x
    }
    #expect(gradients[0]?.scalar == 1)
  }
}
