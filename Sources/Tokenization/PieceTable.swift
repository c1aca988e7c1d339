/// A model's pieces, arranged for merging.
///
/// A symbol is anything that merging can meet: a piece that may be found in text, or a character
/// that occurs in one. Symbols are numbered from 0. Strings are in the prepared form of
/// `SentencePieceNormalizer`, with one space for U+2581.
final class PieceTable: @unchecked Sendable {
  /// `left << 32 | right` → `rank << 32 | merged`; a lower rank merges first.
  let merges: IntegerTable
  /// Per symbol: the id that it is written as, which is the unknown one where it has none.
  let tokens: UnsafePointer<Int32>
  /// Per symbol: its bytes in prepared text.
  let lengths: UnsafePointer<Int32>
  /// Per symbol: whether it has to be taken apart again.
  let isUnused: UnsafePointer<Bool>
  let hasUnused: Bool
  /// Symbols of characters, in pages of 256 code points; -1 where there is none.
  private let pages: UnsafePointer<UInt16>
  private let characters: UnsafePointer<Int32>
  /// `b << 8 | a`: 0 if some piece has byte `a` right before byte `b`, else 1. Where none has, no
  /// merge can cross, and text can be cut without changing its tokens.
  let cuts: UnsafePointer<UInt8>
  /// `a << 32 | b`: the same of characters, for those beyond ASCII.
  let characterJoins: IntegerTable
  /// The ids of the 256 byte pieces, or none.
  let byteTokens: [Int32]
  let unknownToken: Int32
  let escapesWhitespace: Bool
  /// User-defined pieces, which are cut out before anything is merged; values are symbols.
  let matcher: PrefixMatcher?

  package init(_ builder: PieceTableBuilder, matcher: PrefixMatcher?) {
    merges = IntegerTable(builder.merges)
    tokens = Self.copy(builder.symbols.map(\.token))
    lengths = Self.copy(builder.symbols.map { Int32($0.bytes.count) })
    isUnused = Self.copy(builder.symbols.map(\.isUnused))
    hasUnused = builder.symbols.contains(where: \.isUnused)
    pages = Self.copy(builder.pages)
    characters = Self.copy(builder.characters)
    cuts = Self.copy(builder.joins.map { $0 ? 0 : 1 })
    characterJoins = IntegerTable(builder.characterJoins.sorted().map { ($0, 1) })
    byteTokens = builder.byteTokens
    unknownToken = builder.unknownToken
    escapesWhitespace = builder.escapesWhitespace
    self.matcher = matcher
  }

  deinit {
    tokens.deallocate()
    lengths.deallocate()
    isUnused.deallocate()
    pages.deallocate()
    characters.deallocate()
    cuts.deallocate()
  }

  private static func copy<Element: BitwiseCopyable>(
    _ array: [Element]
  ) -> UnsafePointer<Element> {
    let pointer = UnsafeMutablePointer<Element>.allocate(capacity: max(array.count, 1))
    array.withUnsafeBufferPointer { source in
      if let base = source.baseAddress {
        pointer.initialize(from: base, count: array.count)
      }
    }
    return UnsafePointer(pointer)
  }

  /// Returns the symbol of a code point, or -1.
  @inline(__always)
  func symbol(ofCharacter value: UInt32) -> Int32 {
    characters[Int(pages[Int(value >> 8)]) << 8 | Int(value & 0xFF)]
  }

  /// Returns the merge of two symbols as `rank << 32 | merged`, or `IntegerTable.none`.
  @inline(__always)
  func merge(_ left: Int32, _ right: Int32) -> UInt64 {
    guard left | right >= 0 else { return IntegerTable.none }
    return merges.value(UInt64(UInt32(left)) << 32 | UInt64(UInt32(right)))
  }
}
