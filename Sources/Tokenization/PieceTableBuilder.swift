/// Finds, once for a model, every way in which two symbols make a third.
struct PieceTableBuilder {
  struct Symbol {
    var bytes: [UInt8]
    var token: Int32
    var isUnused = false
    /// Lower is earlier; -1 for a character that is not itself a piece.
    var rank: Int64 = -1
  }

  private(set) var symbols: [Symbol] = []
  private(set) var merges: [(key: UInt64, value: UInt64)] = []
  private(set) var pages = [UInt16](repeating: 0, count: 0x1100)
  private(set) var characters = [Int32](repeating: -1, count: 256)
  /// `b << 8 | a`: whether some piece has byte `a` right before byte `b`.
  private(set) var joins = [Bool](repeating: false, count: 1 << 16)
  private(set) var characterJoins: Set<UInt64> = []
  let byteTokens: [Int32]
  let unknownToken: Int32
  let escapesWhitespace: Bool

  /// Symbols by the hash of their bytes; `next` chains those of equal hash.
  private var first: [UInt64: Int32] = [:]
  private var next: [Int32] = []
  private var powers: [UInt64] = [1]

  /// `pieces` are those that can be found in text, with prepared bytes.
  package init(
    pieces: [(bytes: [UInt8], score: Float, isUnused: Bool, token: Int32)],
    byteTokens: [Int32], unknownToken: Int32, escapesWhitespace: Bool
  ) {
    self.byteTokens = byteTokens
    self.unknownToken = unknownToken
    self.escapesWhitespace = escapesWhitespace
    // Equal scores share a rank: the leftmost of them goes first, whatever their ids.
    let scores = Set(pieces.map(\.score)).sorted(by: >)
    let ranks = Dictionary(uniqueKeysWithValues: zip(scores, Int64(0)...))
    for piece in pieces {
      insert(
        Symbol(
          bytes: piece.bytes, token: piece.token,
          isUnused: piece.isUnused, rank: ranks[piece.score] ?? 0))
    }
    for index in pieces.indices { addCharacters(of: pieces[index].bytes) }
    for index in pieces.indices { addMerges(to: Int32(index)) }
    keepCharactersWhole()
  }

  /// Bytes inside a character are never a place to cut at.
  private mutating func keepCharactersWhole() {
    for left in 0..<256 {
      for right in 0x80..<0xC0 { joins[right << 8 | left] = true }
    }
  }

  private mutating func insert(_ symbol: Symbol) {
    let index = Int32(symbols.count)
    let hash = prefixHashes(symbol.bytes)[symbol.bytes.count]
    next.append(first[hash] ?? -1)
    first[hash] = index
    symbols.append(symbol)
  }

  private mutating func addCharacters(of bytes: [UInt8]) {
    var position = 0
    var previous: UInt32?
    while position < bytes.count {
      let length = encodedLength(lead: bytes[position])
      let character = Array(bytes[position..<(position + length)])
      let value = character.withUnsafeBufferPointer {
        scalarValue($0.baseAddress.unsafelyUnwrapped)
      }
      if let previous {
        joins[Int(bytes[position]) << 8 | Int(bytes[position - 1])] = true
        characterJoins.insert(UInt64(previous) << 32 | UInt64(value))
      }
      register(character, value)
      previous = value
      position += length
    }
  }

  private mutating func register(
    _ character: [UInt8], _ value: UInt32
  ) {
    let page = Int(value >> 8)
    if pages[page] == 0 {
      pages[page] = UInt16(characters.count >> 8)
      characters.append(contentsOf: repeatElement(-1, count: 256))
    }
    let slot = Int(pages[page]) << 8 | Int(value & 0xFF)
    guard characters[slot] < 0 else { return }
    let hash = prefixHashes(character)[character.count]
    if let known = find(hash, character[...]) {
      characters[slot] = known
    } else {
      characters[slot] = Int32(symbols.count)
      insert(Symbol(bytes: character, token: unknownToken))
    }
  }

  private mutating func addMerges(to index: Int32) {
    let symbol = symbols[Int(index)]
    let bytes = symbol.bytes
    let hashes = prefixHashes(bytes)
    let value = UInt64(symbol.rank) << 32 | UInt64(UInt32(index))
    var cut = encodedLength(lead: bytes[0])
    while cut < bytes.count {
      let right = hashes[bytes.count] &- hashes[cut] &* powers[bytes.count - cut]
      if let leftSymbol = find(hashes[cut], bytes[..<cut]),
        let rightSymbol = find(right, bytes[cut...])
      {
        let key = UInt64(UInt32(leftSymbol)) << 32 | UInt64(UInt32(rightSymbol))
        merges.append((key, value))
      }
      cut += encodedLength(lead: bytes[cut])
    }
  }

  private func find(_ hash: UInt64, _ bytes: ArraySlice<UInt8>) -> Int32? {
    var candidate = first[hash] ?? -1
    while candidate >= 0 {
      if symbols[Int(candidate)].bytes.elementsEqual(bytes) { return candidate }
      candidate = next[Int(candidate)]
    }
    return nil
  }

  /// A polynomial hash of every prefix, from which that of any substring follows: a piece of n
  /// bytes is tried at all its cuts in n steps, however long a file makes it.
  private mutating func prefixHashes(_ bytes: [UInt8]) -> [UInt64] {
    let base: UInt64 = 0x9E37_79B9_7F4A_7C15
    while powers.count <= bytes.count { powers.append(powers[powers.count - 1] &* base) }
    var hashes: [UInt64] = [0]
    hashes.reserveCapacity(bytes.count + 1)
    for byte in bytes { hashes.append(hashes[hashes.count - 1] &* base &+ UInt64(byte) &+ 1) }
    return hashes
  }
}
