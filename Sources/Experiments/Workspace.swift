/// The folders that runs read and write, beside each other.
public struct Workspace: Sendable, Hashable {
  /// Corpora, tokenizers, benchmark files.
  public var data: String
  /// A folder a run, with a folder a step.
  public var checkpoints: String
  /// A folder a run, with its metrics and messages.
  public var logs: String

  public init(
    data: String = "data", checkpoints: String = "checkpoints", logs: String = "logs"
  ) {
    self.data = data
    self.checkpoints = checkpoints
    self.logs = logs
  }
}
