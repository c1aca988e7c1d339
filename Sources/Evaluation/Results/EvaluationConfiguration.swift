/// The parts of a report that tell how its figures came about: `configs` and `config`.
enum EvaluationConfiguration {
  /// `config`: the harness's entries in its order, then those of the caller's own.
  ///
  /// The seeds and the count of bootstrap samples are the harness's defaults, which this evaluator has built
  /// in; the `random_seed` and `torch_seed` play no part in either.
  static func value(
    of given: [String: DocumentValue], model: EvaluatedModel?
  ) -> PythonJSON {
    var entries: [(key: String, value: DocumentValue)] = [
      ("model", "samara"), ("model_args", model?.arguments ?? .null),
    ]
    if let count = model?.parameterCount {
      entries.append(("model_num_parameters", .integer(count)))
    }
    if let precision = model?.precision { entries.append(("model_dtype", .string(precision))) }
    entries += [
      ("batch_size", .null), ("batch_sizes", []), ("device", "cpu"), ("use_cache", .null),
      ("limit", .null), ("bootstrap_iters", 100_000), ("gen_kwargs", .null), ("random_seed", 0),
      ("numpy_seed", 1_234), ("torch_seed", 1_234), ("fewshot_seed", 1_234),
    ]
    let known = Set(entries.map(\.key))
    let own = given.filter { !known.contains($0.key) }
      .sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    return .object(
      entries.map { ($0.key, PythonJSON(given[$0.key] ?? $0.value)) }
        + own.map { ($0.key, PythonJSON($0.value)) })
  }

  /// A name as the harness puts it into the names of folders.
  static func sanitized(_ name: String) -> String {
    var result = ""
    var isReplacing = false
    for character in name.unicodeScalars {
      let isForbidden = "\"<>:/|\\?*[]".unicodeScalars.contains(character)
      if isForbidden, !isReplacing { result += "__" }
      if !isForbidden { result.unicodeScalars.append(character) }
      isReplacing = isForbidden
    }
    return result
  }
}

extension EvaluationResult {
  var isGroup: Bool { !members.isEmpty }

  /// A task's entry in `configs`, in the order of the harness's `TaskConfig`.
  var taskConfiguration: PythonJSON {
    var entries: [(key: String, value: PythonJSON)] = [("task", .string(task))]
    if alias != task { entries.append(("task_alias", .string(alias))) }
    switch dataset {
    case .hub(let path, let configuration, let split):
      entries.append(("dataset_path", .string(path)))
      if let configuration { entries.append(("dataset_name", .string(configuration))) }
      entries.append((Self.splitKey(split), .string(split)))
    case .file(let path): entries.append(("dataset_path", .string(path)))
    case nil: break
    }
    if let exampleSplit { entries.append(("fewshot_split", .string(exampleSplit))) }
    entries += [
      ("description", .string(preamble)), ("target_delimiter", " "),
      ("fewshot_delimiter", .string(PreparedTask.exampleDelimiter)),
      ("num_fewshot", .integer(shots)),
      (
        "metric_list",
        .array(
          metrics.map { metric in
            .object([
              ("metric", .string(metric.name)),
              ("aggregation", .string(metric.aggregation.rawValue)),
              ("higher_is_better", .bool(metric.higherIsBetter)),
            ])
          })
      ),
    ]
    if let outputType { entries.append(("output_type", .string(outputType))) }
    entries += [("repeats", .integer(1)), ("should_decontaminate", .bool(false))]
    var metadata: [(key: String, value: PythonJSON)] = [("version", .number(version))]
    if let chance { metadata.append(("chance", .number(chance))) }
    entries.append(("metadata", .object(metadata)))
    return .object(entries)
  }

  /// The harness names three kinds of split; a split of another name is what is tested on.
  private static func splitKey(_ split: String) -> String {
    ["train": "training_split", "validation": "validation_split"][split] ?? "test_split"
  }
}
