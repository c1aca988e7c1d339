/// The scratch memory and the word cache of one thread that encodes.
///
/// Only one thread at a time may use it: `SentencePieceTokenizer` hands it out under a lock.
final class BytePairEncoder: @unchecked Sendable {
  private var workspace = EncoderWorkspace()

  deinit { workspace.deallocate() }

  func encode(
    _ text: UnsafeBufferPointer<UInt8>, _ normalizer: SentencePieceNormalizer, _ table: PieceTable
  ) -> [Int32] {
    workspace.encode(text, normalizer, table)
  }
}

/// Cuts a text where no merge can cross, and looks up or merges what lies between.
struct EncoderWorkspace {
  var text = GrowableBuffer<UInt8>()
  var tokens = GrowableBuffer<Int32>()
  var tokenCount = 0
  var symbols = GrowableBuffer<Int32>()
  var offsets = GrowableBuffer<Int32>()
  var pairs = GrowableBuffer<UInt64>()
  var previous = GrowableBuffer<Int32>()
  var next = GrowableBuffer<Int32>()
  var queue = MergeQueue()
  var cache = WordCache()

  /// Up to here every merge scans all pairs, which stay in the first-level cache; beyond it a heap
  /// keeps the cost at n log n. Hardly a word is longer, so the exact place matters little.
  static let scanLimit = 48
  /// Scratch memory above this many elements is not kept for the next text.
  private static let keptCapacity = 1 << 20

  func deallocate() {
    text.deallocate()
    tokens.deallocate()
    symbols.deallocate()
    offsets.deallocate()
    pairs.deallocate()
    previous.deallocate()
    next.deallocate()
    queue.deallocate()
    cache.deallocate()
  }

  mutating func encode(
    _ input: UnsafeBufferPointer<UInt8>, _ normalizer: SentencePieceNormalizer, _ table: PieceTable
  ) -> [Int32] {
    // 32 more, because the cache reads words in blocks of that size.
    text.reserve(SentencePieceNormalizer.capacity(for: input.count) + 32)
    let count = normalizer.normalize(input, to: text.base)
    precondition(count <= Int(Int32.max), "encode: \(count) bytes, at most \(Int32.max) at a time")
    (text.base + count).update(repeating: 0, count: 32)
    tokenCount = 0
    if table.hasUnused {
      encodeWhole(count, table)
    } else if let matcher = table.matcher {
      encodeAround(matcher, count, table)
    } else {
      encode(0, count, table)
    }
    let result = Array(UnsafeBufferPointer(start: tokens.base, count: tokenCount))
    text.shrink(above: Self.keptCapacity)
    tokens.shrink(above: Self.keptCapacity)
    symbols.shrink(above: Self.keptCapacity)
    offsets.shrink(above: Self.keptCapacity)
    pairs.shrink(above: Self.keptCapacity)
    previous.shrink(above: Self.keptCapacity)
    next.shrink(above: Self.keptCapacity)
    queue.shrink(above: Self.keptCapacity)
    return result
  }

  /// Encodes what lies between user-defined pieces, which never merge with anything.
  private mutating func encodeAround(_ matcher: PrefixMatcher, _ count: Int, _ table: PieceTable) {
    let bytes = UnsafeBufferPointer(start: text.base, count: count)
    var start = 0
    var position = 0
    while position < count {
      if let (length, symbol) = matcher.longestMatch(in: bytes, at: position) {
        encode(start, position, table)
        emit(symbol, position, length, table)
        position += length
        start = position
      } else {
        position += encodedLength(lead: bytes[position])
      }
    }
    encode(start, count, table)
  }

  private mutating func encode(_ start: Int, _ end: Int, _ table: PieceTable) {
    let text = UnsafePointer(text.base)
    let joins = table.joins
    var word = start
    while word < end {
      var character = word
      var position = word + encodedLength(lead: text[word])
      while position < end {
        let (left, right) = (text[position - 1], text[position])
        guard joins[Int(left) << 8 | Int(right)] else { break }
        if left | right >= 0x80 {
          let key = UInt64(scalarValue(text + character)) << 32
          let value = UInt64(scalarValue(text + position))
          guard table.characterJoins.value(key | value) != IntegerTable.none else { break }
        }
        character = position
        position += encodedLength(lead: right)
      }
      encodeWord(word, position - word, isCharacter: character == word, table)
      word = position
    }
  }

  @inline(__always)
  private mutating func encodeWord(
    _ start: Int, _ length: Int, isCharacter: Bool, _ table: PieceTable
  ) {
    if isCharacter {
      emit(table.symbol(ofCharacter: scalarValue(text.base + start)), start, length, table)
    } else if length <= WordCache.maximumWordLength {
      encodeCached(start, length, table)
    } else {
      merge(start, length, table)
    }
  }

  @inline(__always)
  private mutating func encodeCached(_ start: Int, _ length: Int, _ table: PieceTable) {
    let key = cache.key(text.base + start, length: length)
    let (entry, count) = cache.entry(key)
    guard count > 0 else {
      // Room for all tokens of the word at once, in front of which nothing can merge.
      let first = tokenCount
      merge(start, length, table)
      // A run of unknown tokens that began before the word is one token short.
      if table.byteTokens.isEmpty && first > 0 && tokens.base[first - 1] == table.unknownToken {
        return
      }
      cache.store(key, tokens.base + first, count: tokenCount - first, in: entry)
      return
    }
    tokens.reserve(tokenCount + WordCache.maximumTokenCount, keeping: tokenCount)
    var found = entry.pointee.tokens
    var added = count
    if table.byteTokens.isEmpty && found[0] == table.unknownToken && tokenCount > 0
      && tokens.base[tokenCount - 1] == table.unknownToken
    {
      for index in 1..<WordCache.maximumTokenCount { found[index - 1] = found[index] }
      added -= 1
    }
    UnsafeMutableRawPointer(tokens.base + tokenCount).storeBytes(
      of: found, as: SIMD8<Int32>.self)
    tokenCount += added
  }

  /// Appends the id of a symbol, or what stands for text without one.
  @inline(__always)
  mutating func emit(_ symbol: Int32, _ start: Int, _ length: Int, _ table: PieceTable) {
    // A space may become the three bytes of U+2581.
    tokens.reserve(tokenCount + 3 * length, keeping: tokenCount)
    let token = symbol >= 0 ? table.tokens[Int(symbol)] : table.unknownToken
    if token != table.unknownToken {
      tokens.base[tokenCount] = token
      tokenCount += 1
    } else {
      emitUnknown(start, length, table)
    }
  }

  /// Bytes with byte fallback; otherwise one unknown token for a run of unknown text.
  @inline(never)
  private mutating func emitUnknown(_ start: Int, _ length: Int, _ table: PieceTable) {
    func append(_ token: Int32) {
      tokens.base[tokenCount] = token
      tokenCount += 1
    }
    if table.byteTokens.isEmpty {
      let continues = tokenCount > 0 && tokens.base[tokenCount - 1] == table.unknownToken
      if !continues { append(table.unknownToken) }
      return
    }
    for index in start..<(start + length) {
      let byte = text.base[index]
      if byte == 0x20 && table.escapesWhitespace {
        for part in spaceSymbol { append(table.byteTokens[Int(part)]) }
      } else {
        append(table.byteTokens[Int(byte)])
      }
    }
  }
}
