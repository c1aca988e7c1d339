import COpenBLAS
import Foundation

/// Products of row-major matrices by OpenBLAS, spread over the pool by blocks of the result.
public enum MatrixMultiply {
  /// Whether a factor enters as it is stored or transposed.
  enum Orientation {
    case asStored
    case transposed
  }

  /// Below this many multiply-adds, waking a second thread costs more than it brings.
  private static let parallelThreshold = 1 << 18

  /// The edge of the register blocks of the kernels in use; cuts fall on its multiples.
  private static let blockEdge = 48

  /// OpenBLAS's own threads are switched off once: `ThreadPool` is the only owner of threads.
  private static let singleThreaded: Void = openblas_set_num_threads(1)

  /// One factor of a product.
  public enum Factor {
    case asStored(Buffer)
    case transposed(Buffer)

    fileprivate var buffer: Buffer {
      switch self {
      case .asStored(let buffer), .transposed(let buffer): buffer
      }
    }

    fileprivate var orientation: Orientation {
      switch self {
      case .asStored: .asStored
      case .transposed: .transposed
      }
    }
  }

  /// C ← A·B + (accumulating ? C : 0), with A [rows, inner] and B [inner, columns] after their
  /// orientations are applied, all contiguous.
  public static func run(
    _ a: Factor, _ b: Factor, into c: Buffer, rows: Int, columns: Int, inner: Int,
    accumulating: Bool = false
  ) {
    let (aBuffer, bBuffer) = (a.buffer, b.buffer)
    precondition(
      aBuffer.count >= rows * inner, "A holds \(aBuffer.count) of \(rows)×\(inner) elements")
    precondition(
      bBuffer.count >= inner * columns, "B holds \(bBuffer.count) of \(inner)×\(columns) elements")
    precondition(c.count >= rows * columns, "C holds \(c.count) of \(rows)×\(columns) elements")
    run(
      aBuffer.pointer, a.orientation, stride: a.orientation == .asStored ? inner : rows,
      bBuffer.pointer, b.orientation, stride: b.orientation == .asStored ? columns : inner,
      into: c.pointer, stride: columns, rows: rows, columns: columns, inner: inner,
      accumulating: accumulating)
  }

  /// The same on addresses with the distance between stored rows given, over the pool.
  static func run(
    _ a: UnsafePointer<Float>, _ aOrientation: Orientation, stride aStride: Int,
    _ b: UnsafePointer<Float>, _ bOrientation: Orientation, stride bStride: Int,
    into c: UnsafeMutablePointer<Float>, stride cStride: Int,
    rows: Int, columns: Int, inner: Int, scale: Float = 1, accumulating: Bool = false
  ) {
    let pool = ThreadPool.shared
    let isSmall = rows * columns * inner < parallelThreshold
    let isRowSplit = rows >= columns
    let length = isRowSplit ? rows : columns
    let share = (length + pool.threadCount - 1) / pool.threadCount
    let grain = isSmall ? length : (share + blockEdge - 1) / blockEdge * blockEdge
    pool.forEachRange(length, grain: max(grain, 1)) { range in
      if isRowSplit {
        runOnThisThread(
          a + (aOrientation == .asStored ? range.lowerBound * aStride : range.lowerBound),
          aOrientation, stride: aStride, b, bOrientation, stride: bStride,
          into: c + range.lowerBound * cStride, stride: cStride,
          rows: range.count, columns: columns, inner: inner,
          scale: scale, accumulating: accumulating)
      } else {
        runOnThisThread(
          a, aOrientation, stride: aStride,
          b + (bOrientation == .asStored ? range.lowerBound : range.lowerBound * bStride),
          bOrientation, stride: bStride,
          into: c + range.lowerBound, stride: cStride,
          rows: rows, columns: range.count, inner: inner,
          scale: scale, accumulating: accumulating)
      }
    }
  }

  /// The same on the calling thread, for use inside a parallel loop.
  static func runOnThisThread(
    _ a: UnsafePointer<Float>, _ aOrientation: Orientation, stride aStride: Int,
    _ b: UnsafePointer<Float>, _ bOrientation: Orientation, stride bStride: Int,
    into c: UnsafeMutablePointer<Float>, stride cStride: Int,
    rows: Int, columns: Int, inner: Int, scale: Float = 1, accumulating: Bool = false
  ) {
    guard rows > 0, columns > 0 else { return }
    _ = singleThreaded
    cblas_sgemm(
      CblasRowMajor,
      aOrientation == .asStored ? CblasNoTrans : CblasTrans,
      bOrientation == .asStored ? CblasNoTrans : CblasTrans,
      blasint(rows), blasint(columns), blasint(inner),
      scale, a, blasint(aStride), b, blasint(bStride),
      accumulating ? 1 : 0, c, blasint(cStride))
  }

  /// The kernels that OpenBLAS chose for this processor, such as `SkylakeX`.
  public static var kernelName: String { String(cString: openblas_get_corename()) }

  /// OpenBLAS's version and build options.
  public static var libraryDescription: String { String(cString: openblas_get_config()) }
}
