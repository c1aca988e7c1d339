import Foundation

/// The names of an evaluation's files where there is one for every checkpoint.
public enum EvaluationFiles {
  /// `results.json` for step 1,200 becomes `results-001200.json`; without a step, the folder's name
  /// takes its place (`results-average.json`).
  public static func path(_ path: String, of subject: EvaluationSubject) -> String {
    let url = URL(fileURLWithPath: path)
    let folder = URL(fileURLWithPath: subject.path).lastPathComponent
    let isAverage = folder == RunDirectory.averageName
    let label =
      isAverage ? folder : subject.step.map { String(format: "%06d", $0) } ?? folder
    let name = url.deletingPathExtension().lastPathComponent
    let suffix = url.pathExtension.isEmpty ? "" : ".\(url.pathExtension)"
    let parent = (path as NSString).deletingLastPathComponent
    return (parent as NSString).appendingPathComponent("\(name)-\(label)\(suffix)")
  }
}
