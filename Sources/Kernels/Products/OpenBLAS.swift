import COpenBLAS

/// The engine of float32 products.
public enum OpenBLAS {
  /// OpenBLAS's own threads are switched off once: `ThreadPool` is the only owner of threads.
  private static let singleThreaded: Void = openblas_set_num_threads(1)

  /// C ← A·B + (accumulating ? C : 0) on the calling thread.
  static func multiply(
    _ a: Operand<Float>, _ b: Operand<Float>, into c: UnsafeMutablePointer<Float>, stride: Int,
    _ size: ProductSize, accumulating: Bool
  ) {
    guard size.rows > 0, size.columns > 0 else { return }
    _ = singleThreaded
    cblas_sgemm(
      CblasRowMajor, a.isTransposed ? CblasTrans : CblasNoTrans,
      b.isTransposed ? CblasTrans : CblasNoTrans,
      blasint(size.rows), blasint(size.columns), blasint(size.inner),
      1, a.start, blasint(a.stride), b.start, blasint(b.stride),
      accumulating ? 1 : 0, c, blasint(stride))
  }

  /// The kernels that OpenBLAS chose for this processor, such as `SkylakeX`.
  public static var kernelName: String { String(cString: openblas_get_corename()) }

  /// OpenBLAS's version and build options.
  public static var libraryDescription: String { String(cString: openblas_get_config()) }
}
