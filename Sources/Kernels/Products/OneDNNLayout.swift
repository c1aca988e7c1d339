/// Where oneDNN's versions 2 and 3 differ: how matrices and products are described.
///
/// In version 2 descriptions are structures that the caller holds: here, bytes of ample size. In
/// version 3 they are the library's own objects.
enum OneDNNLayout {
  typealias Status = OneDNNFunctions.Status
  typealias Output = OneDNNFunctions.Output

  case version2(
    describe:
      @convention(c) (
        UnsafeMutableRawPointer, Int32, UnsafePointer<Int64>, Int32, UnsafePointer<Int64>
      ) -> Status,
    describeProduct:
      @convention(c) (
        UnsafeMutableRawPointer, UnsafeRawPointer, UnsafeRawPointer, UnsafeRawPointer?,
        UnsafeRawPointer
      ) -> Status,
    create:
      @convention(c) (
        Output, UnsafeRawPointer, OpaquePointer, OpaquePointer, OpaquePointer?
      ) -> Status,
    appendSum: @convention(c) (OpaquePointer, Float) -> Status)
  case version3(
    describe:
      @convention(c) (
        UnsafeMutablePointer<UnsafeMutableRawPointer?>, Int32, UnsafePointer<Int64>, Int32,
        UnsafePointer<Int64>
      ) -> Status,
    release: @convention(c) (UnsafeMutableRawPointer) -> Status,
    create:
      @convention(c) (
        Output, OpaquePointer, UnsafeRawPointer, UnsafeRawPointer, UnsafeRawPointer?,
        UnsafeRawPointer, OpaquePointer
      ) -> Status,
    appendSum: @convention(c) (OpaquePointer, Float, Int32, Int32) -> Status)

  /// A matrix's sizes, strides and type.
  final class Matrix {
    let pointer: UnsafeMutableRawPointer
    private let release: (UnsafeMutableRawPointer) -> Void

    init(_ pointer: UnsafeMutableRawPointer, release: @escaping (UnsafeMutableRawPointer) -> Void) {
      self.pointer = pointer
      self.release = release
    }

    deinit { release(pointer) }
  }

  /// More than version 2's largest structure: a product's description holds five of a matrix's, each
  /// under 1 KiB.
  private static let structureByteCount = 16_384

  private static func structure() -> UnsafeMutableRawPointer {
    let bytes = UnsafeMutableRawPointer.allocate(byteCount: structureByteCount, alignment: 64)
    bytes.initializeMemory(as: UInt8.self, repeating: 0, count: structureByteCount)
    return bytes
  }

  /// Describes a matrix; strides are the distances in elements between its rows and its columns.
  func matrix(
    rows: Int, columns: Int, rowStride: Int, columnStride: Int, type: Int32
  ) -> Matrix? {
    let dimensions = [Int64(rows), Int64(columns)]
    let strides = [Int64(rowStride), Int64(columnStride)]
    switch self {
    case .version2(let describe, _, _, _):
      let matrix = Matrix(Self.structure()) { $0.deallocate() }
      return describe(matrix.pointer, 2, dimensions, type, strides) == 0 ? matrix : nil
    case .version3(let describe, let release, _, _):
      var made: UnsafeMutableRawPointer?
      guard describe(&made, 2, dimensions, type, strides) == 0, let made else { return nil }
      return Matrix(made) { _ = release($0) }
    }
  }

  /// Describes the product c = a · b.
  func product(
    _ a: Matrix, _ b: Matrix, _ c: Matrix, _ attributes: OpaquePointer, _ engine: OpaquePointer
  ) -> OpaquePointer? {
    var made: OpaquePointer?
    switch self {
    case .version2(_, let describeProduct, let create, _):
      let structure = Self.structure()
      defer { structure.deallocate() }
      guard describeProduct(structure, a.pointer, b.pointer, nil, c.pointer) == 0,
        create(&made, structure, attributes, engine, nil) == 0
      else { return nil }
    case .version3(_, _, let create, _):
      guard create(&made, engine, a.pointer, b.pointer, nil, c.pointer, attributes) == 0 else {
        return nil
      }
    }
    return made
  }

  /// Has a product add to what the result holds.
  func appendSum(to operations: OpaquePointer) -> Bool {
    switch self {
    case .version2(_, _, _, let append): append(operations, 1) == 0
    case .version3(_, _, _, let append): append(operations, 1, 0, 0) == 0
    }
  }
}
