/// The keys and values on the way from a sequence's first token to its last, of one head, as factors
/// of products.
///
/// The way grows at its end and is cut back to where another sequence branches off, so that what
/// sequences share is laid out for the engine once.
struct PathFactors<E: ProductElement> {
  private let engine: BFloat16Product.Engine
  private let isPacked: Bool
  private let width: Int
  /// The tokens that there is room for.
  private let capacity: Int
  private let keyRows: UnsafeMutablePointer<E>
  private let valueRows: UnsafeMutablePointer<E>
  private let packedKeys: UnsafeMutablePointer<UInt16>
  private let packedValues: UnsafeMutablePointer<UInt16>
  private let memory: Buffer

  /// Room for a way of `length` tokens.
  init(length: Int, width: Int) {
    engine = BFloat16Product.engine
    isPacked = E.elementType == .bfloat16 && engine.packsFactors
    self.width = width
    // Whole groups of columns: those past the last token are multiplied by nothing.
    capacity = (length + 15) & ~15
    let rows = (capacity * width + 31) & ~31
    let keys = isPacked ? PairedProduct.packedCount(inner: width, columns: capacity) : 0
    let values = isPacked ? PairedProduct.packedCount(inner: capacity, columns: width) : 0
    memory = Buffer(uninitializedCount: 2 * rows + keys + values, of: E.elementType)
    keyRows = memory.elements()
    valueRows = keyRows + rows
    packedKeys = UnsafeMutableRawPointer(valueRows + rows).assumingMemoryBound(to: UInt16.self)
    packedValues = packedKeys + keys
  }

  /// Where the keys and values [tokens, W] lie of the tokens from a position on.
  func place(
    _ position: Int
  ) -> (keys: UnsafeMutablePointer<E>, values: UnsafeMutablePointer<E>) {
    (keyRows + position * width, valueRows + position * width)
  }

  /// Lays out the tokens in `positions`, where the way now ends.
  func prepare(_ positions: Range<Int>) {
    guard isPacked else { return }
    let column = positions.lowerBound & ~15
    PairedProduct.packGroups(
      transposed: keyRows + column * width, stride: width, inner: width,
      columns: (positions.upperBound - column + 15) & ~15,
      into: packedKeys + PairedProduct.packedOffset(inner: width, column: column))
    let row = positions.lowerBound & ~1
    PairedProduct.packGroups(
      stored: valueRows + row * width, stride: width, inner: positions.upperBound - row,
      columns: width, into: packedValues + 16 * row, groupInner: capacity)
  }

  /// Kᵀ [W, length].
  var keys: PreparedFactor<E> {
    isPacked
      ? PreparedFactor(.packed(UnsafePointer(packedKeys), inner: width), engine)
      : PreparedFactor(.operand(Operand(keyRows, stride: width, isTransposed: true)), engine)
  }

  /// V [length, W].
  var values: PreparedFactor<E> {
    isPacked
      ? PreparedFactor(.packed(UnsafePointer(packedValues), inner: capacity), engine)
      : PreparedFactor(.operand(Operand(valueRows, stride: width)), engine)
  }

  /// Keeps the memory while `body` works on addresses.
  func withLifetime(_ body: () -> Void) { withExtendedLifetime(memory, body) }
}
