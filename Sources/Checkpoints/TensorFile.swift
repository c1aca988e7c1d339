import Files
import Kernels
import Layers
import Tensors

/// Tensors in safetensors files, float32 under their parameter names.
public enum TensorFile {
  /// Writes tensors in the order given; aside, synced and renamed.
  @discardableResult
  public static func write(
    _ tensors: [NamedTensor], metadata: [String: String] = [:], to path: String
  ) throws -> Checksum {
    let layouts = tensors.map {
      SafetensorsWriter.Layout(
        name: $0.name, type: .float32, shape: $0.tensor.shape.dimensions)
    }
    return try SafetensorsWriter.write(layouts, metadata: metadata, to: path) { index, sink in
      try tensors[index].tensor.buffer.withBytes { (bytes) throws in try sink(bytes) }
    }
  }

  /// Reads one float32 tensor.
  ///
  /// - Throws: `CheckpointError.missingTensor`, and `.tensorMismatch` where the type is another, or
  ///   the shape is not `shape`.
  public static func tensor(
    named name: String, shape: Shape? = nil, in file: SafetensorsFile
  ) throws(CheckpointError) -> Tensor {
    let entry = try file.entry(named: name)
    guard entry.type == .float32 else {
      throw .tensorMismatch(
        path: file.path, tensor: name, expected: "the type F32", found: entry.type.rawValue)
    }
    let found = Shape(entry.shape)
    if let shape, shape != found {
      throw .tensorMismatch(
        path: file.path, tensor: name, expected: "shape \(shape)", found: "shape \(found)")
    }
    return Tensor(Buffer(copying: try file.bytes(of: name)), shape: found)
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
    tensor = try TensorFile.tensor(named: name, shape: tensor.shape, in: file)
    names.insert(name)
  }
}
