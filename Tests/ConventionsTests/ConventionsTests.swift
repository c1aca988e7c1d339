import Foundation
import Testing

/// The house's own rules, which no compiler checks.
@Suite struct ConventionsTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// Ground floor first. A module may import only those above it.
  private static let floors = [
    "COpenBLAS", "CVectorInstructions", "CZlib", "CZstd", "CSnappy", "CLZ4", "CBrotli", "CXXHash",
    "CCurl", "CCrypto", "CSimdjson", "Terminal", "Kernels", "Tensors", "Layers", "Models", "Files",
    "PyTorchFiles", "GGUF", "Transfers", "Parquet", "Tokenization", "Stories", "Corpora",
    "Checkpoints", "Generation", "Interchange", "Training", "Evaluation",
    "Experiments", "Recipes", "Commands", "Samara", "SamaraTool", "Fuzzing", "FuzzTool",
  ]

  private static func files(of module: String) throws -> [URL] {
    let folder = root.appendingPathComponent(
      module == "Recipes" ? "recipes" : "Sources/\(module)")
    let names = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    return (names?.allObjects as? [URL] ?? []).filter { $0.pathExtension == "swift" }
  }

  @Test func importsGoOneWay() throws {
    for (floor, module) in Self.floors.enumerated() {
      for file in try Self.files(of: module) {
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        for line in lines where line.contains("import ") {
          let words = line.split(separator: " ")
          guard let place = words.firstIndex(of: "import"), words.count > place + 1,
            place == 0 || words[0].hasPrefix("@")
              || ["public", "package", "internal", "private"].contains(String(words[place - 1])),
            let imported = Self.floors.firstIndex(of: String(words[place + 1]))
          else { continue }
          #expect(imported < floor, "\(file.lastPathComponent) of \(module): \(line)")
        }
      }
    }
  }

  @Test func everyModuleHasItsFloor() throws {
    let folders = try FileManager.default.contentsOfDirectory(
      atPath: Self.root.appendingPathComponent("Sources").path)
    #expect(Set(folders).subtracting(Self.floors).isEmpty)
  }

  /// A file that needs more than this holds two ideas.
  @Test func filesStayShort() throws {
    for module in Self.floors {
      for file in try Self.files(of: module) {
        let count = try String(contentsOf: file, encoding: .utf8).split(
          separator: "\n", omittingEmptySubsequences: false
        ).count
        #expect(count <= 400, "\(file.lastPathComponent) of \(module) has \(count) lines")
      }
    }
  }

  /// Only kernels touch elements: above them no code asks a buffer for its address.
  @Test func onlyKernelsTouchElements() throws {
    let exceptions = ["Tensor.swift"]
    for module in Self.floors where module != "Kernels" {
      for file in try Self.files(of: module) where !exceptions.contains(file.lastPathComponent) {
        let text = try String(contentsOf: file, encoding: .utf8)
        #expect(!text.contains("buffer.pointer"), "\(file.lastPathComponent) of \(module)")
      }
    }
  }

  /// What ends a program instead of telling the user has no place in the sources.
  @Test func nothingIsForced() throws {
    for module in Self.floors {
      for file in try Self.files(of: module) {
        let text = try String(contentsOf: file, encoding: .utf8)
        for phrase in ["try!", "fatalError(", " as! "] {
          #expect(!text.contains(phrase), "\(phrase) in \(file.lastPathComponent) of \(module)")
        }
      }
    }
  }
}
