/// How a number lies in memory. Arithmetic on it is float32 whatever the type.
public enum ElementType: String, Sendable, Hashable, CaseIterable, Codable {
  case float32
  /// The upper half of a float32: its range, with 8 bits of precision.
  case bfloat16
  /// A byte, for codes whose meaning their user keeps, such as quantized moments.
  case uint8

  /// The bytes of one element.
  public var byteCount: Int {
    switch self {
    case .float32: 4
    case .bfloat16: 2
    case .uint8: 1
    }
  }
}

/// The bits of a bfloat16 number: the upper sixteen of a float32.
public struct BFloat16: Sendable, Hashable {
  public var bits: UInt16

  public init(bits: UInt16) { self.bits = bits }

  /// The nearest number, ties to even; a denormal float32 becomes zero, as the processors' own
  /// instruction has it.
  public init(_ value: Float) {
    let pattern = value.bitPattern
    if value.isNaN {
      bits = UInt16(truncatingIfNeeded: pattern >> 16) | 0x40
    } else if pattern & 0x7F80_0000 == 0 {
      bits = UInt16(truncatingIfNeeded: pattern >> 16) & 0x8000
    } else {
      bits = UInt16(truncatingIfNeeded: (pattern + 0x7FFF + (pattern >> 16 & 1)) >> 16)
    }
  }
}

extension Float {
  /// Exact: every bfloat16 number is a float32 number.
  public init(_ value: BFloat16) { self.init(bitPattern: UInt32(value.bits) << 16) }
}
