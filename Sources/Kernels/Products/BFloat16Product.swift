/// The engine of bfloat16 products.
public enum BFloat16Product {
  /// A way to multiply matrices of bfloat16.
  public enum Engine: Sendable {
    /// This project's own kernels, on the processor's bfloat16 instructions.
    case samara
    /// oneDNN, if the machine has it.
    case oneDNN(OneDNN)
    /// Both factors widened to float32, and OpenBLAS: right everywhere, fast nowhere.
    case openBLAS

    /// Its name and version, for people.
    public var name: String {
      switch self {
      case .samara: "Samara"
      case .oneDNN(let library): "oneDNN \(library.version)"
      case .openBLAS: "OpenBLAS on widened factors"
      }
    }

    /// Whether products of float32 would be faster.
    public var isSlow: Bool {
      if case .openBLAS = self { return true }
      return false
    }

    /// Which of its kernels this processor gets.
    public var kernels: String {
      switch self {
      case .samara: "AVX512-BF16"
      case .oneDNN: "chosen by oneDNN"
      case .openBLAS: OpenBLAS.kernelName
      }
    }
  }

  /// The engine in use: the first of `available`.
  public static let engine = available[0]

  /// What this machine has, best first.
  public static let available: [Engine] =
    (PairedProduct.hasNativeInstructions ? [.samara] : [])
    + (OneDNN.shared.map { [.oneDNN($0)] } ?? []) + [.openBLAS]
}

extension BFloat16Product.Engine {
  /// C ← A·B + (accumulating ? C : 0) on the calling thread.
  package func multiply<C: StoredElement>(
    _ a: Operand<BFloat16>, _ b: Operand<BFloat16>, into c: UnsafeMutablePointer<C>, stride: Int,
    _ size: ProductSize, accumulating: Bool
  ) {
    switch self {
    case .samara:
      let scratch = Buffer(
        uninitializedCount: PairedProduct.scratchCount(
          size, transposesA: a.isTransposed, packsB: true), of: .bfloat16)
      defer { withExtendedLifetime(scratch) {} }
      PairedProduct.run(
        a, b, into: PairedProduct.Target(c, stride: stride, isAccumulating: accumulating), size,
        scratch: scratch.address.assumingMemoryBound(to: UInt16.self))
    case .oneDNN(let library):
      library.multiply(a, b, into: c, stride: stride, size, accumulating: accumulating)
    case .openBLAS:
      WidenedProduct.multiply(a, b, into: c, stride: stride, size, accumulating: accumulating)
    }
  }
}

extension PreparedFactor<BFloat16> {
  /// C ← A·B + (accumulating ? C : 0) with this factor as B, on the calling thread.
  func multiply<C: StoredElement>(
    by a: Operand<BFloat16>, into c: UnsafeMutablePointer<C>, stride: Int, _ size: ProductSize,
    accumulating: Bool
  ) {
    switch layout {
    case .operand(let b):
      engine.multiply(a, b, into: c, stride: stride, size, accumulating: accumulating)
    case .packed(let start, let inner):
      let scratch = Buffer(
        uninitializedCount: PairedProduct.scratchCount(
          size, transposesA: a.isTransposed, packsB: false), of: .bfloat16)
      defer { withExtendedLifetime(scratch) {} }
      PairedProduct.run(
        a, packed: start, packedInner: inner,
        into: PairedProduct.Target(c, stride: stride, isAccumulating: accumulating), size,
        scratch: scratch.address.assumingMemoryBound(to: UInt16.self))
    }
  }
}
