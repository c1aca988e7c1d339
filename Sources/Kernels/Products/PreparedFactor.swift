/// The second factor of a product, ready for its engine: laid out once for many products where the
/// engine gains by that.
///
/// A product may use fewer of its rows and columns than it was prepared with, from the first on. It
/// is addresses alone: whoever prepares it keeps the memory.
struct PreparedFactor<E: StoredElement> {
  enum Layout {
    /// As it lies in memory.
    case operand(Operand<E>)
    /// In pairs, for `PairedProduct`; `inner` rows were packed.
    case packed(UnsafePointer<UInt16>, inner: Int)
  }

  let layout: Layout
  /// What multiplies if the elements are bfloat16.
  let engine: BFloat16Product.Engine

  /// A factor as it lies in memory, for the engine in use.
  init(_ operand: Operand<E>) {
    layout = .operand(operand)
    engine = BFloat16Product.engine
  }

  init(_ layout: Layout, _ engine: BFloat16Product.Engine) {
    self.layout = layout
    self.engine = engine
  }

  /// The same without the columns before `column`, a multiple of 16.
  func dropping(columns column: Int) -> PreparedFactor {
    switch layout {
    case .operand(let operand): PreparedFactor(.operand(operand.dropping(columns: column)), engine)
    case .packed(let start, let inner):
      PreparedFactor(
        .packed(start + PairedProduct.packedOffset(inner: inner, column: column), inner: inner),
        engine)
    }
  }
}

/// Memory for factors [inner, columns] of one size that are prepared, and the way to prepare them.
///
/// They may come from another type than the product's: weights are kept in float32, and are rounded
/// on the way into the layout that the engine reads.
struct FactorPreparation<E: StoredElement> {
  private let engine: BFloat16Product.Engine
  private let isPacked: Bool
  private let inner: Int
  private let columns: Int
  private let memory: Buffer
  private let elementsEach: Int

  /// Room for `count` factors that come from elements of type `source`.
  init(
    count: Int = 1, inner: Int, columns: Int, from source: ElementType,
    engine: BFloat16Product.Engine = BFloat16Product.engine
  ) {
    self.engine = engine
    self.inner = inner
    self.columns = columns
    isPacked = E.elementType == .bfloat16 && engine.packsFactors
    let needed =
      isPacked
      ? PairedProduct.packedCount(inner: inner, columns: columns)
      : source == E.elementType ? 0 : inner * columns
    // Each begins at a line of the cache.
    elementsEach = (needed + 31) & ~31
    memory = Buffer(uninitializedCount: count * elementsEach, of: E.elementType)
  }

  /// Prepares a factor on the calling thread and returns it.
  func prepare<S: StoredElement>(_ index: Int = 0, _ operand: Operand<S>) -> PreparedFactor<E> {
    prepare(operand, columns: 0..<columns, index)
    return factor(index, operand)
  }

  /// The same, spread over the pool.
  func prepareInParallel<S: StoredElement>(_ operand: Operand<S>) -> PreparedFactor<E> {
    let threads = ThreadPool.shared.threadCount
    let share = (columns + threads - 1) / threads
    ThreadPool.shared.forEachRange(columns, grain: max(64, (share + 15) & ~15)) { range in
      prepare(operand, columns: range, 0)
    }
    return factor(0, operand)
  }

  /// The factor of this index, which has been prepared from `operand`.
  func factor<S: StoredElement>(_ index: Int, _ operand: Operand<S>) -> PreparedFactor<E> {
    if isPacked {
      return PreparedFactor(.packed(UnsafePointer(packed(index)), inner: inner), engine)
    }
    if let operand = operand as? Operand<E> { return PreparedFactor(.operand(operand), engine) }
    return PreparedFactor(.operand(converted(index, operand)), engine)
  }

  private func prepare<S: StoredElement>(
    _ operand: Operand<S>, columns range: Range<Int>, _ index: Int
  ) {
    if isPacked {
      PairedProduct.pack(
        operand.dropping(columns: range.lowerBound), inner: inner, columns: range.count,
        into: packed(index)
          + PairedProduct.packedOffset(inner: inner, column: range.lowerBound))
    } else if S.elementType != E.elementType {
      convert(operand, columns: range, into: place(index))
    }
  }

  /// Copies columns in the product's type, in the order that they have.
  private func convert<S: StoredElement>(
    _ operand: Operand<S>, columns range: Range<Int>, into target: UnsafeMutablePointer<E>
  ) {
    if operand.isTransposed {
      for column in range {
        VectorLoop.map(
          operand.start + column * operand.stride, into: target + column * inner, inner
        ) { $0 }
      }
    } else {
      for row in 0..<inner {
        let start = row * columns + range.lowerBound
        VectorLoop.map(
          operand.start + row * operand.stride + range.lowerBound, into: target + start,
          range.count
        ) { $0 }
      }
    }
  }

  private func converted<S: StoredElement>(_ index: Int, _ operand: Operand<S>) -> Operand<E> {
    Operand(
      place(index), stride: operand.isTransposed ? inner : columns,
      isTransposed: operand.isTransposed)
  }

  private func place(_ index: Int) -> UnsafeMutablePointer<E> {
    memory.elements(of: E.self) + index * elementsEach
  }

  private func packed(_ index: Int) -> UnsafeMutablePointer<UInt16> {
    memory.address.assumingMemoryBound(to: UInt16.self) + index * elementsEach
  }
}

extension BFloat16Product.Engine {
  /// Whether it wants its second factor laid out in pairs.
  var packsFactors: Bool {
    if case .samara = self { return true }
    return false
  }
}
