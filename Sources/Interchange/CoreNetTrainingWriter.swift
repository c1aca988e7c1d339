import Layers
import Models
import PyTorchFiles

/// Writes training checkpoints from which CoreNet resumes.
extension CoreNetTrainingState {
  /// Writes the state in float32: CoreNet's keys, and under `samara` the run that it carries.
  ///
  /// A gradient scaler's first values are there too: CoreNet asks for them in mixed precision, and with
  /// bfloat16 they change nothing.
  ///
  /// - Throws: `WeightError`, `FileError`, and what the sources throw.
  public func write(to path: String) throws {
    let parameters = CoreNetNames.parameters(of: configuration)
    for source in [weights, firstMoments, secondMoments] { try configuration.check(source) }
    var entries: [(key: PyTorchContents.Key, value: PyTorchContents)] = [
      ("iterations", .integer(iteration)),
      ("epoch", .integer(epoch)),
      (
        .string(CoreNetState.modelKey),
        CoreNetFile.state(parameters, from: weights, as: .float32, .float32)
      ),
      ("optim_state_dict", optimizerState(parameters)),
      // A loss is better the lower it is, and none was measured.
      ("best_metric", .float(.infinity)),
      ("is_interval_ckpt", .boolean(true)),
      (
        "gradient_scaler_state_dict",
        .dictionary([
          ("scale", .float(65_536)), ("growth_factor", .float(2)), ("backoff_factor", .float(0.5)),
          ("growth_interval", .integer(2_000)), ("_growth_tracker", .integer(0)),
        ])
      ),
    ]
    if let run {
      let tokenizer = PyTorchContents.Tensor(
        .uint8, shape: [run.tokenizer.count], bytes: run.tokenizer)
      entries.append(
        (
          .string(Self.runKey),
          .dictionary([
            ("state", .string(run.state)), ("recipe", .string(run.recipe)),
            ("tokenizer", .tensor(tokenizer)),
          ])
        ))
    }
    try PyTorchWriter.write(.dictionary(entries), to: path)
  }

  private func optimizerState(
    _ parameters: [(name: String, shape: [Int])]
  ) -> PyTorchContents {
    let groups = [
      parameters.filter { $0.shape.count != 1 }, parameters.filter { $0.shape.count == 1 },
    ]
    let step = Float(updateCount)
    var states: [(key: PyTorchContents.Key, value: PyTorchContents)] = []
    for (number, parameter) in groups.joined().enumerated() {
      func moment(_ source: any WeightSource) -> PyTorchContents {
        .tensor(
          CoreNetFile.tensor(
            parameter.name, parameter.shape, from: source, as: .float32, .float32))
      }
      let bytes = withUnsafeBytes(of: step.bitPattern.littleEndian) { Array($0) }
      let state = PyTorchContents.dictionary([
        ("step", .tensor(.init(.float32, shape: [], bytes: bytes))),
        ("exp_avg", moment(firstMoments)), ("exp_avg_sq", moment(secondMoments)),
      ])
      states.append((.integer(number), state))
    }
    var start = 0
    let described = groups.enumerated().map { index, group -> PyTorchContents in
      defer { start += group.count }
      return .dictionary([
        ("lr", .float(optimizer.learningRate ?? 0)),
        ("betas", .tuple([.float(optimizer.beta1 ?? 0.9), .float(optimizer.beta2 ?? 0.95)])),
        ("eps", .float(optimizer.epsilon ?? 1e-8)),
        ("weight_decay", .float(index == 0 ? optimizer.weightDecay ?? 0.1 : 0)),
        ("amsgrad", .boolean(false)), ("foreach", .none), ("maximize", .boolean(false)),
        ("capturable", .boolean(false)), ("differentiable", .boolean(false)), ("fused", .none),
        ("params", .list((start..<start + group.count).map { .integer($0) })),
      ])
    }
    return .dictionary([("state", .dictionary(states)), ("param_groups", .list(described))])
  }
}
