import Kernels
import Layers
import PyTorchFiles

/// Tensors of a PyTorch file as weights: their bytes stay in the file.
struct CoreNetWeights: WeightSource {
  private let file: PyTorchFile
  private let tensors: [String: PyTorchTensor]
  let weightNames: [String]

  var path: String { file.path }

  /// - Throws: ``InterchangeError`` where two tensors have one name, or one holds other numbers than
  ///   weights are.
  init(
    _ tensors: [(name: String, tensor: PyTorchTensor)], in file: PyTorchFile
  ) throws(InterchangeError) {
    self.file = file
    var byName: [String: PyTorchTensor] = [:]
    var byteCount = 0
    for (name, tensor) in tensors {
      guard Self.format(tensor.elementType) != nil else {
        throw .unsupportedType(
          path: file.path, tensor: name, expected: "float32, float16 or bfloat16",
          found: tensor.elementType.rawValue)
      }
      // Two names may mean one storage, as tied tables do; a small file that means a large model does
      // not come from training one.
      if !tensor.isExpanded { byteCount += tensor.elementCount * tensor.elementType.byteCount }
      guard !tensor.isExpanded, byteCount <= 2 * file.byteCount else {
        throw .setting(
          path: file.path, key: name, expected: "numbers of its own",
          found: "a view that shares them")
      }
      guard byName.updateValue(tensor, forKey: name) == nil else {
        throw .duplicateTensor(
          path: file.path, tensor: name, places: ["one key", "another, wrapped differently"])
      }
    }
    self.tensors = byName
    weightNames = tensors.map(\.name)
  }

  private static func format(_ type: PyTorchElementType) -> WeightFormat? {
    switch type {
    case .float32: .float32
    case .float16: .float16
    case .bfloat16: .bfloat16
    default: nil
    }
  }

  func shape(of name: String) -> [Int]? { tensors[name]?.shape }
  func format(of name: String) -> WeightFormat? {
    tensors[name].flatMap { Self.format($0.elementType) }
  }

  func withWeight<Result>(_ name: String, _ body: ([WeightPart]) throws -> Result) throws -> Result
  {
    guard let tensor = tensors[name], let format = Self.format(tensor.elementType) else {
      throw WeightError.missing(path: path, weight: name, nearby: Array(weightNames.prefix(5)))
    }
    return try file.withBytes(of: tensor) { bytes in
      try body([WeightPart(format: format, elementCount: tensor.elementCount, bytes: bytes)])
    }
  }
}
