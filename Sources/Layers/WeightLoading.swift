import Kernels
import Tensors

extension Module {
  /// Reads every parameter from a source, which must have exactly these; rounded to a parameter's own
  /// type where that is the narrower.
  ///
  /// - Throws: ``WeightError`` naming the first weight that is missing, left over, or of another shape,
  ///   and what the source throws.
  public mutating func loadWeights(from source: some WeightSource) throws {
    var loader = WeightLoader(source: source)
    try visitParameters(&loader)
    if let stray = source.weightNames.first(where: { !loader.names.contains($0) }) {
      throw WeightError.unexpected(
        path: source.path, weight: stray, shape: source.shape(of: stray) ?? [])
    }
  }
}

extension WeightSource {
  /// Reads one weight as a tensor of float32.
  ///
  /// - Throws: As ``buffer(of:shape:)``.
  package func tensor(_ name: String, shape: Shape) throws -> Tensor {
    Tensor(try buffer(of: name, shape: shape.dimensions), shape: shape)
  }
}

private struct WeightLoader<Source: WeightSource>: ParameterVisitor {
  var path = ParameterPath()
  let source: Source
  var names: Set<String> = []

  init(source: Source) { self.source = source }

  mutating func visitParameter(_ tensor: inout Tensor) throws {
    let name = path.description
    let buffer = try source.buffer(of: name, shape: tensor.shape.dimensions)
    tensor = Tensor(buffer, shape: tensor.shape).converted(to: tensor.elementType)
    names.insert(name)
  }
}
