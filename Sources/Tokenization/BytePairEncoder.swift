/// The scratch memory and the word cache of one thread that encodes.
///
/// Only one thread at a time may use it: `EncoderPool` sees to that.
final class BytePairEncoder: @unchecked Sendable {
  private var workspace = EncoderWorkspace()

  deinit { workspace.deallocate() }

  /// Pairs looked at and levels of the heap walked, in all texts so far.
  var mergeSteps: Int { workspace.scanSteps + workspace.queue.steps }

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
  var scanSteps = 0
  var symbols = GrowableBuffer<Int32>()
  var offsets = GrowableBuffer<Int32>()
  var pairs = GrowableBuffer<UInt64>()
  var previous = GrowableBuffer<Int32>()
  var next = GrowableBuffer<Int32>()
  var queue = MergeQueue()
  var cutter = WordCutter()
  var words = ShortWordCache()
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
    cutter.deallocate()
    words.deallocate()
    cache.deallocate()
  }

  mutating func encode(
    _ input: UnsafeBufferPointer<UInt8>, _ normalizer: SentencePieceNormalizer, _ table: PieceTable
  ) -> [Int32] {
    // More, because words are cut and read in blocks.
    text.reserve(SentencePieceNormalizer.capacity(for: input.count) + WordCutter.padding)
    let count = normalizer.normalize(input, to: text.base)
    precondition(count <= Int(Int32.max), "encode: \(count) bytes, at most \(Int32.max) at a time")
    (text.base + count).update(repeating: 0, count: WordCutter.padding)
    tokenCount = 0
    if table.hasUnused {
      encodeWhole(count, table)
    } else if let matcher = table.matcher {
      encodeAround(matcher, count, table)
    } else {
      encodeWords(from: 0, to: count, table)
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
    cutter.shrink(above: Self.keptCapacity)
    return result
  }

  /// Encodes what lies between user-defined pieces, which never merge with anything.
  private mutating func encodeAround(_ matcher: PrefixMatcher, _ count: Int, _ table: PieceTable) {
    let bytes = UnsafeBufferPointer(start: text.base, count: count)
    var start = 0
    var position = 0
    while position < count {
      if let (length, symbol) = matcher.longestMatch(in: bytes, at: position) {
        encodeWords(from: start, to: position, table)
        emit(symbol, position, length, table)
        position += length
        start = position
      } else {
        position += encodedLength(lead: bytes[position])
      }
    }
    encodeWords(from: start, to: count, table)
  }

  /// Goes from cut to cut; nearly every word is one that was met before.
  private mutating func encodeWords(from start: Int, to end: Int, _ table: PieceTable) {
    let cuts = cutter.cut(text.base, from: start, to: end, table)
    let usesByteFallback = !table.byteTokens.isEmpty
    var word = start
    for block in 0..<((end - start + 63) / 64) {
      var bits = cuts[block]
      // At most 64 words end here.
      tokens.reserve(
        tokenCount + 64 * ShortWordCache.maximumTokenCount, keeping: tokenCount)
      var output = tokens.base + tokenCount
      while bits != 0 {
        let stop = start + 64 * block + bits.trailingZeroBitCount + 1
        bits &= bits - 1
        let length = stop - word
        if length <= ShortWordCache.maximumWordLength,
          let entry = words.entry(words.key(text.base + word, length: length)),
          usesByteFallback || entry.pointee.tokens[0] != table.unknownToken
        {
          UnsafeMutableRawPointer(output).storeBytes(
            of: entry.pointee.tokens, as: SIMD4<Int32>.self)
          output += entry.pointee.tokenCount
        } else {
          tokenCount = output - tokens.base
          encodeRareWord(word, length, table)
          tokens.reserve(
            tokenCount + 64 * ShortWordCache.maximumTokenCount, keeping: tokenCount)
          output = tokens.base + tokenCount
        }
        word = stop
      }
      tokenCount = output - tokens.base
    }
  }

  /// Encodes a word that the cache of short words does not hold, and puts it there if it may be.
  @inline(never)
  private mutating func encodeRareWord(_ start: Int, _ length: Int, _ table: PieceTable) {
    let first = tokenCount
    let isCharacter = length == encodedLength(lead: text.base[start])
    if isCharacter {
      emit(table.symbol(ofCharacter: scalarValue(text.base + start)), start, length, table)
    } else if length <= WordCache.maximumWordLength {
      encodeCached(start, length, table)
    } else {
      merge(start, length, table)
    }
    // A run of unknown tokens that began before the word is one token short.
    if table.byteTokens.isEmpty, first > 0, tokens.base[first - 1] == table.unknownToken { return }
    if length <= ShortWordCache.maximumWordLength {
      words.store(
        words.key(text.base + start, length: length), tokens.base + first,
        count: tokenCount - first)
    }
  }

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
