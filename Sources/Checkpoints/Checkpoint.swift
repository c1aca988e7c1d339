import Files
import Foundation

/// A checkpoint on the disk: the folder of one step.
public struct Checkpoint: Sendable, Equatable {
  public var step: Int
  public var path: String

  public init(step: Int, path: String) {
    self.step = step
    self.path = path
  }

  /// What the manifest says of one file.
  struct File: Codable, Equatable {
    /// Relative to the checkpoint's folder, with "/" between its parts.
    var name: String
    var size: Int
    var crc32: String
  }

  /// The list of a checkpoint's files; it is written last, so that without it nothing counts.
  struct Manifest: Codable, Equatable {
    var format = 1
    var step: Int
    var files: [File]
  }

  static let manifestName = "manifest.json"

  /// More than any manifest; a longer file is not read at all.
  private static let manifestByteCountLimit = 1 << 24

  /// How much of a checkpoint to read when it is verified.
  public enum Thoroughness: Sendable {
    /// Whether every file is there with its size: finds what a crash leaves behind.
    case sizes
    /// Every byte of every file too: finds flipped bits.
    case contents
  }

  /// Holds that every file is as it was when the checkpoint was written.
  ///
  /// Files are read in pieces of a megabyte.
  ///
  /// - Throws: ``CheckpointError`` that names the first file that differs.
  public func verify(_ thoroughness: Thoroughness = .contents) throws(CheckpointError) {
    for file in try manifest().files {
      let path = self.path + "/" + file.name
      guard let size = FileSystem.sizeOfPlainFile(path) else {
        throw .damagedCheckpoint(
          path: path, expected: "a file of \(file.size) bytes", found: "no plain file")
      }
      guard size == file.size else {
        throw .damagedCheckpoint(
          path: path, expected: "\(file.size) bytes", found: "\(size) bytes")
      }
      guard thoroughness == .contents else { continue }
      let checksum = try CheckpointError.wrapping { () throws(FileError) in
        try FileSystem.checksum(of: path)
      }
      guard checksum.hexadecimal == file.crc32, checksum.byteCount == file.size else {
        throw .damagedCheckpoint(
          path: path, expected: "the CRC-32 \(file.crc32)", found: checksum.hexadecimal)
      }
    }
  }

  private func manifest() throws(CheckpointError) -> Manifest {
    let path = self.path + "/" + Self.manifestName
    guard let size = FileSystem.sizeOfPlainFile(path) else {
      throw .damagedCheckpoint(path: path, expected: "a manifest", found: "no plain file")
    }
    guard size <= Self.manifestByteCountLimit,
      let bytes = FileManager.default.contents(atPath: path)
    else {
      throw .damagedCheckpoint(
        path: path, expected: "a readable manifest", found: "a file of \(size) bytes")
    }
    let manifest: Manifest
    do {
      manifest = try JSONDecoder().decode(Manifest.self, from: bytes)
    } catch {
      throw .damagedCheckpoint(
        path: path, expected: "a manifest in JSON", found: "something else (\(error))")
    }
    guard manifest.format == 1, manifest.step == step else {
      throw .damagedCheckpoint(
        path: path, expected: "format 1 and step \(step)",
        found: "format \(manifest.format) and step \(manifest.step)")
    }
    for file in manifest.files {
      // A name must not lead out of the folder.
      let parts = file.name.split(separator: "/", omittingEmptySubsequences: false)
      guard file.size >= 0, !file.name.utf8.contains(0),
        !parts.contains(where: { $0.isEmpty || $0 == "." || $0 == ".." })
      else {
        throw .damagedCheckpoint(
          path: path, expected: "the name of a file in the folder", found: "\"\(file.name)\"")
      }
    }
    return manifest
  }

  /// Writes the manifest of the files now in `folder`, and syncs them and their folders.
  static func seal(_ folder: String, step: Int) throws {
    guard let names = try? FileManager.default.subpathsOfDirectory(atPath: folder) else {
      throw FileError.latest("listing", folder)
    }
    var files: [File] = []
    for name in names.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
      let path = folder + "/" + name
      try FileSystem.syncFolder(path)
      var isFolder: ObjCBool = false
      if FileSystem.sizeOfPlainFile(path) != nil {
        let checksum = try FileSystem.checksum(of: path)
        files.append(
          File(name: name, size: checksum.byteCount, crc32: checksum.hexadecimal))
      } else if !FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        || !isFolder.boolValue
      {
        throw CheckpointError.invalidRequest(
          path: path, expected: "plain files in a checkpoint", found: "something else")
      }
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let bytes: Data
    do {
      bytes = try encoder.encode(Manifest(step: step, files: files))
    } catch {
      throw CheckpointError.invalidRequest(
        path: folder, expected: "file names in UTF-8", found: "\(error)")
    }
    try AtomicFile.write(bytes + [0x0A], to: folder + "/" + manifestName)
  }
}
