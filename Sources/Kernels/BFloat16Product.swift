import Synchronization

/// The engine of bfloat16 products.
public enum BFloat16Product {
  /// A way to multiply matrices of bfloat16.
  public enum Engine: Sendable {
    /// oneDNN, if the machine has it.
    case oneDNN(OneDNN)
    /// Both factors widened to float32, and OpenBLAS: right everywhere, fast nowhere.
    case openBLAS

    /// Its name and version, for people.
    public var name: String {
      switch self {
      case .oneDNN(let library): "oneDNN \(library.version)"
      case .openBLAS: "OpenBLAS on widened factors"
      }
    }
  }

  /// The engine in use: the first of `available`.
  public static let engine = available[0]

  /// What this machine has, best first.
  public static let available: [Engine] = (OneDNN.shared.map { [.oneDNN($0)] } ?? []) + [.openBLAS]
}

extension BFloat16Product.Engine {
  func multiply<C: StoredElement>(
    _ a: Operand<BFloat16>, _ b: Operand<BFloat16>, into c: UnsafeMutablePointer<C>, stride: Int,
    _ size: ProductSize, accumulating: Bool
  ) {
    switch self {
    case .oneDNN(let library):
      library.multiply(a, b, into: c, stride: stride, size, accumulating: accumulating)
    case .openBLAS:
      WidenedProduct.multiply(a, b, into: c, stride: stride, size, accumulating: accumulating)
    }
  }
}
