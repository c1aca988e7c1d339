import PyTorchFiles

/// AdamW's moments in a training checkpoint, matched to the parameters' names.
///
/// PyTorch numbers an optimizer's parameters through its groups. CoreNet makes one group of all matrices
/// and, where norms do not decay, a second of all vectors, both in the model's order
/// (`corenet/modeling/misc/common.py`, `parameter_list`). Where the model was sharded, names stand in
/// place of numbers.
struct CoreNetOptimizerState {
  /// Running means of gradients, by parameter.
  let firstMoments: CoreNetWeights
  /// Running means of squared gradients, by parameter.
  let secondMoments: CoreNetWeights
  /// Updates made; nil where the state does not tell.
  let updateCount: Int?
  let settings: CoreNetTrainingState.OptimizerSettings

  private static let key = "optim_state_dict"

  init(_ training: PickleDictionary, _ model: CoreNetState) throws {
    let path = model.file.path
    func wrong(_ key: String, _ expected: String, _ found: String) -> InterchangeError {
      .setting(path: path, key: "\(Self.key).\(key)", expected: expected, found: found)
    }
    guard let optimizer = training[Self.key]?.dictionary,
      let states = optimizer["state"]?.dictionary,
      let groups = optimizer["param_groups"]?.elements
    else {
      throw wrong("state", "an optimizer's state and groups", training[Self.key]?.kind ?? "none")
    }
    let members = try groups.enumerated().map { index, group in
      guard let group = group.dictionary, let parameters = group["params"]?.elements else {
        throw wrong("param_groups.\(index)", "a group with parameters", group.kind)
      }
      return (group: group, parameters: parameters)
    }
    if members.contains(where: {
      if case .boolean(true)? = $0.group["amsgrad"] { true } else { false }
    }) {
      throw wrong("param_groups.amsgrad", "AdamW without AMSGrad", "AMSGrad, which is not had here")
    }
    let names = try Self.names(members, model, wrong)
    var first: [(name: String, tensor: PyTorchTensor)] = []
    var second = first
    var count: (updates: Int, name: String)?
    for (identifier, name, group) in names {
      let place = "state.\(identifier.integer.map { "\($0)" } ?? identifier.string ?? "?")"
      let found =
        identifier.integer.flatMap { states[$0] } ?? identifier.string.flatMap { states[$0] }
      guard let state = found?.dictionary else {
        throw wrong(place, "the state of \(name)", found?.kind ?? "none")
      }
      let shape = model.weights.shape(of: name)
      func moment(_ key: String) throws -> PyTorchTensor {
        guard let tensor = state[key]?.tensor else {
          throw wrong("\(place).\(key)", "a tensor for \(name)", state[key]?.kind ?? "none")
        }
        guard tensor.shape == shape else {
          throw wrong(
            "\(place).\(key)", "the shape \(shape ?? []) of \(name)", "\(tensor.shape)")
        }
        return tensor
      }
      first.append((name, try moment("exp_avg")))
      second.append((name, try moment("exp_avg_sq")))
      let step = state["step"] ?? members[group].group["step"]
      if let step {
        let updates = try Self.count(step, in: model.file, "\(place).step", wrong)
        if let count, count.updates != updates {
          throw wrong(
            "\(place).step", "\(count.updates) updates, as of \(count.name)", "\(updates)")
        }
        count = (updates, name)
      }
    }
    firstMoments = try CoreNetWeights(first, in: model.file)
    secondMoments = try CoreNetWeights(second, in: model.file)
    updateCount = count?.updates
    settings = CoreNetTrainingState.OptimizerSettings(members.first?.group)
  }

  private typealias Fault = (String, String, String) -> InterchangeError

  /// Every parameter's identifier in the state, its name, and its group.
  private static func names(
    _ members: [(group: PickleDictionary, parameters: [PickleValue])], _ model: CoreNetState,
    _ wrong: Fault
  ) throws -> [(identifier: PickleValue, name: String, group: Int)] {
    let all = model.weights.weightNames
    let vectors = all.filter { model.weights.shape(of: $0)?.count == 1 }
    let matrices = all.filter { model.weights.shape(of: $0)?.count != 1 }
    let expected = members.count == 1 ? [all] : [matrices, vectors]
    var result: [(identifier: PickleValue, name: String, group: Int)] = []
    for (index, member) in members.enumerated() {
      let told = member.group["param_names"]?.elements?.map { $0.string ?? "" }
      let isNamed = member.parameters.allSatisfy { $0.string != nil }
      let names: [String]
      if isNamed || told != nil {
        names = (told ?? member.parameters.map { $0.string ?? "" }).map(CoreNetNames.own)
      } else {
        guard members.count <= 2 else {
          throw wrong(
            "param_groups", "one group, or one of matrices and one of vectors", "\(members.count)")
        }
        names = expected[index]
      }
      guard names.count == member.parameters.count else {
        throw wrong(
          "param_groups.\(index)", "\(names.count) parameters, as the weights have of this kind",
          "\(member.parameters.count)")
      }
      for (identifier, name) in zip(member.parameters, names) {
        result.append((identifier, name, index))
      }
    }
    let grouped = Set(result.map(\.name))
    if let name = all.first(where: { !grouped.contains($0) }) {
      throw wrong("param_groups", "every parameter in a group", "none with \(name)")
    }
    guard result.count == all.count else {
      throw wrong("param_groups", "\(all.count) parameters", "\(result.count)")
    }
    return result
  }

  /// A number of updates: an integer, a float, or a tensor of one, as fused optimizers keep it.
  private static func count(
    _ value: PickleValue, in file: PyTorchFile, _ place: String, _ wrong: Fault
  ) throws -> Int {
    var number = value.number
    if let tensor = value.tensor, tensor.elementCount == 1 {
      number = try file.withBytes(of: tensor) { bytes in
        switch tensor.elementType {
        case .float32: Double(bytes.loadUnaligned(as: Float.self))
        case .float64: bytes.loadUnaligned(as: Double.self)
        case .int32: Double(bytes.loadUnaligned(as: Int32.self))
        case .int64: Double(bytes.loadUnaligned(as: Int64.self))
        default: nil
        }
      }
    }
    guard let number, let count = Int(exactly: number), (0...(1 << 60)).contains(count) else {
      throw wrong(place, "a number of updates", number.map { "\($0)" } ?? value.kind)
    }
    return count
  }
}
