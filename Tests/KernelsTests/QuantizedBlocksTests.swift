import Foundation
import Kernels
import Testing

/// Blocks that the `gguf` Python package decoded and encoded (`Scripts/make-quantized-fixture.py`).
@Suite struct QuantizedBlocksTests {
  private struct Fixture: Decodable {
    struct Case: Decodable {
      var format: String
      var bytes: String
      var numbers: String
    }
    var decoded: [Case]
    var encoded: [Case]
  }

  private static let fixture: Fixture? = {
    let path = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Fixtures/quantized-blocks.json")
    return try? JSONDecoder().decode(Fixture.self, from: Data(contentsOf: path))
  }()

  private static func bytes(_ text: String) -> [UInt8] {
    let digits = text.utf8.compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
    return stride(from: 0, to: digits.count - 1, by: 2).map {
      UInt8(digits[$0] << 4 | digits[$0 + 1])
    }
  }

  /// Bits of float32, which tell the two zeros apart.
  private static func bits(_ text: String) -> [UInt32] {
    let bytes = bytes(text)
    return stride(from: 0, to: bytes.count, by: 4).map { start in
      bytes[start..<start + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }
  }

  @Test func everyFormatIsDecodedToTheBit() throws {
    let fixture = try #require(Self.fixture)
    var formats: Set<WeightFormat> = []
    for example in fixture.decoded {
      let format = try #require(WeightFormat(rawValue: example.format))
      formats.insert(format)
      let (bytes, expected) = (Self.bytes(example.bytes), Self.bits(example.numbers))
      bytes.withUnsafeBytes { bytes in
        let part = WeightPart(format: format, elementCount: expected.count, bytes: bytes)
        let numbers = WeightCodec.decoded(part)
        let found = (0..<expected.count).map { numbers.pointer[$0].bitPattern }
        #expect(found == expected, "\(format.rawValue)")
      }
    }
    #expect(formats == Set(WeightFormat.allCases).subtracting([.float32, .float16]))
  }

  @Test func numbersBecomeTheSameBytes() throws {
    let fixture = try #require(Self.fixture)
    #expect(fixture.encoded.count == 3)
    for example in fixture.encoded {
      let format = try #require(WeightFormat(rawValue: example.format))
      let numbers = Self.bits(example.numbers).map(Float.init(bitPattern:))
      numbers.withUnsafeBytes { bytes in
        let part = WeightPart(format: .float32, elementCount: numbers.count, bytes: bytes)
        #expect(
          WeightCodec.encoded(part, as: format) == Self.bytes(example.bytes), "\(format.rawValue)")
      }
    }
  }

  @Test func whatIsReadAndNotWrittenSaysSo() {
    #expect(
      WeightFormat.writable == [.float32, .float16, .bfloat16, .eightBitBlocks, .fourBitBlocks])
    for format in WeightFormat.allCases {
      #expect(format.byteCount(of: format.blockLength) == format.blockByteCount)
      #expect(format.blockLength == 1 || format.byteCount(of: format.blockLength + 1) == nil)
    }
  }
}
