import ArgumentParser
import Experiments
import Foundation
import Interchange
import Terminal

struct InspectCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Tell what a model's file or folder holds, and what looks wrong with it.",
    discussion: """
      Takes a run's name, a checkpoint's folder, a folder of Hugging Face's or MLX's, or a .gguf, .pt or \
      .safetensors file. Every number is read: a weight that is not finite is told, and the files of a \
      checkpoint are held against their checksums.

      EXAMPLES
        samara inspect seedling
        samara inspect OpenELM-270M --tensors
        samara inspect model.gguf --json
      """)

  @Argument(help: "A run's name, or a model's file or folder.")
  var model: String

  @Flag(help: "List every tensor with its norm and its least and largest number.")
  var tensors = false

  @Flag(help: "Print one JSON object, with every tensor where --tensors is given.")
  var json = false

  func run() async throws {
    let line = ProgressLine(label: "reading", total: 100)
    let inspection = try ModelInspection(path: path()) { done, total in
      line.update(completed: Int(100 * Double(done) / Double(max(total, 1))))
    }
    line.finish()
    if json {
      print(String(decoding: try InspectionJSON.bytes(inspection, tensors: tensors), as: UTF8.self))
    } else {
      let view = InspectionView(inspection, for: TerminalCapabilities(of: .output))
      print(view.text(tensors: tensors), terminator: "")
    }
  }

  /// A path as it is, damaged or not; a run's newest whole checkpoint for its name.
  private func path() throws -> String {
    let workspace = Workspace()
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: model, isDirectory: &isFolder)
    if exists, !RunDirectory.names(in: workspace).contains(model),
      !isFolder.boolValue || (try? ModelReader.format(at: model)) != nil
    {
      return model
    }
    switch try ModelLocator.place(of: model, in: workspace) {
    case .checkpoint(let checkpoint): return checkpoint.path
    case .file(let path): return path
    }
  }
}
