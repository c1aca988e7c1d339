/// How much memory a file may ask for.
///
/// A file's bytes bound most of it. What they cannot bound is what compression, repetition and
/// nulls make of a few of them.
public struct ParquetLimits: Sendable, Equatable {
  /// Largest page when it is decompressed: 1 GiB, and 64 KiB for what stands beside a value of that
  /// size. Writers aim at 1 MiB; the format's own limit is 2 GiB. A reader holds at most one page
  /// compressed, one decompressed, and a dictionary with eight bytes for each text beside it.
  public var pageByteCount = 1 << 30 + 1 << 16
  /// Most values, nulls among them, of a row that holds a list: 16 Mi.
  public var listValueCount = 1 << 24
  /// Most bytes of text of a row that holds a list: 1 GiB.
  public var listByteCount = 1 << 30

  public init() {}
}
