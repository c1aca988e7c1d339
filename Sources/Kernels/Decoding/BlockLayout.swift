import CVectorInstructions

/// How q8_0 and q4_0 weights lie for reading: the file's bytes in another order.
///
/// Groups of 16 outputs follow one another; in a group, pairs of blocks of 32 inputs. A pair is the 16
/// outputs' float16 scales of one block and of the other, 64 bytes, and then the codes of the one and
/// of the other in lines of 64 bytes: line k holds for each output, side by side, the four bytes from 4k on
/// of its block. Codes are unsigned: 128 is added to those of q8_0, and those of q4_0 stay as they
/// are. An odd last block has an empty partner and the last group empty outputs, whose scales are zero.
struct BlockLayout {
  let format: WeightFormat
  let inputs: Int
  /// The lines of a block's codes.
  let lines: Int
  /// What turns four codes of the file into those kept.
  private let flips: UInt32

  init(_ format: WeightFormat, inputs: Int) {
    self.format = format
    self.inputs = inputs
    (lines, flips) = format == .eightBitBlocks ? (8, 0x8080_8080) : (4, 0)
  }

  static func pairCount(inputs: Int) -> Int { (inputs / 32 &+ 1) / 2 }

  private var pairByteCount: Int { 64 &+ 128 &* lines }
  var groupByteCount: Int { Self.pairCount(inputs: inputs) &* pairByteCount }
  /// The bytes of a file's row.
  private var rowByteCount: Int { inputs / 32 &* format.blockByteCount }

  private func scalesOffset(_ block: Int) -> Int {
    (block &>> 1) &* pairByteCount &+ (block & 1) &* 32
  }

  private func codesOffset(_ block: Int) -> Int {
    (block &>> 1) &* pairByteCount &+ 64 &+ (block & 1) &* 64 &* lines
  }

  /// Makes the empty partner of an odd last block one of zeros; its codes matter to nobody.
  func clearPartner(_ group: UnsafeMutableRawPointer) {
    let blocks = inputs / 32
    guard blocks & 1 == 1 else { return }
    (group + scalesOffset(blocks)).initializeMemory(as: UInt8.self, repeating: 0, count: 32)
  }

  /// Lays out one row as output `lane` of a group.
  func fill(
    _ group: UnsafeMutableRawPointer, lane: Int, from row: UnsafeRawPointer, block first: Int = 0
  ) {
    for block in first..<inputs / 32 {
      let source = row + block &* format.blockByteCount
      let scale = source.loadUnaligned(as: UInt16.self)
      group.storeBytes(
        of: scale, toByteOffset: scalesOffset(block) &+ 2 &* lane, as: UInt16.self)
      let codes = group + (codesOffset(block) &+ 4 &* lane)
      for line in 0..<lines {
        let four = source.loadUnaligned(fromByteOffset: 2 &+ 4 &* line, as: UInt32.self)
        codes.storeBytes(of: four ^ flips, toByteOffset: 64 &* line, as: UInt32.self)
      }
    }
  }

  /// Lays out 16 rows that lie one after another.
  func fill(_ group: UnsafeMutableRawPointer, from rows: UnsafeRawPointer) {
    // Sixteen lines at a time are a square of fours of bytes to turn: two blocks, or four.
    let together = 16 / lines
    let whole = inputs / 32 / together &* together
    withUnsafeTemporaryAllocation(byteCount: 1024, alignment: 64) { square in
      guard let square = square.baseAddress else { return }
      for block in stride(from: 0, to: whole, by: together) {
        for lane in 0..<16 {
          let row = rows + (lane &* rowByteCount &+ block &* format.blockByteCount)
          for index in 0..<together {
            let source = row + index &* format.blockByteCount
            let target = square + (64 &* lane &+ 4 &* lines &* index)
            group.storeBytes(
              of: source.loadUnaligned(as: UInt16.self),
              toByteOffset: scalesOffset(block &+ index) &+ 2 &* lane, as: UInt16.self)
            target.copyMemory(from: source + 2, byteCount: 4 &* lines)
          }
        }
        samara_transpose_pairs(square)
        for index in 0..<together {
          let codes = group + codesOffset(block &+ index)
          for line in 0..<lines {
            let fours = square.load(
              fromByteOffset: 64 &* (lines &* index &+ line), as: PairVector.self)
            codes.storeBytes(of: fours ^ flips, toByteOffset: 64 &* line, as: PairVector.self)
          }
        }
      }
    }
    for lane in 0..<16 {
      fill(group, lane: lane, from: rows + lane &* rowByteCount, block: whole)
    }
  }

  /// Writes a block of an output as it was in the file.
  func read(
    _ group: UnsafeRawPointer, lane: Int, block: Int, into target: UnsafeMutableRawPointer
  ) {
    let scale = group.load(fromByteOffset: scalesOffset(block) &+ 2 &* lane, as: UInt16.self)
    target.storeBytes(of: scale, as: UInt16.self)
    let codes = group + (codesOffset(block) &+ 4 &* lane)
    for line in 0..<lines {
      let four = codes.load(fromByteOffset: 64 &* line, as: UInt32.self)
      target.storeBytes(of: four ^ flips, toByteOffset: 2 &+ 4 &* line, as: UInt32.self)
    }
  }
}
