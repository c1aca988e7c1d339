import Files
import Foundation

/// Reads a model in whatever format it is, told by what its files hold rather than by their names.
public enum ModelReader {
  /// Reads the model of a folder or a file.
  ///
  /// - Parameter headWidth: The width of a head where a file of CoreNet's does not tell it; others do.
  /// - Throws: ``InterchangeError``, and what the format's reader throws.
  public static func contents(at path: String, headWidth: Int? = nil) throws -> ModelContents {
    let found = try detect(path)
    var contents: ModelContents
    switch found.format {
    case .huggingFace, .mlx: contents = try HuggingFaceFolder.read(path: found.path)
    case .gguf: contents = try GGUFModel.read(path: found.path)
    case .coreNet: contents = try CoreNetFile.read(path: found.path, headWidth: headWidth)
    case .samara: contents = try SamaraCheckpoint.read(path: found.path)
    }
    try contents.checkTokens()
    contents.path = found.path
    return contents
  }

  /// The format of a folder or a file.
  ///
  /// - Throws: ``InterchangeError`` where it is none that is known.
  public static func format(at path: String) throws(InterchangeError) -> ModelFormat {
    try detect(path).format
  }

  /// The format, and the file or folder that its reader takes: a file of weights means the folder that
  /// its configuration is in, and a folder with nothing but one model file means the file.
  package static func detect(
    _ path: String
  ) throws(InterchangeError) -> (format: ModelFormat, path: String) {
    var path = path
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw .unreadable(path: path, reason: "there is no such file or folder")
    }
    return isFolder.boolValue ? try detectFolder(path) : try detectFile(path)
  }

  private static func detectFolder(
    _ path: String
  ) throws(InterchangeError) -> (format: ModelFormat, path: String) {
    if SamaraCheckpoint.isOne(at: path) { return (.samara, path) }
    if HuggingFaceFolder.isOne(at: path) { return (.huggingFace, path) }
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
    var models: [(format: ModelFormat, path: String)] = []
    for name in names.prefix(1_000) {
      guard let format = try? magic(of: "\(path)/\(name)") else { continue }
      models.append((format, "\(path)/\(name)"))
    }
    guard let model = models.first, models.count == 1 else {
      let found =
        models.isEmpty
        ? (names.isEmpty ? "an empty folder" : names.prefix(12).joined(separator: ", "))
        : "several: \(models.map { ($0.path as NSString).lastPathComponent }.joined(separator: ", "))"
      throw .unknownFormat(path: path, found: found)
    }
    return model
  }

  private static func detectFile(
    _ path: String
  ) throws(InterchangeError) -> (format: ModelFormat, path: String) {
    if let format = try magic(of: path) { return (format, path) }
    let folder = FileSystem.parent(of: path)
    // A file of weights is of the model in its folder.
    if try isSafetensors(path) {
      if SamaraCheckpoint.isOne(at: folder) { return (.samara, folder) }
      if HuggingFaceFolder.isOne(at: folder) { return (.huggingFace, folder) }
      throw .unknownFormat(
        path: path, found: "safetensors without a config.json beside it, which says its sizes")
    }
    throw .unknownFormat(path: path, found: "a file that begins with \(try beginning(path))")
  }

  /// The format that a file's first bytes tell; nil where they tell none.
  private static func magic(of path: String) throws(InterchangeError) -> ModelFormat? {
    let bytes = try first(4, of: path)
    if bytes == Array("GGUF".utf8) { return .gguf }
    // A zip's first member, which PyTorch has written since version 1.6.
    if bytes == [0x50, 0x4B, 0x03, 0x04] { return .coreNet }
    return nil
  }

  private static func isSafetensors(_ path: String) throws(InterchangeError) -> Bool {
    let bytes = try first(9, of: path)
    return bytes.count == 9 && bytes[8] == UInt8(ascii: "{") && bytes[4..<8].allSatisfy { $0 == 0 }
  }

  private static func beginning(_ path: String) throws(InterchangeError) -> String {
    let bytes = try first(8, of: path)
    if bytes.isEmpty { return "nothing: it is empty" }
    if bytes.starts(with: [0x80, 0x02]) {
      return "a pickle of PyTorch before 1.6, which is not read: save it again with torch.save"
    }
    return bytes.map { String($0, radix: 16) }.joined(separator: " ") + " (hexadecimal)"
  }

  private static func first(_ count: Int, of path: String) throws(InterchangeError) -> [UInt8] {
    do {
      let file = try MappedFile(path: path)
      return withExtendedLifetime(file) { Array(file.bytes.prefix(count)) }
    } catch {
      throw .unreadable(path: path, reason: error.description)
    }
  }
}
