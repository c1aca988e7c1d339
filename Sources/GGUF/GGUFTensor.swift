import Kernels

/// What a file says of a tensor, and where its bytes are.
public struct GGUFTensor: Sendable, Equatable {
  public let name: String
  public let format: WeightFormat
  /// First dimension first, as elsewhere in this project: a row's length is the last. The file lists
  /// them the other way round.
  public let shape: [Int]
  /// Its bytes in the file.
  public let byteRange: Range<Int>

  public var elementCount: Int { shape.reduce(1, *) }
}

/// The file's numbers for the types of tensors (`ggml_type` in ggml.h).
enum GGUFTensorType {
  private static let codes: [(code: UInt32, format: WeightFormat)] = [
    (0, .float32), (1, .float16), (2, .fourBitBlocks), (3, .fourBitBlocksWithMinimum),
    (6, .fiveBitBlocks), (7, .fiveBitBlocksWithMinimum), (8, .eightBitBlocks),
    (10, .twoBitSuperblocks), (11, .threeBitSuperblocks), (12, .fourBitSuperblocks),
    (13, .fiveBitSuperblocks), (14, .sixBitSuperblocks), (30, .bfloat16),
  ]

  /// Types that there are and that are not read.
  private static let others: [UInt32: String] = [
    9: "q8_1", 15: "q8_K", 16: "iq2_xxs", 17: "iq2_xs", 18: "iq3_xxs", 19: "iq1_s", 20: "iq4_nl",
    21: "iq3_s", 22: "iq2_s", 23: "iq4_xs", 24: "i8", 25: "i16", 26: "i32", 27: "i64", 28: "f64",
    29: "iq1_m", 34: "tq1_0", 35: "tq2_0", 39: "mxfp4", 40: "nvfp4", 41: "q1_0", 42: "q2_0",
  ]

  static var readableNames: [String] { codes.map(\.format.rawValue) }

  static func format(of code: UInt32) -> WeightFormat? {
    codes.first { $0.code == code }?.format
  }

  static func code(of format: WeightFormat) -> UInt32? {
    codes.first { $0.format == format }?.code
  }

  /// What messages call a type that is not read.
  static func name(of code: UInt32) -> String {
    others[code].map { "\($0) (type \(code))" } ?? "the unknown type \(code)"
  }
}
