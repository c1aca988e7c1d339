/// The type of a tensor's elements, by the names that the safetensors format gives them.
///
/// Source: https://github.com/huggingface/safetensors#format. Types of fewer than eight bits are
/// left out: nothing here writes or reads them.
public enum SafetensorsElementType: String, Sendable, CaseIterable, Codable {
  case bool = "BOOL"
  case uint8 = "U8"
  case int8 = "I8"
  case float8E5M2 = "F8_E5M2"
  case float8E4M3 = "F8_E4M3"
  case int16 = "I16"
  case uint16 = "U16"
  case float16 = "F16"
  case bfloat16 = "BF16"
  case int32 = "I32"
  case uint32 = "U32"
  case float32 = "F32"
  case complex64 = "C64"
  case float64 = "F64"
  case int64 = "I64"
  case uint64 = "U64"

  /// The bytes of one element.
  public var byteCount: Int {
    switch self {
    case .bool, .uint8, .int8, .float8E5M2, .float8E4M3: 1
    case .int16, .uint16, .float16, .bfloat16: 2
    case .int32, .uint32, .float32: 4
    case .complex64, .float64, .int64, .uint64: 8
    }
  }

  /// The bytes of a tensor of `shape`, or nil if a dimension is negative or the product is more
  /// than an `Int` holds.
  public func byteCount(shape: [Int]) -> Int? {
    var product = byteCount
    // A zero must not hide an overflow, so that the order of the dimensions does not matter.
    for dimension in shape where dimension != 0 {
      guard dimension > 0 else { return nil }
      let (next, overflow) = product.multipliedReportingOverflow(by: dimension)
      guard !overflow else { return nil }
      product = next
    }
    return shape.contains(0) ? 0 : product
  }
}

/// One tensor of a safetensors file.
public struct SafetensorsEntry: Sendable, Equatable {
  public var name: String
  public var type: SafetensorsElementType
  public var shape: [Int]

  /// Where its bytes are, counted from the end of the header.
  public var byteRange: Range<Int>
}
