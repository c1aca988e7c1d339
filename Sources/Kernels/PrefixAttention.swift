/// Attention of sequences that share their beginnings: each token sees itself and those before it in
/// its sequence, wherever they lie.
///
/// A task walks along the runs for one key/value head with the keys and values of the sequence at
/// hand, which it cuts back and extends from run to run, so that a shared beginning is laid out for
/// products once a task. The heads of queries that share them enter a product together: a run is
/// often shorter than a tile. Every sum goes over a sequence's tokens in their order, from the first
/// on, so that with products whose bits do not depend on their number of rows (this project's own)
/// a token's result has the bits that it has in a row of its own.
///
/// N tokens, H query heads, K key/value heads, W head width. No gradient.
public struct PrefixAttention: Sendable {
  /// Keys and values [K, count, W] of tokens that stand before the first run.
  public struct Carried {
    let keys: Buffer
    let values: Buffer
    /// The tokens there are; the runs may use fewer.
    let count: Int

    public init(keys: Buffer, values: Buffer, count: Int) {
      self.keys = keys
      self.values = values
      self.count = count
    }
  }

  let runs: PrefixRuns
  let heads: PackedHeads

  public init(_ runs: PrefixRuns, queryHeads: Int, keyValueHeads: Int, headWidth: Int) {
    self.runs = runs
    heads = PackedHeads(
      queryHeads: queryHeads, keyValueHeads: keyValueHeads, headWidth: headWidth,
      rows: runs.rowCount)
  }

  /// Rows that a task takes at least before another begins, which lays out its first sequence anew.
  private static let rowsPerTask = 512

  /// y [N, H·W] ← attention of a packed buffer [H + 2K, N, W], of one type.
  public func forward(_ packed: Buffer, carried: Carried?, into y: Buffer) {
    precondition(
      carried?.count ?? 0 >= runs.carried,
      "\(runs.carried) carried tokens, of which \(carried?.count ?? 0) are given")
    let pieces = runs.cut(to: heads.rowsPerProduct)
    let scores = pieces.runs.reduce(0) { $0 + $1.rows.count * $1.length }
    KernelClock.measure(
      "attention, forward",
      floatingPointOperations: heads.floatingPointOperations(scores: scores)
    ) {
      switch packed.elementType {
      case .bfloat16: forward(packed, carried, pieces, into: y, of: BFloat16.self)
      default: forward(packed, carried, pieces, into: y, of: Float.self)
      }
    }
  }

  private func forward<E: ProductElement>(
    _ packed: Buffer, _ carried: Carried?, _ pieces: PrefixRuns, into y: Buffer, of _: E.Type
  ) {
    let (packed, y) = (UnsafePointer(packed.elements(of: E.self)), y.elements(of: E.self))
    let tasks = Self.tasks(of: pieces)
    ThreadPool.shared.forEach(tasks.count * heads.keyValueHeads) { index in
      let (task, head) = (tasks[index / heads.keyValueHeads], index % heads.keyValueHeads)
      let source = source(packed, carried, head: head)
      let longest = pieces.runs[task].reduce(0) { max($0, $1.length) }
      let path = PathFactors<E>(length: longest, width: heads.headWidth)
      path.withLifetime {
        let first = pieces.runs[task.lowerBound].depth
        for piece in pieces.path(through: task.lowerBound - 1, length: first) {
          source.copy(piece, to: path)
        }
        if first > 0 { path.prepare(0..<first) }
        for run in pieces.runs[task] {
          let positions = run.depth..<run.length
          source.copy(.init(positions: positions, place: .rows(run.rows.lowerBound)), to: path)
          path.prepare(positions)
          heads.attend(run, along: path, packed, head: head, into: y)
        }
      }
    }
  }

  /// Consecutive pieces in tasks of so many rows; the cuts depend on the runs alone.
  private static func tasks(of pieces: PrefixRuns) -> [Range<Int>] {
    var (tasks, start, rows) = ([Range<Int>](), 0, 0)
    for (index, piece) in pieces.runs.enumerated() {
      rows += piece.rows.count
      guard rows >= rowsPerTask || index == pieces.runs.count - 1 else { continue }
      tasks.append(start..<index + 1)
      (start, rows) = (index + 1, 0)
    }
    return tasks
  }

  /// Where a key/value head's tokens are.
  struct Source<E: ProductElement> {
    let keys: UnsafePointer<E>
    let values: UnsafePointer<E>
    let carriedKeys: UnsafePointer<E>?
    let carriedValues: UnsafePointer<E>?
    let width: Int

    func copy(_ piece: PrefixRuns.Piece, to path: PathFactors<E>) {
      let place = path.place(piece.positions.lowerBound)
      copy(piece, toKeys: place.keys, values: place.values)
    }

    func copy(
      _ piece: PrefixRuns.Piece, toKeys keyTarget: UnsafeMutablePointer<E>,
      values valueTarget: UnsafeMutablePointer<E>
    ) {
      let count = piece.positions.count * width
      switch piece.place {
      case .rows(let row):
        keyTarget.update(from: keys + row * width, count: count)
        valueTarget.update(from: values + row * width, count: count)
      case .carried(let token):
        guard let carriedKeys, let carriedValues else { return }
        keyTarget.update(from: carriedKeys + token * width, count: count)
        valueTarget.update(from: carriedValues + token * width, count: count)
      }
    }
  }

  func source<E: ProductElement>(
    _ packed: UnsafePointer<E>, _ carried: Carried?, head: Int
  ) -> Source<E> {
    let width = heads.headWidth
    func start(_ buffer: Buffer, _ count: Int) -> UnsafePointer<E> {
      UnsafePointer(buffer.elements(of: E.self) + head * count * width)
    }
    return Source(
      keys: heads.keys(packed, head: head), values: heads.values(packed, head: head),
      carriedKeys: carried.map { start($0.keys, $0.count) },
      carriedValues: carried.map { start($0.values, $0.count) }, width: width)
  }

  /// Copies the keys and values of the first `length` tokens of the last sequence, each
  /// [K, length, W], for runs that go on from them.
  public func last(
    _ length: Int, of packed: Buffer, carried: Carried?, keys: Buffer, values: Buffer
  ) {
    switch packed.elementType {
    case .bfloat16: last(length, packed, carried, keys, values, of: BFloat16.self)
    default: last(length, packed, carried, keys, values, of: Float.self)
    }
  }

  private func last<E: ProductElement>(
    _ length: Int, _ packed: Buffer, _ carried: Carried?, _ keys: Buffer, _ values: Buffer,
    of _: E.Type
  ) {
    let pieces = runs.path(through: runs.runs.count - 1, length: length)
    let packed = UnsafePointer(packed.elements(of: E.self))
    let (keys, values) = (keys.elements(of: E.self), values.elements(of: E.self))
    for head in 0..<heads.keyValueHeads {
      let source = source(packed, carried, head: head)
      for piece in pieces {
        let target = (head * length + piece.positions.lowerBound) * heads.headWidth
        source.copy(piece, toKeys: keys + target, values: values + target)
      }
    }
  }
}
