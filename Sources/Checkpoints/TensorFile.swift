import Files
import Kernels
import Layers
import Tensors

/// Tensors in safetensors files, under their parameter names and in their own types.
public enum TensorFile {
  /// Writes tensors in the order given; aside, synced and renamed.
  @discardableResult
  public static func write(
    _ tensors: [NamedTensor], metadata: [String: String] = [:], to path: String
  ) throws -> Checksum {
    let layouts = tensors.map {
      SafetensorsWriter.Layout(
        name: $0.name, type: SafetensorsElementType($0.tensor.elementType),
        shape: $0.tensor.shape.dimensions)
    }
    return try SafetensorsWriter.write(layouts, metadata: metadata, to: path) { index, sink in
      try tensors[index].tensor.buffer.withBytes { (bytes) throws in try sink(bytes) }
    }
  }

  /// Reads one tensor as `elementType`: bfloat16 numbers are widened to float32 where that is asked
  /// for; nothing is ever rounded.
  ///
  /// - Throws: `CheckpointError.missingTensor`, and `.tensorMismatch` where the type is another, or
  ///   the shape is not `shape`.
  public static func tensor(
    named name: String, shape: Shape? = nil, as elementType: ElementType = .float32,
    in file: SafetensorsFile
  ) throws(CheckpointError) -> Tensor {
    let entry = try file.entry(named: name)
    let stored = try storedType(of: entry, as: elementType, in: file)
    let found = Shape(entry.shape)
    if let shape, shape != found {
      throw .tensorMismatch(
        path: file.path, tensor: name, expected: "shape \(shape)", found: "shape \(found)")
    }
    return Tensor(Buffer(copying: try file.bytes(of: name), of: stored), shape: found)
      .converted(to: elementType)
  }

  private static func storedType(
    of entry: SafetensorsEntry, as elementType: ElementType, in file: SafetensorsFile
  ) throws(CheckpointError) -> ElementType {
    switch (entry.type, elementType) {
    case (.bfloat16, .float32): return .bfloat16
    case (SafetensorsElementType(elementType), _): return elementType
    default:
      let expected =
        elementType == .float32 ? "F32 or BF16" : SafetensorsElementType(elementType).rawValue
      throw .tensorMismatch(
        path: file.path, tensor: entry.name, expected: "the type \(expected)",
        found: entry.type.rawValue)
    }
  }

  /// Reads every parameter of a model, which must be exactly the tensors of the file.
  ///
  /// - Throws: `CheckpointError` naming the first tensor that is missing, left over, or of another
  ///   shape or type.
  public static func load(
    _ model: inout some Module, from file: SafetensorsFile
  ) throws(CheckpointError) {
    var loader = ParameterLoader(file: file)
    try model.visitParameters(&loader)
    if let stray = file.entries.first(where: { !loader.names.contains($0.name) }) {
      throw .tensorMismatch(
        path: file.path, tensor: stray.name, expected: "no such tensor in this model",
        found: "shape \(stray.shape)")
    }
  }
}

private struct ParameterLoader: ParameterVisitor {
  var path = ParameterPath()
  let file: SafetensorsFile
  var names: Set<String> = []

  init(file: SafetensorsFile) { self.file = file }

  mutating func visitParameter(_ tensor: inout Tensor) throws(CheckpointError) {
    let name = path.description
    tensor = try TensorFile.tensor(
      named: name, shape: tensor.shape, as: tensor.elementType, in: file)
    names.insert(name)
  }
}

extension SafetensorsElementType {
  /// The format's name for a type of ours.
  init(_ elementType: ElementType) {
    switch elementType {
    case .float32: self = .float32
    case .bfloat16: self = .bfloat16
    case .uint8: self = .uint8
    }
  }
}
