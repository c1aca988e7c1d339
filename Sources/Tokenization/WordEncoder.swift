/// The scratch memory and the word caches of one thread that encodes words.
struct WordEncoder {
  var tokens = GrowableBuffer<Int32>()
  var tokenCount = 0
  private var ends = GrowableBuffer<Int32>(capacity: wordsAtOnce + WordScanner.margin)
  /// The places of the words of `ends` in the cache.
  private var places = GrowableBuffer<Int32>(capacity: wordsAtOnce + WordScanner.margin)
  private var merger = MergeWorkspace()
  private var shortWords = ByteWordCache()
  private var words = WordCache()

  /// Bytes that have to be readable after a text.
  static let padding = 64
  /// Their lines of the cache fit in the processor's first level.
  private static let wordsAtOnce = 256
  /// Scratch memory above this many elements is not kept for the next text.
  static let keptCapacity = 1 << 20

  func deallocate() {
    tokens.deallocate()
    ends.deallocate()
    places.deallocate()
    merger.deallocate()
    shortWords.deallocate()
    words.deallocate()
  }

  mutating func shrink() {
    tokens.shrink(above: Self.keptCapacity)
    merger.shrink(above: Self.keptCapacity)
  }

  mutating func append(_ token: Int32) {
    tokens.reserve(tokenCount + 1, keeping: tokenCount)
    tokens.base[tokenCount] = token
    tokenCount += 1
  }

  /// Appends the tokens of `text[start..<end]`, cut into words by `scanner`.
  mutating func encode(
    _ text: UnsafePointer<UInt8>, from start: Int, to end: Int, _ scanner: WordScanner,
    _ vocabulary: MergeVocabulary
  ) {
    var position = start
    while position < end {
      let words = scanner.fill(
        ends.base, limit: Self.wordsAtOnce, text: text, from: position, to: end)
      encode(text, from: position, words: words.count, vocabulary)
      position = words.position
    }
  }

  /// Appends the tokens of a piece that a pre-tokenizer left whole.
  mutating func encodePiece(
    _ text: UnsafePointer<UInt8>, from start: Int, to end: Int, _ vocabulary: MergeVocabulary
  ) {
    guard case .characters(let characters) = vocabulary.alphabet, vocabulary.wholeWords == nil
    else {
      encodeWord(text + start, end - start, vocabulary)
      return
    }
    var position = start
    while position < end {
      let word = characters.wordEnd(text, from: position, to: end)
      encodeWord(text + position, word - position, vocabulary)
      position = word
    }
  }

  /// Appends the tokens of words that follow one another and end at `ends`.
  @inline(__always)
  private mutating func encode(
    _ text: UnsafePointer<UInt8>, from start: Int, words count: Int, _ vocabulary: MergeVocabulary
  ) {
    let (ends, places) = (ends.base, places.base)
    var position = start
    // Where each word would be is asked for well before it is looked at.
    for index in 0..<count {
      let length = Int(ends[index]) &- position
      if length <= ByteWordCache.maximumWordLength {
        let place = shortWords.place(shortWords.key(text + position, length: length))
        places[index] = Int32(truncatingIfNeeded: place)
        shortWords.prefetch(place)
      }
      position &+= length
    }
    // Room for what the cache stores at once, whatever it holds.
    let room = WordCache.maximumTokenCount
    tokens.reserve(tokenCount + room * (count + 1), keeping: tokenCount)
    var target = tokens.base + tokenCount
    position = start
    for index in 0..<count {
      let length = Int(ends[index]) &- position
      if length <= ByteWordCache.maximumWordLength {
        let key = shortWords.key(text + position, length: length)
        var found = shortWords.entry(Int(places[index]))
        if !(found.pointee.key == key) { found += 1 }
        if found.pointee.key == key {
          let tokens = found.pointee.tokens
          UnsafeMutableRawPointer(target).storeBytes(of: tokens, as: SIMD4<Int32>.self)
          target += Int(tokens[3])
          position &+= length
          continue
        }
      }
      tokenCount = target - tokens.base
      encodeLongWord(text + position, length, vocabulary)
      tokens.reserve(tokenCount + room * (count - index), keeping: tokenCount)
      target = tokens.base + tokenCount
      position &+= length
    }
    tokenCount = target - tokens.base
  }

  /// Appends the tokens of one word.
  private mutating func encodeWord(
    _ word: UnsafePointer<UInt8>, _ length: Int, _ vocabulary: MergeVocabulary
  ) {
    if length <= ByteWordCache.maximumWordLength {
      let key = shortWords.key(word, length: length)
      var found = shortWords.entry(shortWords.place(key))
      if !(found.pointee.key == key) { found += 1 }
      if found.pointee.key == key {
        for index in 0..<Int(found.pointee.tokens[3]) { append(found.pointee.tokens[index]) }
        return
      }
    }
    encodeLongWord(word, length, vocabulary)
  }

  /// Appends the tokens of one word that the cache of short ones does not hold.
  @inline(never)
  private mutating func encodeLongWord(
    _ word: UnsafePointer<UInt8>, _ length: Int, _ vocabulary: MergeVocabulary
  ) {
    let first = tokenCount
    guard length <= WordCache.maximumWordLength else {
      merge(word, length, vocabulary)
      return
    }
    // Short words are kept in both, so that those that were pushed out of the smaller entries need
    // not be merged again.
    let key = words.key(word, length: length)
    let (entry, count) = words.entry(key)
    if count > 0 {
      for index in 0..<count { append(entry.pointee.tokens[index]) }
    } else {
      merge(word, length, vocabulary)
      words.store(key, tokens.base + first, count: tokenCount - first, in: entry)
    }
    if length <= ByteWordCache.maximumWordLength {
      shortWords.store(
        shortWords.key(word, length: length), tokens.base + first, count: tokenCount - first)
    }
  }

  private mutating func merge(
    _ word: UnsafePointer<UInt8>, _ length: Int, _ vocabulary: MergeVocabulary
  ) {
    if let wholeWords = vocabulary.wholeWords {
      let token = wholeWords.id(word, count: length)
      guard token < 0 else {
        append(token)
        return
      }
    }
    let remaining =
      if case .bytes(let symbols) = vocabulary.alphabet {
        merger.merge(word, length, symbols, vocabulary.rules)
      } else {
        merger.merge(begin(word, length, vocabulary), vocabulary.rules)
      }
    tokens.reserve(tokenCount + remaining, keeping: tokenCount)
    (tokens.base + tokenCount).update(from: merger.symbols.base, count: remaining)
    tokenCount += remaining
  }

  /// Puts a word's initial symbols into the merger; returns how many there are.
  private mutating func begin(
    _ word: UnsafePointer<UInt8>, _ length: Int, _ vocabulary: MergeVocabulary
  ) -> Int {
    var writer = SymbolWriter(vocabulary.unknown)
    switch vocabulary.alphabet {
    case .bytes(let bytes):
      for index in 0..<length {
        writer.append(.token(bytes.tokens[Int(word[index])]), to: &merger.symbols)
      }
    case .someBytes(let symbols):
      for index in 0..<length { writer.append(symbols[Int(word[index])], to: &merger.symbols) }
    case .characters(let characters):
      var position = 0
      while position < length {
        let width = encodedLength(lead: word[position])
        writer.append(
          characters.symbol(word + position, length: width), to: &merger.symbols)
        position += width
      }
    }
    writer.flush(to: &merger.symbols)
    return writer.count
  }
}
