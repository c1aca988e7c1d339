import PyTorchFiles

/// Finds the weights in what CoreNet saves: a state dictionary by itself, or within a training checkpoint.
///
/// Source: `corenet/utils/checkpoint_utils.py` of https://github.com/apple/corenet.
struct CoreNetState {
  let file: PyTorchFile
  /// The training checkpoint around the weights, if there is one.
  let training: PickleDictionary?
  let weights: CoreNetWeights

  static let modelKey = "model_state_dict"
  /// Where other trainers put a state dictionary.
  private static let otherKeys = ["state_dict", "model", "module"]

  init(path: String) throws {
    file = try PyTorchFile(path: path)
    guard let root = file.root.dictionary else {
      throw InterchangeError.setting(
        path: path, key: "the file's value", expected: "a dictionary of weights",
        found: file.root.kind)
    }
    let inner = root[Self.modelKey]
    training = inner == nil ? nil : root
    let other = Self.otherKeys.compactMap { root[$0] }.first { $0.dictionary != nil }
    let state = inner ?? other ?? file.root
    guard let state = state.dictionary else {
      throw InterchangeError.setting(
        path: path, key: Self.modelKey, expected: "a dictionary of weights", found: state.kind)
    }
    weights = try CoreNetWeights(try Self.tensors(of: state, path: path), in: file)
  }

  /// The tensors of a state dictionary under their own names, without tables that models compute anew.
  private static func tensors(
    of state: PickleDictionary, path: String
  ) throws(InterchangeError) -> [(name: String, tensor: PyTorchTensor)] {
    var result: [(name: String, tensor: PyTorchTensor)] = []
    for entry in state.entries {
      guard let key = entry.key.string else {
        throw .setting(
          path: path, key: "the state dictionary", expected: "names of parameters as keys",
          found: entry.key.kind)
      }
      let name = CoreNetNames.own(key)
      if ParameterNames.isBuffer(name) { continue }
      guard let tensor = entry.value.tensor else {
        throw .setting(path: path, key: key, expected: "a tensor", found: entry.value.kind)
      }
      result.append((name, tensor))
    }
    return result
  }
}
