import Kernels
import Layers
import Models
import PyTorchFiles

/// CoreNet's files of weights (`checkpoint_average.pt`, `checkpoint_epoch_0_iter_349999.pt`): a dictionary
/// of parameters by name, without configuration or tokenizer.
///
/// A full training checkpoint's weights are read as well.
public enum CoreNetFile {
  /// The context of the published models (arXiv:2404.14619): a file does not tell its own.
  public static let publishedContextLength = 2_048

  /// Reads the weights' names and shapes, which tell the configuration; the weights stay in their file.
  ///
  /// - Parameters:
  ///   - headWidth: The width of a head, where queries and keys are not normalized; otherwise the file
  ///     tells it.
  ///   - contextLength: The longest sequence that the model was trained on.
  /// - Throws: ``InterchangeError``, `PyTorchFileError`, `WeightError`.
  public static func read(
    path: String, headWidth: Int? = nil, contextLength: Int = publishedContextLength
  ) throws -> ModelContents {
    let state = try CoreNetState(path: path)
    let configuration = try CoreNetShapes(state.weights, headWidth: headWidth)
      .configuration(contextLength: contextLength)
    var contents = ModelContents(
      path: path, format: .coreNet, configuration: configuration, weights: state.weights)
    try CoreNetTrainingState.describe(&contents, state)
    return contents
  }

  /// Writes the weights as CoreNet saves them, in its order, so that its `load_state_dict` and
  /// `torch.load(weights_only=True)` take the file.
  ///
  /// - Throws: ``InterchangeError`` for blocks of numbers, which PyTorch has not; `WeightError`;
  ///   `FileError`.
  public static func write(
    _ contents: ModelContents, to path: String, type: WeightFormat
  ) throws {
    guard let elementType = type.pyTorchType else {
      throw InterchangeError.cannotWrite(
        path: path, format: .coreNet,
        reason: "PyTorch has no numbers in \(type.rawValue); ask for f32, f16 or bf16")
    }
    try contents.configuration.check(contents.weights)
    let parameters = CoreNetNames.parameters(of: contents.configuration)
    try PyTorchWriter.write(
      state(parameters, from: contents.weights, as: type, elementType), to: path)
  }

  /// A state dictionary of weights in another format.
  static func state(
    _ parameters: [(name: String, shape: [Int])], from weights: any WeightSource,
    as format: WeightFormat, _ elementType: PyTorchElementType
  ) -> PyTorchContents {
    .dictionary(
      parameters.map { name, shape in
        (.string(name), .tensor(tensor(name, shape, from: weights, as: format, elementType)))
      }, isOrdered: true)
  }

  static func tensor(
    _ name: String, _ shape: [Int], from weights: any WeightSource, as format: WeightFormat,
    _ elementType: PyTorchElementType
  ) -> PyTorchContents.Tensor {
    PyTorchContents.Tensor(elementType, shape: shape) { sink in
      try weights.withWeight(name) { parts in
        for part in parts { try append(part, as: format, to: sink) }
      }
    }
  }

  /// Numbers that are converted at a time: whole blocks, which stay in the cache.
  private static let pieceLength = 1 << 18

  private static func append(
    _ part: WeightPart, as format: WeightFormat, to sink: PyTorchContents.Sink
  ) throws {
    guard part.format != format else { return try sink(part.bytes) }
    for start in stride(from: 0, to: part.elementCount, by: pieceLength) {
      let piece = part.part(start..<min(start + pieceLength, part.elementCount))
      try WeightCodec.encoded(piece, as: format).withUnsafeBytes { try sink($0) }
    }
  }
}

extension WeightFormat {
  /// PyTorch's type of the same numbers; nil for blocks.
  var pyTorchType: PyTorchElementType? {
    switch self {
    case .float32: .float32
    case .float16: .float16
    case .bfloat16: .bfloat16
    default: nil
    }
  }
}
