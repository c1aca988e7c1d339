/// A factor of a matrix product where it lies in memory: rows at a distance of `stride` elements,
/// entering as they are stored or transposed.
package struct Operand<E: StoredElement> {
  let start: UnsafePointer<E>
  let stride: Int
  let isTransposed: Bool

  package init(_ start: UnsafePointer<E>, stride: Int, isTransposed: Bool = false) {
    self.start = start
    self.stride = stride
    self.isTransposed = isTransposed
  }

  /// The same numbers as the transposed matrix.
  package var transposed: Operand {
    Operand(start, stride: stride, isTransposed: !isTransposed)
  }

  /// The matrix without the rows before `row`, as the product sees it.
  package func dropping(rows row: Int) -> Operand {
    Operand(start + (isTransposed ? row : row * stride), stride: stride, isTransposed: isTransposed)
  }

  /// The matrix without the columns before `column`, as the product sees it.
  package func dropping(columns column: Int) -> Operand {
    Operand(
      start + (isTransposed ? column * stride : column), stride: stride,
      isTransposed: isTransposed)
  }
}

/// The sizes of a product C [rows, columns] = A [rows, inner] · B [inner, columns].
package struct ProductSize: Hashable {
  package var rows: Int
  package var columns: Int
  package var inner: Int

  package init(rows: Int, columns: Int, inner: Int) {
    self.rows = rows
    self.columns = columns
    self.inner = inner
  }
}
