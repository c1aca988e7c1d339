import Evaluation

/// A split of a data set on the hub, and the task that wants it.
package struct HubSplit {
  package var task: String
  package var name: String
  package var configuration: String?
  package var split: String

  package init(task: String, name: String, configuration: String?, split: String) {
    self.task = task
    self.name = name
    self.configuration = configuration
    self.split = split
  }

  /// What messages call it.
  var title: String {
    (configuration.map { "configuration \($0), " } ?? "") + "split \(split)"
  }

  /// Whether its parts are names of folders and files, which lead nowhere else.
  var isWellFormed: Bool {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    return parts.count == 2
      && (parts + [split] + (configuration.map { [$0] } ?? [])).allSatisfy {
        !["", ".", ".."].contains($0) && !$0.contains { "/@*?[{\u{0}".contains($0) }
      }
  }

  func folder(in directory: String) -> String {
    ([directory, name] + (configuration.map { [$0] } ?? [])).joined(separator: "/")
  }

  /// The error that the hub does not have it.
  func absence(_ found: String, _ fileExtensions: [String]) -> EvaluationError {
    .notOnHub(
      task: task, dataset: name,
      lookedFor: HubLayout.patterns(
        split: split, configuration: configuration, fileExtensions: fileExtensions)
        + [HubLayout.conversionPattern(split: split, configuration: configuration)],
      found: found)
  }
}
