import Foundation

/// A tokenizer as it is published: SentencePiece's `.model`, Hugging Face's `tokenizer.json`, or
/// tiktoken's ranks. Which one it is, its bytes tell; its name does not matter.
public enum TokenizerFile: String, Sendable, CaseIterable {
  case sentencePiece
  case huggingFace
  case tiktoken

  /// The name that a file of this kind is kept under.
  public var fileName: String {
    switch self {
    case .sentencePiece, .tiktoken: "tokenizer.model"
    case .huggingFace: "tokenizer.json"
    }
  }

  /// Files that a folder is searched for, in this order.
  private static let namesInFolders = ["tokenizer.json", "tokenizer.model"]

  /// What a file is, from its bytes: JSON begins with a brace and a quotation mark, ranks with a line
  /// of base64 and a number, and all else is taken for a SentencePiece model.
  public init(bytes: [UInt8]) {
    let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let visible = bytes.dropFirst(bytes.starts(with: byteOrderMark) ? 3 : 0).prefix(1_024)
      .filter { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
    if visible.first == UInt8(ascii: "{"),
      [UInt8(ascii: "\""), UInt8(ascii: "}")].contains(
        visible.dropFirst().first ?? UInt8(ascii: "}"))
    {
      self = .huggingFace
    } else {
      self = TiktokenRanks.isBeginning(bytes) ? .tiktoken : .sentencePiece
    }
  }

  /// Reads the tokenizer at `path`: a file, or a folder with a `tokenizer.json` or a
  /// `tokenizer.model` in it.
  ///
  /// A file of ranks does not say how words are cut: Llama 3's pattern is taken. Others can be asked
  /// for with `BytePairTokenizer(ranksAt:pattern:specialTokens:)`.
  ///
  /// - Throws: `TokenizationError` if there is none, or none that this module supports.
  public static func load(_ path: String) throws(TokenizationError) -> any Tokenizer {
    let path = try file(at: path)
    return try load(bytes(path), path: path)
  }

  /// Makes a tokenizer of a file's bytes; `path` is for messages.
  public static func load(
    _ bytes: [UInt8], path: String
  ) throws(TokenizationError) -> any Tokenizer {
    // Offsets have 31 bits; published files have a few megabytes.
    guard bytes.count <= 1 << 30 else {
      throw .unreadableFile(
        path: path, reason: "it has \(bytes.count) bytes, and a tokenizer at most \(1 << 30)")
    }
    switch TokenizerFile(bytes: bytes) {
    case .sentencePiece:
      return try SentencePieceTokenizer(SentencePieceModel(bytes: bytes, path: path))
    case .huggingFace: return try BytePairTokenizer(description: bytes, path: path)
    case .tiktoken: return try BytePairTokenizer(ranks: bytes, path: path)
    }
  }

  /// The file that `load` reads: `path` itself, or the one in that folder.
  public static func file(at path: String) throws(TokenizationError) -> String {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue
    else { return path }
    for name in namesInFolders {
      let candidate = "\(path)/\(name)"
      if FileManager.default.fileExists(atPath: candidate) { return candidate }
    }
    throw .unreadableFile(
      path: path, reason: "a folder without \(namesInFolders.joined(separator: " or "))")
  }

  /// All of a file.
  ///
  /// - Throws: `TokenizationError.unreadableFile`.
  public static func bytes(_ path: String) throws(TokenizationError) -> [UInt8] {
    do {
      return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    } catch {
      throw .unreadableFile(path: path, reason: error.localizedDescription)
    }
  }
}
