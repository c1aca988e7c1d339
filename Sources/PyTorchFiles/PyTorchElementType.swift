/// The type of a tensor's elements, by PyTorch's names.
public enum PyTorchElementType: String, Sendable, CaseIterable {
  case float64, float32, float16, bfloat16
  case complex64, complex128
  case uint8, int8, int16, int32, int64
  case uint16, uint32, uint64
  case bool
  case float8E4M3 = "float8_e4m3fn"
  case float8E5M2 = "float8_e5m2"

  /// The bytes of one element.
  public var byteCount: Int {
    switch self {
    case .uint8, .int8, .bool, .float8E4M3, .float8E5M2: 1
    case .float16, .bfloat16, .int16, .uint16: 2
    case .float32, .int32, .uint32: 4
    case .float64, .complex64, .int64, .uint64: 8
    case .complex128: 16
    }
  }

  /// The class of storages of these elements; the younger types have none, and lie in bytes.
  var storageClass: String? {
    switch self {
    case .float64: "DoubleStorage"
    case .float32: "FloatStorage"
    case .float16: "HalfStorage"
    case .bfloat16: "BFloat16Storage"
    case .complex64: "ComplexFloatStorage"
    case .complex128: "ComplexDoubleStorage"
    case .uint8: "ByteStorage"
    case .int8: "CharStorage"
    case .int16: "ShortStorage"
    case .int32: "IntStorage"
    case .int64: "LongStorage"
    case .bool: "BoolStorage"
    case .uint16, .uint32, .uint64, .float8E4M3, .float8E5M2: nil
    }
  }
}
