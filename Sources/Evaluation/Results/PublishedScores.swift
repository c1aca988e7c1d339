/// A model's scores as they were published, to stand beside one's own.
public struct PublishedScores: Sendable, Equatable {
  public var model: String
  /// The parameters that the model is named by.
  public var parameterCount: Double
  /// Accuracies by the task's name, as fractions; zero-shot.
  public var accuracies: [String: Double]
  /// Their mean as it was published.
  public var average: Double

  /// Returns the accuracy of a task; nil where none was published for the number of examples.
  public func accuracy(of task: String, shots: Int) -> Double? {
    shots == 0 ? accuracies[task] : nil
  }

  /// The zero-shot table of OpenELM (arXiv:2404.14619; the models' cards on the hub), where accuracies are in
  /// percent. Neither says of each column whether it is `acc` or `acc_norm`, so that a figure stands beside both
  /// where a task has both.
  public static let openELM = [
    PublishedScores(
      "OpenELM-270M", 270e6, [26.45, 45.08, 53.98, 46.71, 69.75, 84.70, 53.91], average: 54.37),
    PublishedScores(
      "OpenELM-450M", 450e6, [27.56, 48.06, 55.78, 53.97, 72.31, 87.20, 58.01], average: 57.56),
    PublishedScores(
      "OpenELM-1.1B", 1.1e9, [32.34, 55.43, 63.58, 64.81, 75.57, 90.60, 61.72], average: 63.44),
    PublishedScores(
      "OpenELM-3B", 3e9, [35.58, 59.89, 67.40, 72.44, 78.24, 92.70, 65.51], average: 67.39),
  ]

  /// The part of the name that tells the size.
  package var size: String { model.split(separator: "-").last.map(String.init) ?? model }

  /// The table's columns in its order.
  package static let tasks = [
    "arc_challenge", "arc_easy", "boolq", "hellaswag", "piqa", "sciq", "winogrande",
  ]

  package static let source = "OpenELM (arXiv:2404.14619), zero-shot"

  private init(
    _ model: String, _ parameterCount: Double, _ percentages: [Double], average: Double
  ) {
    self.model = model
    self.parameterCount = parameterCount
    self.average = average / 100
    accuracies = Dictionary(
      uniqueKeysWithValues: zip(Self.tasks, percentages.map { $0 / 100 }))
  }
}
