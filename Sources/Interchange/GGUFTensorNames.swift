import Models

/// What llama.cpp calls an OpenELM's parameters.
enum GGUFTensorNames {
  static let table = "token_embeddings.weight"

  /// A tensor of the file: a whole weight of ours, or some of its rows.
  struct Part: Sendable, Equatable {
    var weight: String
    var tensor: String
    /// The rows of the weight that the tensor is.
    var rows: Range<Int>
    var shape: [Int]
  }

  /// The tensors of a model, in the order in which llama.cpp's converter writes them.
  static func parts(of configuration: OpenELMConfiguration) -> [Part] {
    var parts: [Part] = []
    configuration.forEachParameter { name, shape in
      let tensors = tensors(of: name)
      let rows = shape[0] / tensors.count
      for (index, tensor) in tensors.enumerated() {
        parts.append(
          Part(
            weight: name, tensor: tensor, rows: index * rows..<(index + 1) * rows,
            shape: [rows] + shape.dropFirst()))
      }
    }
    return parts
  }

  /// The tensors that a parameter becomes: one, or two for the fused first projection of the
  /// feed-forward network, whose first half is the gate.
  private static func tensors(of name: String) -> [String] {
    let path = name.split(separator: ".").map(String.init)
    guard path.first == "layers", path.count > 2 else {
      return name == table ? ["token_embd.weight"] : ["output_norm.weight"]
    }
    let names =
      switch path[2...].joined(separator: ".") {
      case "attn.qkv_proj.weight": ["attn_qkv"]
      case "attn.q_norm.weight": ["attn_q_norm"]
      case "attn.k_norm.weight": ["attn_k_norm"]
      case "attn.out_proj.weight": ["attn_output"]
      case "ffn.proj_1.weight": ["ffn_gate", "ffn_up"]
      case "ffn.proj_2.weight": ["ffn_down"]
      case "attn_norm.weight": ["attn_norm"]
      default: ["ffn_norm"]
      }
    return names.map { "blk.\(path[1]).\($0).weight" }
  }
}
