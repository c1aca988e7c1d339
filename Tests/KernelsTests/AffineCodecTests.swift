import Kernels
import Testing

/// Codes that `mlx.core.quantize` packed, and what `mlx.core.dequantize` makes of them on a CPU.
@Suite struct AffineCodecTests {
  struct Golden: Sendable {
    let format: WeightFormat
    let bits: Int
    let codes: [UInt8]
    let scale: [UInt8]
    let bias: [UInt8]
    let numbers: [UInt8]

    init(
      _ format: WeightFormat, bits: Int, codes: String, scale: String, bias: String, numbers: String
    ) {
      self.format = format
      self.bits = bits
      self.codes = Self.bytes(codes)
      self.scale = Self.bytes(scale)
      self.bias = Self.bytes(bias)
      self.numbers = Self.bytes(numbers)
    }

    private static func bytes(_ hexadecimal: String) -> [UInt8] {
      let digits = Array(hexadecimal)
      return stride(from: 0, to: digits.count, by: 2).map {
        UInt8(String(digits[$0...($0 + 1)]), radix: 16) ?? 0
      }
    }
  }

  /// Groups of 32 numbers, made by mlx 0.32.4.
  static let golden = [
    Golden(
      .bfloat16, bits: 2, codes: "6ae6aae649998a9a", scale: "a13f", bias: "21c0",
      numbers:
        "000000000000a1bf0000a1bf0000a23f00000000000000000000a1bf0000a23fa1bf000021c0"
        + "a1bfa1bf0000a1bf00000000000021c0000000000000a1bf0000"),
    Golden(
      .bfloat16, bits: 3, codes: "b64c95a4998b85cc715ccad2", scale: "00bf", bias: "0040",
      numbers:
        "80bf80bf803f80bf0000803f00bf00000000000080bf0000c03fc0bf803f000000bf0040803f"
        + "80bf0000003f0000003f0000003fc03f00bf000000bf000080bf"),
    Golden(
      .bfloat16, bits: 4, codes: "76dc530b86bd77e776894768bdb8c7a8", scale: "7f3e", bias: "ffbf",
      numbers:
        "00bf80be7e3f9f3fa0bf40bf3e3fffbf00bf00009f3f3e3f80be80be80bebf3f00bf80be783e"
        + "000080be7fbf000000bf9f3f3e3f00003e3f80be7e3f0000fc3e"),
    Golden(
      .float16, bits: 5, codes: "d9f12fed03963e16e3623742ec6c7a8f468fdb57", scale: "7db0",
      bias: "7d40",
      numbers:
        "0cbd7c34bcbe35c080b4bcba80307d40bcba7cb880307c3880b080b09c397c38dcbb80b00000"
        + "7ebc7c34bcbada3b803080307cb880b0dabf7ebcbc3635c0bc3a"),
    Golden(
      .float16, bits: 6, codes: "801bb92271ebdfd639b4f54555727732386916986d47e453", scale: "fc2a",
      bias: "fcbe",
      numbers:
        "fcbe1c3a8cba1c3a002f1cbe063dac3d00ab5cb440b1dcbb5e3c5eb800ab8cbaceb805bd063d"
        + "40b1dc3b0000acb93cb55eb800001cb65cb475bd8cba8c3e3cb9"),
    Golden(
      .float32, bits: 8, codes: "39a9ff197d5b00c98c9451b36382352cfa65a68b6a65c1768290edc5ad611fdb",
      scale: "da2f4b3c", bias: "1669e1bf",
      numbers:
        "c7ed86bf6070ab3e3e60b33fbeb9b9bfd8e257be22ea21bf1669e1bf1c503b3f0030cbbce063"
        + "983d9ca941bf50efea3e268408bfe86318be46478dbfa3909bbf6070ab3fa82a02bfe063983e"
        + "e06318bdd495e4bea82a02bf20ea213fe46398bee86318bec02fcb3c84cd963f209d2e3f58d6"
        + "c43ea6dd0ebf7f33b0bf9075743f"),
    Golden(
      .float32, bits: 3, codes: "666bef72fd2b161d90a442a5", scale: "eb09073f", bias: "eb0907c0",
      numbers:
        "ea09873f00000000ec09073fec09073fea09873fea09873fec0907bfe08eca3feb0987bfea09"
        + "873fec09073fea09873fe08eca3fe08eca3feb0987bfe08ecabfea09873feb0987bf00000000"
        + "ea09873fe08ecabfeb0907c000000000000000000000000000000000eb0987bfe08ecabf0000"
        + "0000eb0987bfe08ecabfec09073f"),
  ]

  @Test(arguments: golden)
  func theNumbersAreThoseOfMLX(golden: Golden) {
    #expect(golden.numbers.count == 32 * golden.format.blockByteCount)
    // Many times over, so that several threads have a part.
    let count = 1_500
    func many(_ bytes: [UInt8]) -> [UInt8] { (0..<count).flatMap { _ in bytes } }
    let (codes, scales, biases) = (many(golden.codes), many(golden.scale), many(golden.bias))
    let found = codes.withUnsafeBytes { codes in
      scales.withUnsafeBytes { scales in
        biases.withUnsafeBytes { biases in
          AffineCodec.decoded(
            codes, scales: WeightPart(format: golden.format, elementCount: count, bytes: scales),
            biases: WeightPart(format: golden.format, elementCount: count, bytes: biases),
            bits: golden.bits, groupSize: 32)
        }
      }
    }
    #expect(found == many(golden.numbers))
  }
}
