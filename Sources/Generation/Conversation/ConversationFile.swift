import Files
import Foundation

/// Turns of a conversation in a file: a JSON array of objects with `role` and `content`, as other programs
/// have them.
public enum ConversationFile {
  /// Longer than any context has use for.
  private static let largest = 64 << 20

  /// Writes messages so that the file is either whole or as it was.
  ///
  /// - Throws: `FileError`.
  public static func write(_ messages: [ChatMessage], to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try AtomicFile.write(Array(try encoder.encode(messages)) + [UInt8(ascii: "\n")], to: path)
  }

  /// Reads messages, alone or as the `messages` of an object.
  ///
  /// - Throws: `ConversationError.unreadableFile`, which says which message is wrong.
  public static func read(_ path: String) throws(ConversationError) -> [ChatMessage] {
    let bytes: Data
    do {
      let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
      guard size <= largest else {
        throw ConversationError.unreadableFile(
          path: path, reason: "it has \(size) bytes, at most \(largest) are read")
      }
      bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    } catch let error as ConversationError {
      throw error
    } catch {
      throw .unreadableFile(path: path, reason: "cannot be read (\(error.localizedDescription))")
    }
    struct Holder: Decodable { var messages: [ChatMessage] }
    let decoder = JSONDecoder()
    do {
      let begins = bytes.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
      return begins == UInt8(ascii: "{")
        ? try decoder.decode(Holder.self, from: bytes).messages
        : try decoder.decode([ChatMessage].self, from: bytes)
    } catch {
      throw .unreadableFile(path: path, reason: reason(error))
    }
  }

  private static func reason(_ error: any Error) -> String {
    let wanted =
      "expected a JSON array of objects with role (system, user, assistant or tool) and content"
    guard let error = error as? DecodingError else { return wanted }
    let context: DecodingError.Context
    switch error {
    case .keyNotFound(let key, let found):
      return place(found) + "no \(key.stringValue); \(wanted)"
    case .typeMismatch(_, let found), .valueNotFound(_, let found), .dataCorrupted(let found):
      context = found
    @unknown default: return wanted
    }
    return place(context) + wanted
  }

  private static func place(_ context: DecodingError.Context) -> String {
    guard let index = context.codingPath.compactMap(\.intValue).first else { return "" }
    return "message \(index + 1): "
  }
}
