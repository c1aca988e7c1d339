import Foundation

/// The values in which two recipes' records differ.
public struct RecipeDifference: Sendable, Hashable, CustomStringConvertible {
  /// One value, `nil` where a record lacks it.
  public struct Change: Sendable, Hashable {
    /// The keys on the way to it, joined by dots.
    public let key: String
    public let recorded: String?
    public let current: String?
  }

  public let changes: [Change]

  /// Compares two records.
  ///
  /// - Parameter exceptions: keys that may differ in their values and in all below them.
  /// - Throws: What `JSONSerialization` throws for data that is not JSON.
  public init(recorded: Data, current: Data, except exceptions: Set<String> = []) throws {
    let before = Self.flatten(try JSONSerialization.jsonObject(with: recorded))
    let after = Self.flatten(try JSONSerialization.jsonObject(with: current))
    changes = Set(before.keys).union(after.keys).sorted().compactMap { key in
      let isExcepted = exceptions.contains { key == $0 || key.hasPrefix($0 + ".") }
      return isExcepted || before[key] == after[key]
        ? nil : Change(key: key, recorded: before[key], current: after[key])
    }
  }

  /// The changes of a key and of all below it.
  public func changes(of key: String) -> RecipeDifference {
    RecipeDifference(changes: changes.filter { $0.key == key || $0.key.hasPrefix(key + ".") })
  }

  private init(changes: [Change]) { self.changes = changes }

  public var isEmpty: Bool { changes.isEmpty }

  public var description: String {
    changes.map { "  \($0.key): \($0.recorded ?? "absent") → \($0.current ?? "absent")" }
      .joined(separator: "\n")
  }

  private static func flatten(_ value: Any, _ path: String = "") -> [String: String] {
    let below = path.isEmpty ? "" : path + "."
    switch value {
    case let object as [String: Any]:
      return object.reduce(into: [:]) { result, pair in
        result.merge(flatten(pair.value, below + pair.key)) { first, _ in first }
      }
    case let array as [Any]:
      return array.enumerated().reduce(into: [path: "\(array.count) values"]) { result, pair in
        result.merge(flatten(pair.element, below + String(pair.offset))) { first, _ in first }
      }
    default: return [path: "\(value)"]
    }
  }
}
