import Experiments
import Foundation
import Interchange
import Models
import Terminal

/// What a model's files hold, for people.
struct InspectionView {
  private let inspection: ModelInspection
  private let terminal: TerminalCapabilities

  init(_ inspection: ModelInspection, for terminal: TerminalCapabilities) {
    self.inspection = inspection
    self.terminal = terminal
  }

  func text(tensors: Bool) -> String {
    var parts = [summary]
    if let configuration = inspection.configuration { parts.append(layers(configuration)) }
    if tensors || inspection.configuration == nil { parts.append(tensorTable) }
    parts.append(files)
    if !inspection.warnings.isEmpty {
      parts.append(
        inspection.warnings.map {
          TextStyle.bold.applied(to: "warning: ", on: terminal) + DisplayWidth.printable($0) + "\n"
        }.joined())
    }
    return parts.joined(separator: "\n")
  }

  private var summary: String {
    var pairs = [("format", formatName)]
    let statistics = inspection.statistics
    if let sizes = inspection.configuration {
      pairs += [
        ("architecture", "openelm"),
        ("layers", "\(sizes.layerCount) of width \(Format.grouped(sizes.modelWidth))"),
        (
          "heads",
          "of width \(sizes.headWidth), \(sizes.queriesPerKeyValueHead) queries a key/value head"
            + (sizes.normalizesQueriesAndKeys ? ", queries and keys normalized" : "")
        ),
        ("vocabulary", "\(Format.grouped(sizes.vocabularySize)) rows"),
        ("context", "\(Format.grouped(sizes.contextLength)) tokens"),
        ("output", sizes.sharesInputAndOutput ? "the token table" : "a projection of its own"),
        ("rotary base", Format.decimal(sizes.rotaryBase, places: 0)),
        ("epsilon", "\(sizes.epsilon)"),
      ]
    }
    pairs += [
      ("parameters", Format.grouped(inspection.parameterCount)), ("types", types),
      (
        "numbers",
        "norm \(number(statistics.norm)), from \(number(Double(statistics.minimum))) to "
          + "\(number(Double(statistics.maximum))), \(Format.grouped(statistics.nanCount)) NaN, "
          + "\(Format.grouped(statistics.infinityCount)) infinite"
      ),
      ("tokenizer", tokenizer),
      ("chat template", inspection.chatTemplate.map { "\($0.count) characters" } ?? "none"),
    ]
    return BenchmarkText.pairs(pairs + training, for: terminal)
  }

  private var formatName: String {
    switch inspection.format {
    case .huggingFace: "Hugging Face folder"
    case .mlx: "MLX folder"
    case .gguf: "GGUF file"
    case .coreNet: "PyTorch file of CoreNet's"
    case .samara: "checkpoint of Samara's"
    case nil: "safetensors without a configuration"
    }
  }

  /// The types of the weights with the bytes in each.
  private var types: String {
    Dictionary(grouping: inspection.tensors, by: \.type)
      .map { type, tensors in (type, tensors.count, tensors.reduce(0) { $0 + $1.byteCount }) }
      .sorted { ($1.2, $0.0) < ($0.2, $1.0) }
      .map { "\($0.0): \($0.1) \($0.1 == 1 ? "tensor" : "tensors"), \(Format.bytes($0.2))" }.joined(
        separator: "; ")
  }

  private var tokenizer: String {
    guard let tokenizer = inspection.tokenizer else { return "none" }
    let special = [
      ("start", tokenizer.start), ("end", tokenizer.end), ("padding", tokenizer.padding),
    ].compactMap { name, token in token.map { "\(name) \($0)" } }
    return "\(tokenizer.kind.formatName), \(Format.grouped(tokenizer.vocabularySize)) tokens"
      + (special.isEmpty ? "" : ", " + special.joined(separator: ", "))
  }

  private var training: [(String, String)] {
    var pairs: [(String, String)] = []
    if let record = inspection.training {
      if let recipe = record.recipe { pairs.append(("recipe", recipe)) }
      if let step = record.step { pairs.append(("step", Format.grouped(step))) }
      if let tokens = record.tokens { pairs.append(("tokens seen", Format.grouped(tokens))) }
    }
    if let count = inspection.optimizerTensorCount {
      pairs.append(("optimizer", "\(Format.grouped(count)) tensors of moments"))
    }
    if let isVerified = inspection.isVerified {
      pairs.append(("checksums", isVerified ? "as they were written" : "DIFFER"))
    }
    return pairs
  }

  /// A line a layer.
  private func layers(_ configuration: OpenELMConfiguration) -> String {
    var table = TextTable(columns: [
      .init("layer"), .init("query heads"), .init("key/value heads", dropRank: 1),
      .init("feed-forward"), .init("parameters", dropRank: 2), .init("norm", dropRank: 0),
    ])
    let owners = Dictionary(grouping: inspection.tensors) { tensor in
      let parts = tensor.name.split(separator: ".")
      return parts.first == "layers" && parts.count > 1 ? Int(parts[1]) ?? -1 : -1
    }
    for (index, layer) in configuration.layers.enumerated() {
      let tensors = owners[index] ?? []
      let norm = tensors.reduce(0) { $0 + $1.statistics.sumOfSquares }.squareRoot()
      table.append([
        "\(index)", "\(layer.attention.queryHeads)", "\(layer.attention.keyValueHeads)",
        Format.grouped(layer.feedForwardWidth),
        Format.grouped(tensors.reduce(0) { $0 + $1.shape.reduce(1, *) }), number(norm),
      ])
    }
    return table.rendered(for: terminal)
  }

  private var tensorTable: String {
    var table = TextTable(columns: [
      .init("tensor", alignment: .leading), .init("shape"),
      .init("type"), .init("size", dropRank: 1), .init("norm", dropRank: 3),
      .init("least", dropRank: 2), .init("largest", dropRank: 2), .init("NaN", dropRank: 0),
    ])
    for tensor in inspection.tensors {
      let found = tensor.statistics
      table.append([
        tensor.name, tensor.shape.map(String.init).joined(separator: "x"), tensor.type,
        Format.bytes(tensor.byteCount), number(found.norm), number(Double(found.minimum)),
        number(Double(found.maximum)), "\(found.nanCount)",
      ])
    }
    return table.rendered(for: terminal)
  }

  private var files: String {
    var table = TextTable(columns: [
      .init("file", alignment: .leading, minimumWidth: 16, truncation: .middle), .init("size"),
    ])
    for file in inspection.files { table.append([file.name, Format.bytes(file.byteCount)]) }
    return table.rendered(for: terminal)
  }

  /// Four digits, which tell two weights apart.
  private func number(_ value: Double) -> String {
    value.isFinite ? String(format: "%.4g", value) : "-"
  }
}
