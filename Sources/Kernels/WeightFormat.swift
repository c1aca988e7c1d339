/// How the numbers of a weight lie in a file.
///
/// The raw values are the names that people give the formats on command lines.
public enum WeightFormat: String, Sendable, Hashable, CaseIterable, Codable {
  case float32 = "f32"
  case float16 = "f16"
  case bfloat16 = "bf16"
  /// GGUF's `Q8_0`: 32 numbers share a float16 scale d, and are d · q with q from −127 to 127.
  case eightBitBlocks = "q8_0"
  /// GGUF's `Q4_0`: 32 numbers share a float16 scale d, and are d · (q − 8) with q from 0 to 15; byte j
  /// holds number j in its lower and number j + 16 in its upper half.
  case fourBitBlocks = "q4_0"

  // What llama.cpp's own quantizer writes besides, for reading only: see ``QuantizedBlocks``.
  case fourBitBlocksWithMinimum = "q4_1"
  case fiveBitBlocks = "q5_0"
  case fiveBitBlocksWithMinimum = "q5_1"
  case twoBitSuperblocks = "q2_K"
  case threeBitSuperblocks = "q3_K"
  case fourBitSuperblocks = "q4_K"
  case fiveBitSuperblocks = "q5_K"
  case sixBitSuperblocks = "q6_K"

  /// Whether numbers can be written in this format, and not only read.
  public var isWritable: Bool {
    switch self {
    case .float32, .float16, .bfloat16, .eightBitBlocks, .fourBitBlocks: true
    default: false
    }
  }

  /// The formats that numbers can be written in.
  public static let writable = allCases.filter(\.isWritable)

  /// The numbers that are stored together.
  public var blockLength: Int {
    switch self {
    case .float32, .float16, .bfloat16: 1
    case .eightBitBlocks, .fourBitBlocks, .fourBitBlocksWithMinimum, .fiveBitBlocks,
      .fiveBitBlocksWithMinimum:
      32
    case .twoBitSuperblocks, .threeBitSuperblocks, .fourBitSuperblocks, .fiveBitSuperblocks,
      .sixBitSuperblocks:
      256
    }
  }

  /// The bytes of one block.
  public var blockByteCount: Int {
    switch self {
    case .float32: 4
    case .float16, .bfloat16: 2
    case .eightBitBlocks: 34
    case .fourBitBlocks: 18
    case .fourBitBlocksWithMinimum: 20
    case .fiveBitBlocks: 22
    case .fiveBitBlocksWithMinimum: 24
    case .twoBitSuperblocks: 84
    case .threeBitSuperblocks: 110
    case .fourBitSuperblocks: 144
    case .fiveBitSuperblocks: 176
    case .sixBitSuperblocks: 210
    }
  }

  /// The bytes of so many numbers, or nil where they are no whole blocks or too many for an `Int`.
  public func byteCount(of elementCount: Int) -> Int? {
    guard elementCount >= 0, elementCount % blockLength == 0 else { return nil }
    let (count, overflow) = (elementCount / blockLength).multipliedReportingOverflow(
      by: blockByteCount)
    return overflow ? nil : count
  }
}

/// Numbers of one format that lie together in memory: a weight, or some of its rows.
///
/// It is an address: whoever hands it out keeps the memory until the call that got it returns.
public struct WeightPart {
  public let format: WeightFormat
  public let elementCount: Int
  /// Little-endian, of any alignment.
  public let bytes: UnsafeRawBufferPointer

  public init(format: WeightFormat, elementCount: Int, bytes: UnsafeRawBufferPointer) {
    precondition(
      format.byteCount(of: elementCount) == bytes.count,
      "\(bytes.count) bytes for \(elementCount) numbers in \(format.rawValue)")
    self.format = format
    self.elementCount = elementCount
    self.bytes = bytes
  }

  /// Some of the numbers; the range begins and ends at blocks.
  public func part(_ range: Range<Int>) -> WeightPart {
    let length = format.blockLength
    precondition(
      range.lowerBound % length == 0 && range.upperBound <= elementCount,
      "numbers \(range) of \(elementCount) in blocks of \(length)")
    let start = range.lowerBound / length * format.blockByteCount
    let count = (range.count + length - 1) / length * format.blockByteCount
    return WeightPart(
      format: format, elementCount: range.count,
      bytes: UnsafeRawBufferPointer(rebasing: bytes[start..<start + count]))
  }
}
