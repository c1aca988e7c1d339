import Models

/// CoreNet's names of parameters, and their order in its models.
enum CoreNetNames {
  /// What PyTorch puts around a model that is trained over several processes, compiled, or computed again
  /// in part; it stands in names as a part of its own.
  private static let wrappers: Set<Substring> = [
    "module", "_orig_mod", "_checkpoint_wrapped_module", "_fsdp_wrapped_module",
  ]

  /// A parameter's own name.
  static func own(_ name: String) -> String {
    name.split(separator: ".", omittingEmptySubsequences: false)
      .filter { !wrappers.contains($0) }.joined(separator: ".")
  }

  /// The parameters with their shapes in the order of CoreNet's `general_gpt`, whose layers hold the
  /// feed-forward norm before attention's.
  ///
  /// The order matters: an optimizer's state knows parameters by their numbers alone, and both norms are
  /// of one shape.
  static func parameters(
    of configuration: OpenELMConfiguration
  ) -> [(name: String, shape: [Int])] {
    var result: [(name: String, shape: [Int])] = []
    configuration.forEachParameter { name, shape in result.append((name, shape)) }
    for index in result.indices.dropLast()
    where result[index].name.hasSuffix(".attn_norm.weight")
      && result[index + 1].name.hasSuffix(".ffn_norm.weight")
    {
      result.swapAt(index, index + 1)
    }
    return result
  }
}
