/// The words of a corpus as symbols, and the pieces made of them so far.
struct BytePairVocabulary {
  /// Characters with a piece of their own, the most frequent first.
  private(set) var alphabet: [[UInt8]] = []
  /// Pieces made by merging, oldest first.
  private(set) var mergedPieces: [[UInt8]] = []

  private var symbols: [[UInt8]] = []
  private var characterCounts: [Int] = []
  private var symbolOfBytes: [[UInt8]: Int32] = [:]
  private var words: [[Int32]] = []
  private var counts: [Int] = []
  private var pairs = PairCounts()
  private let maximumPieceLength: Int
  /// Pieces that text must not turn into, such as `<s>`.
  private let reserved: Set<[UInt8]>

  package init(
    _ counter: WordCounter, trainer: BytePairTrainer, specialPieces: [[UInt8]]
  ) throws(TokenizationError) {
    maximumPieceLength = trainer.maximumPieceLength
    reserved = Set(specialPieces)
    var frequencies: [UInt32: Int] = [:]
    for index in 0..<counter.wordCount {
      Self.forEachCharacter(counter.word(index)) { value, _ in
        frequencies[value, default: 0] += counter.counts[index]
      }
    }
    chooseAlphabet(frequencies, coverage: trainer.characterCoverage)
    for index in 0..<counter.wordCount { addWord(counter.word(index), counter.counts[index]) }
    pairs.settle()
  }

  private static func forEachCharacter(
    _ word: ArraySlice<UInt8>, _ body: (UInt32, ArraySlice<UInt8>) -> Void
  ) {
    var position = word.startIndex
    while position < word.endIndex {
      let end = position + encodedLength(lead: word[position])
      word[position..<end].withUnsafeBufferPointer { bytes in
        if let base = bytes.baseAddress { body(scalarValue(base), word[position..<end]) }
      }
      position = end
    }
  }

  /// Takes the most frequent characters until they make up `coverage` of the text.
  private mutating func chooseAlphabet(_ frequencies: [UInt32: Int], coverage: Double) {
    let order = frequencies.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    let total = order.reduce(0) { $0 + $1.value }
    var covered = 0
    for (value, count) in order {
      let isEnough = Double(covered) >= coverage * Double(total)
      covered += count
      // SentencePiece cannot hold U+0000, and without the mark of a space no word could be told
      // from its neighbour.
      guard value != 0, !isEnough || value == 0x20, let scalar = Unicode.Scalar(value) else {
        continue
      }
      let bytes = Array(String(scalar).utf8)
      // A control piece of one character keeps it out of the text's alphabet.
      guard !reserved.contains(bytes) else { continue }
      alphabet.append(bytes)
      symbolOfBytes[bytes] = Int32(symbols.count)
      symbols.append(bytes)
      characterCounts.append(1)
    }
    if symbolOfBytes[[0x20]] == nil {
      alphabet.append([0x20])
      symbolOfBytes[[0x20]] = Int32(symbols.count)
      symbols.append([0x20])
      characterCounts.append(1)
    }
  }

  /// Characters outside the alphabet end a word, as nothing can merge across them.
  private mutating func addWord(_ bytes: ArraySlice<UInt8>, _ count: Int) {
    var word: [Int32] = []
    var parts: [[Int32]] = []
    Self.forEachCharacter(bytes) { _, character in
      if let symbol = symbolOfBytes[Array(character)] {
        word.append(symbol)
      } else {
        parts.append(word)
        word = []
      }
    }
    parts.append(word)
    for part in parts where part.count > 1 {
      let index = Int32(words.count)
      for place in 1..<part.count { add(part[place - 1], part[place], count, word: index) }
      words.append(part)
      counts.append(count)
    }
  }

  private mutating func add(_ left: Int32, _ right: Int32, _ count: Int, word: Int32) {
    let length = characterCounts[Int(left)] + characterCounts[Int(right)]
    if length <= maximumPieceLength { pairs.add(left, right, count, word: word) }
  }

  /// Merges the best pair everywhere; returns false when there is none.
  ///
  /// Different pairs may make the same string ("a" + "aa", "aa" + "a"): the second gives no new
  /// piece, but is merged, as encoding will merge it.
  mutating func merge() -> Bool {
    guard let best = pairs.popBest(minimumCount: BytePairTrainer.minimumPairCount) else {
      return false
    }
    let bytes = symbols[Int(best.left)] + symbols[Int(best.right)]
    let affected = pairs.removeWords(best.left, best.right)
    guard !reserved.contains(replacing([0x20], with: spaceSymbol, in: bytes)) else { return true }
    let merged: Int32
    if let known = symbolOfBytes[bytes] {
      merged = known
    } else {
      merged = Int32(symbols.count)
      symbolOfBytes[bytes] = merged
      symbols.append(bytes)
      characterCounts.append(
        characterCounts[Int(best.left)] + characterCounts[Int(best.right)])
      mergedPieces.append(bytes)
    }
    for index in affected { merge(best.left, best.right, into: merged, word: index) }
    pairs.settle()
    return true
  }

  private mutating func merge(_ left: Int32, _ right: Int32, into merged: Int32, word: Int32) {
    let count = counts[Int(word)]
    let old = words[Int(word)]
    var new: [Int32] = []
    new.reserveCapacity(old.count)
    var place = 0
    while place < old.count {
      guard place + 1 < old.count, old[place] == left, old[place + 1] == right else {
        new.append(old[place])
        place += 1
        continue
      }
      add(left, right, -count, word: word)
      if let before = new.last {
        add(before, left, -count, word: word)
        add(before, merged, count, word: word)
      }
      if place + 2 < old.count {
        add(right, old[place + 2], -count, word: word)
        add(merged, old[place + 2], count, word: word)
      }
      new.append(merged)
      place += 2
    }
    words[Int(word)] = new
  }
}
