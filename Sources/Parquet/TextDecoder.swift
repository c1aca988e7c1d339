/// Decodes the texts of one page after another, whatever their encoding.
final class TextDecoder: ValueDecoder {
  private enum Source {
    case none
    case plain(PlainTexts)
    case dictionary(HybridDecoder)
    case deltaLength(DeltaLengthTexts)
    case delta
  }

  private let dictionary: ValueDictionary
  private let deltaTexts = DeltaTexts()
  private var source = Source.none
  /// What the starts of the texts decoded last are counted from.
  private(set) var base: UnsafeRawPointer?

  init(dictionary: ValueDictionary) {
    self.dictionary = dictionary
  }

  func startChunk(_ limits: ParquetLimits) {
    source = .none
    deltaTexts.startChunk(limit: limits.pageByteCount)
  }

  /// Starts at a page; the numbers of encodings are those of `Encoding` in parquet.thrift.
  func start(_ page: DataPage) throws(Fault) {
    let bytes = UnsafeRawBufferPointer(page.values)
    base = bytes.baseAddress
    if page.encoding != 7 { deltaTexts.forget() }
    switch page.encoding {
    case 0: source = .plain(PlainTexts(page.values))
    case 2, 8:
      source = .dictionary(try dictionary.indices(in: bytes))
      base = dictionary.base
    // A page of nulls alone may hold no byte.
    case 6: source = bytes.isEmpty ? .none : .deltaLength(try DeltaLengthTexts(bytes))
    case 7:
      source = bytes.isEmpty ? .none : .delta
      if !bytes.isEmpty { try deltaTexts.start(bytes) }
    case 5: throw .corrupt("text is encoded as differences of numbers")
    default: throw .unsupported("text of the encoding \(page.encoding)")
    }
  }

  /// How many texts may be asked for at a time.
  func available() throws(Fault) -> Int {
    if case .delta = source { return try deltaTexts.available() }
    return .max
  }

  /// Decodes the next texts; returns whether they are known to be UTF-8.
  func decode(
    _ count: Int, into starts: UnsafeMutablePointer<UInt32>,
    _ counts: UnsafeMutablePointer<UInt32>
  ) throws(Fault) -> Bool {
    switch source {
    case .none:
      guard count == 0 else { throw .endsEarly }
      return true
    case .plain(var texts):
      let stretch = try texts.decode(count, into: starts, counts)
      source = .plain(texts)
      return isUTF8(stretch)
    case .dictionary(var indices):
      try indices.decode(count, into: counts)
      source = .dictionary(indices)
      dictionary.look(up: count, starts, counts)
      return dictionary.isValid
    case .deltaLength(var texts):
      let (stretch, beginsAreRight) = try texts.decode(count, into: starts, counts)
      source = .deltaLength(texts)
      base = texts.base
      return beginsAreRight && isUTF8(stretch)
    case .delta:
      let stretch = try deltaTexts.decode(count, into: starts, counts)
      base = deltaTexts.base
      return isUTF8(stretch)
    }
  }
}
