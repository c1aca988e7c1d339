/// Finds the values of one page after another, whatever their encoding.
protocol ValueDecoder: AnyObject {
  /// What the starts of the values decoded last are counted from.
  var base: UnsafeRawPointer? { get }

  func startChunk(_ limits: ParquetLimits)

  /// Starts at a page; the numbers of encodings are those of `Encoding` in parquet.thrift.
  func start(_ page: DataPage) throws(Fault)

  /// How many values may be asked for at a time.
  func available() throws(Fault) -> Int

  /// Decodes the next values, which live until more are asked for; returns whether they are known
  /// to be UTF-8.
  @discardableResult
  func decode(
    _ count: Int, into starts: UnsafeMutablePointer<UInt32>,
    _ counts: UnsafeMutablePointer<UInt32>
  ) throws(Fault) -> Bool
}
