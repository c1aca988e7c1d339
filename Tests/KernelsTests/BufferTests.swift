import Kernels
import Testing

@Suite struct BufferTests {
  /// Blocks of many sizes, taken and let go in no order: none overlaps another that is in use.
  @Test func blocksInUseDoNotOverlap() {
    var held: [(buffer: Buffer, mark: UInt8)] = []
    for round in 0..<600 {
      let words = RandomKernel.words(seed: 9, stream: 0, index: UInt64(round))
      if held.count > 12 || (words.x % 3 == 0 && !held.isEmpty) {
        let (buffer, mark) = held.remove(at: Int(words.y) % held.count)
        buffer.withBytes { bytes in
          #expect(bytes.first == mark && bytes.last == mark && bytes[bytes.count / 2] == mark)
        }
      } else {
        let count = 1 + Int(words.z % 5_000_000)
        let buffer = Buffer(uninitializedCount: count, of: .uint8)
        let mark = UInt8(truncatingIfNeeded: round)
        for place in [0, count / 2, count - 1] { buffer.bytePointer[place] = mark }
        held.append((buffer, mark))
      }
    }
  }

  @Test func copiesAreApart() {
    for type in ElementType.allCases {
      let original = Buffer(uninitializedCount: 3, of: type)
      Fill.constant(0, into: original)
      let copy = original.copy()
      #expect(copy.elementType == type && copy.count == 3)
      original.withBytes { a in copy.withBytes { b in #expect(a.elementsEqual(b)) } }
    }
  }
}
