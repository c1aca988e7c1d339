import Foundation
import Kernels
import Layers
import Models

/// Drawn weights of an OpenELM, made one at a time in the format that they are wanted in: a model that
/// is to be timed needs no file, and no copy in float32.
struct RandomWeights: WeightSource {
  let path: String
  let weightNames: [String]
  private let shapes: [String: [Int]]
  private let format: WeightFormat
  private let seed: UInt64

  /// Numbers that are drawn together, a multiple of every format's block.
  private static let piece = 1 << 20

  init(_ configuration: OpenELMConfiguration, format: WeightFormat, seed: UInt64 = 0) {
    path = "drawn weights"
    self.format = format
    self.seed = seed
    var (names, shapes) = ([String](), [String: [Int]]())
    configuration.forEachParameter { name, shape in
      names.append(name)
      shapes[name] = shape
    }
    weightNames = names
    self.shapes = shapes
  }

  func shape(of name: String) -> [Int]? { shapes[name] }

  func format(of name: String) -> WeightFormat? {
    shapes[name].map { stored(as: format, $0) }
  }

  func withWeight<Result>(
    _ name: String, _ body: ([WeightPart]) throws -> Result
  ) throws -> Result {
    guard let shape = shapes[name], let stream = weightNames.firstIndex(of: name) else {
      throw WeightError.missing(path: path, weight: name, nearby: Array(weightNames.prefix(5)))
    }
    let format = stored(as: format, shape)
    let count = shape.reduce(1, *)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(format.byteCount(of: count) ?? 0)
    for start in stride(from: 0, to: count, by: Self.piece) {
      bytes += drawn(
        min(Self.piece, count - start), shape, format,
        stream: UInt64(stream) << 32 | UInt64(start / Self.piece))
    }
    return try bytes.withUnsafeBytes { bytes in
      try body([WeightPart(format: format, elementCount: count, bytes: bytes)])
    }
  }

  /// Norms are 1; projections have the deviation that keeps their input's size.
  private func drawn(
    _ count: Int, _ shape: [Int], _ format: WeightFormat, stream: UInt64
  ) -> [UInt8] {
    let numbers = Buffer(uninitializedCount: count)
    if shape.count == 1 {
      Fill.constant(1, into: numbers)
    } else {
      RandomKernel.normal(
        standardDeviation: 1 / Double(shape[1]).squareRoot(), seed: seed, stream: stream,
        into: numbers)
    }
    return numbers.withBytes {
      WeightCodec.encoded(
        WeightPart(format: .float32, elementCount: count, bytes: $0), as: format)
    }
  }

  /// Vectors, and rows that are no whole blocks, as a file would hold them.
  private func stored(as format: WeightFormat, _ shape: [Int]) -> WeightFormat {
    shape.count == 1 || shape[1] % format.blockLength != 0 ? .float32 : format
  }
}
