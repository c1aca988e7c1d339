/// The names of parameters in Hugging Face's and MLX's folders, where the decoder is
/// `transformer` and the classifier stands beside it.
///
/// Source: `modeling_openelm.py` of https://huggingface.co/apple/OpenELM-270M; MLX keeps the names.
package enum ParameterNames {
  private static let prefix = "transformer."
  private static let classifier = ("classifier.", "lm_head.")

  /// This project's name for a folder's. Folders without the prefix, which have CoreNet's names, are
  /// read as well.
  package static func own(_ name: String) -> String {
    if name.hasPrefix(classifier.1) {
      return classifier.0 + name.dropFirst(classifier.1.count)
    }
    return name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name
  }

  /// A folder's name for this project's.
  package static func published(_ name: String) -> String {
    name.hasPrefix(classifier.0)
      ? classifier.1 + name.dropFirst(classifier.0.count) : prefix + name
  }

  /// Whether a name is that of a table which every model computes anew: rotary frequencies and
  /// masks, which older versions of PyTorch's modules stored with the weights.
  package static func isBuffer(_ name: String) -> Bool {
    let parts = name.split(separator: ".")
    if parts.contains("pos_embedding") || parts.contains("rotary_emb") { return true }
    return ["inv_freq", "causal_mask", "masked_bias"].contains(parts.last)
  }
}
