/// How a ``WeightMatrix`` of a format lies for reading.
enum MatrixLayout {
  /// f32, row after row.
  case rows
  /// bf16, as `PairedProduct` packs it.
  case pairs
  /// q8_0 and q4_0, as ``BlockLayout`` says.
  case blocks

  init(_ format: WeightFormat) {
    switch format {
    case .float32: self = .rows
    case .bfloat16: self = .pairs
    case .eightBitBlocks, .fourBitBlocks: self = .blocks
    default: preconditionFailure("a matrix in \(format.rawValue), expected f32, bf16, q8_0 or q4_0")
    }
  }
}
