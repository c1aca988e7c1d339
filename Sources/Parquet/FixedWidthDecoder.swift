/// Decodes values that all have the same number of bytes: numbers, the least significant byte first,
/// truth values of a byte each, and bytes of a fixed length.
///
/// Source: parquet-format's Encodings.md.
final class FixedWidthDecoder: ValueDecoder {
  private enum Source {
    case none
    case plain
    case packedBooleans
    case booleans(HybridDecoder)
    case dictionary(HybridDecoder)
    case deltas32(DeltaDecoder<UInt32>)
    case deltas64(DeltaDecoder<UInt64>)
    /// The first byte of each value, then the second of each, and so on (`BYTE_STREAM_SPLIT`).
    case split(count: Int)
    case prefixes
  }

  private let type: SchemaElement.PhysicalType
  private let width: Int
  private let dictionary: ValueDictionary
  private let deltaTexts = DeltaTexts()
  private var source = Source.none
  private var bytes = UnsafeRawBufferPointer(start: nil, count: 0)
  /// The page's values that were decoded.
  private var position = 0
  private var scratch = ReusableBuffer()
  private(set) var base: UnsafeRawPointer?

  init(_ type: SchemaElement.PhysicalType, width: Int, dictionary: ValueDictionary) {
    precondition(width > 0, "values of \(width) bytes")
    self.type = type
    self.width = width
    self.dictionary = dictionary
  }

  func startChunk(_ limits: ParquetLimits) {
    source = .none
    deltaTexts.startChunk(limit: limits.pageByteCount)
  }

  func start(_ page: DataPage) throws(Fault) {
    bytes = UnsafeRawBufferPointer(page.values)
    base = bytes.baseAddress
    position = 0
    if page.encoding != 7 { deltaTexts.forget() }
    source = try source(page.encoding)
  }

  private func source(_ encoding: Int) throws(Fault) -> Source {
    switch (encoding, type) {
    case (0, .boolean): return .packedBooleans
    case (0, _): return .plain
    case (2, .boolean), (8, .boolean): break
    case (2, _), (8, _):
      let indices = try dictionary.indices(in: bytes)
      base = dictionary.base
      return .dictionary(indices)
    // A page of nulls alone may hold no byte.
    case (3, .boolean), (5, .int32), (5, .int64), (7, .fixedLengthByteArray):
      if bytes.isEmpty { return .none }
      return try whereNotEmpty(encoding)
    case (9, .float), (9, .double), (9, .int32), (9, .int64), (9, .fixedLengthByteArray):
      guard bytes.count % width == 0 else {
        throw .corrupt("a page of \(bytes.count) bytes holds values of \(width)")
      }
      return .split(count: bytes.count / width)
    default: break
    }
    throw .unsupported("values of the type \(type) and the encoding \(encoding)")
  }

  private func whereNotEmpty(_ encoding: Int) throws(Fault) -> Source {
    switch (encoding, type) {
    case (3, _):
      var cursor = ByteCursor(bytes)
      return .booleans(
        HybridDecoder(try cursor.take(Int(cursor.fixed32())), width: 1, limit: 2))
    case (5, .int32): return .deltas32(try DeltaDecoder(bytes))
    case (5, _): return .deltas64(try DeltaDecoder(bytes))
    default:
      try deltaTexts.start(bytes)
      return .prefixes
    }
  }

  func available() throws(Fault) -> Int {
    if case .prefixes = source { return try deltaTexts.available() }
    return .max
  }

  func decode(
    _ count: Int, into starts: UnsafeMutablePointer<UInt32>,
    _ counts: UnsafeMutablePointer<UInt32>
  ) throws(Fault) -> Bool {
    switch source {
    case .none:
      guard count == 0 else { throw .endsEarly }
    case .plain:
      guard count <= bytes.count / width - position else { throw .endsEarly }
      place(count, from: position, starts, counts)
    case .packedBooleans:
      guard count <= bytes.count * 8 - position else { throw .endsEarly }
      let values = try scratch(count, UInt8.self)
      for index in 0..<count {
        let bit = position + index
        values[index] = bytes[bit >> 3] >> UInt8(bit & 7) & 1
      }
      place(count, from: 0, starts, counts)
    case .booleans(var runs):
      try runs.decode(count, into: scratch(count, UInt8.self))
      source = .booleans(runs)
      place(count, from: 0, starts, counts)
    case .dictionary(var indices):
      try indices.decode(count, into: counts)
      source = .dictionary(indices)
      dictionary.look(up: count, starts, counts)
    case .deltas32(var deltas):
      try deltas.decode(count, into: scratch(count, UInt32.self))
      source = .deltas32(deltas)
      place(count, from: 0, starts, counts)
    case .deltas64(var deltas):
      try deltas.decode(count, into: scratch(count, UInt64.self))
      source = .deltas64(deltas)
      place(count, from: 0, starts, counts)
    case .split(let total):
      guard count <= total - position else { throw .endsEarly }
      let values = try scratch(count * width, UInt8.self)
      for place in 0..<width {
        for index in 0..<count {
          values[index * width + place] = bytes[place * total + position + index]
        }
      }
      place(count, from: 0, starts, counts)
    case .prefixes:
      _ = try deltaTexts.decode(count, into: starts, counts)
      base = deltaTexts.base
      for index in 0..<count where counts[index] != width {
        throw .corrupt("a value of \(counts[index]) bytes, expected \(width)")
      }
    }
    position += count
    return false
  }

  /// Memory for values that do not lie in the page as they are.
  private func scratch<Value>(
    _ count: Int, _ type: Value.Type
  ) throws(Fault) -> UnsafeMutablePointer<Value> {
    try scratch.reserve(max(1, count) * MemoryLayout<Value>.stride)
    guard let start = scratch.base else { throw .endsEarly }
    base = UnsafeRawPointer(start)
    return start.bindMemory(to: type, capacity: count)
  }

  /// Values that lie one behind the other.
  private func place(
    _ count: Int, from first: Int, _ starts: UnsafeMutablePointer<UInt32>,
    _ counts: UnsafeMutablePointer<UInt32>
  ) {
    for index in 0..<count {
      starts[index] = UInt32(truncatingIfNeeded: (first + index) * width)
      counts[index] = UInt32(truncatingIfNeeded: width)
    }
  }
}
