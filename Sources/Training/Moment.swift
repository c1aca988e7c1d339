import Kernels
import Layers
import Tensors

/// A running mean for each element of one parameter, as the optimizer keeps it.
public struct Moment: Sendable {
  /// The parameter's name.
  public let name: String
  /// The means in float32, or codes in bytes; of the parameter's shape.
  public private(set) var values: Tensor
  /// What blocks of codes are multiplied by; `nil` for float32 means.
  public private(set) var scales: Tensor?

  /// Zeros for a parameter.
  init(for parameter: NamedTensor, storage: TrainingStorage) {
    name = parameter.name
    let shape = parameter.tensor.shape
    switch storage {
    case .full: values = Tensor(repeating: 0, shape: shape)
    case .compact:
      values = Tensor(repeating: 0, shape: shape, elementType: .uint8)
      scales = Tensor(
        repeating: 0, shape: [MomentCodes.scaleCount(for: shape.elementCount)])
    }
  }

  /// What is stored of it, named by the parameter: the means under its own name, or `.codes` and
  /// `.scales` below it.
  public var tensors: [NamedTensor] {
    guard let scales else { return [NamedTensor(name: name, tensor: values)] }
    return [
      NamedTensor(name: "\(name).codes", tensor: values),
      NamedTensor(name: "\(name).scales", tensor: scales),
    ]
  }

  /// Replaces each of `tensors` by what `body` makes of it, which must be of its shape and type.
  public mutating func replaceTensors<Failure: Error>(
    _ body: (NamedTensor) throws(Failure) -> Tensor
  ) throws(Failure) {
    let old = tensors
    values = try Self.checked(old[0], body)
    if old.count > 1 { scales = try Self.checked(old[1], body) }
  }

  private static func checked<Failure: Error>(
    _ old: NamedTensor, _ body: (NamedTensor) throws(Failure) -> Tensor
  ) throws(Failure) -> Tensor {
    let new = try body(old)
    precondition(
      new.shape == old.tensor.shape && new.elementType == old.tensor.elementType,
      "\(old.name): shape \(new.shape) and type \(new.elementType) for shape "
        + "\(old.tensor.shape) and type \(old.tensor.elementType)")
    return new
  }

  /// The float32 means, to be written in place.
  mutating func mutableMeans() -> Buffer { values.mutableBuffer() }

  /// Codes and scales, to be written in place; `nil` where the means are float32.
  mutating func mutableCodes() -> CompactAdamWKernel.Moment? {
    guard let scales = scales?.mutableBuffer() else { return nil }
    return CompactAdamWKernel.Moment(codes: values.mutableBuffer(), scales: scales)
  }
}
