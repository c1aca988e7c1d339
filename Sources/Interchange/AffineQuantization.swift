/// How MLX quantizes weights: groups of numbers of a row share a scale s and a bias b, and are s · q + b
/// with q of a few bits, packed into 32-bit words from their lowest bits on.
///
/// Source: `mlx.core.quantize`.
struct AffineQuantization: Equatable {
  var groupSize: Int
  var bits: Int

  static let groupSizes = [32, 64, 128]
  static let bitCounts = [2, 3, 4, 5, 6, 8]

  /// Reads `{"group_size": 64, "bits": 4}`, with `"mode": "affine"` where it is said.
  init(_ settings: JSONSettings) throws(InterchangeError) {
    if let mode = try settings.string("mode"), mode != "affine" {
      throw settings.failure("mode", "affine", settings.root["mode"])
    }
    groupSize = try settings.integer("group_size", in: 1...1 << 20)
    bits = try settings.integer("bits", in: 1...32)
    guard Self.groupSizes.contains(groupSize) else {
      throw settings.failure("group_size", "32, 64 or 128", settings.root["group_size"])
    }
    guard Self.bitCounts.contains(bits) else {
      throw settings.failure("bits", "2, 3, 4, 5, 6 or 8", settings.root["bits"])
    }
  }

  init(groupSize: Int, bits: Int) {
    self.groupSize = groupSize
    self.bits = bits
  }
}
